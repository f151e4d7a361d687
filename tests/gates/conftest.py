"""What the gates share: one synthesis of everything for each variant, and the seed's own templates."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from products.discovery import discover
from products.product import Template
from tests.gates.everything import VARIANTS, Everything, settings_of, synthesize
from tests.hangs import HANGS
from tests.seed_code.seeds import Seed
from tests.sharing import made_once

# The longest names that a project can have.
PROJECT = {
    "SAGEMAKER_PROJECT_NAME": "customer-churn-prediction-for-eu",
    "SAGEMAKER_PROJECT_ID": "p-0123456789abcdefgh",
    "MODEL_PACKAGE_ARN": "arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn-p-abc/1",
    "TEST_ACCOUNT_ID": "444444444444",
    "PRODUCTION_ACCOUNT_ID": "555555555555",
    "NAME_PREFIX": "mlplatform",
    "AWS_REGION": "eu-west-1",
}


@pytest.fixture(scope="session", params=VARIANTS, ids=str)
def everything(request: pytest.FixtureRequest) -> Everything:
    """Everything, for one variant of the settings."""
    variant: str = request.param
    return made_once(
        f"everything-{variant}", lambda folder: synthesize(folder, settings_of(variant), discover())
    )


@pytest.fixture(scope="session")
def seed_templates() -> Mapping[str, Template]:
    """What the deploy seeds' own apps make, run as their repositories' builds run them."""
    return made_once("seed-templates", _run_seeds)


def _run_seeds(root: Path) -> Mapping[str, Template]:
    found: dict[str, Template] = {}
    for product in discover():
        if product.delivery is None:
            continue
        folder = root / product.identifier
        folder.mkdir()
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "CDK_OUTDIR": str(folder / "out")}
        seed = Seed(product.identifier).copy(folder / "seed")
        subprocess.run(
            [sys.executable, "app.py"], cwd=seed, env=environment | PROJECT, check=True, timeout=HANGS
        )
        found |= {
            path.name.removesuffix(".template.json"): json.loads(path.read_text("utf-8"))
            for path in (folder / "out").glob("*.template.json")
        }
    return found
