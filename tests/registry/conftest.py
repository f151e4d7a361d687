"""What the tests of the registry share."""

import json
from pathlib import Path

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
import cdk_nag
import pytest

from base.acknowledgements import acknowledgements
from registry.functions.model_registry import card_sharing
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.release.approval import CentralApprovals
from registry.functions.model_registry.release.registration import DirectRegistration
from registry.functions.model_registry.release.release import Release
from registry.functions.model_registry.tagging import ArtifactTags
from registry.stack import RegistryStack
from tests.registry.cloud import HUB, REGION, Cloud, client, use
from tests.registry.promoting import make_promotion
from tests.registry.promotion_scenarios import Make, make_version
from tests.registry.registry_stack import NAMES, SETTINGS, Template, resolve
from tests.registry.versions import artifacts, book
from tests.sharing import made_once


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """An empty cloud, which the clients of `promotion` and `release` reach; nobody waits there."""
    monkeypatch.setattr(card_sharing, "PAUSE_SECONDS", 0.0)
    made = Cloud()
    use(made)
    return made


@pytest.fixture(scope="session")
def promotion() -> Promotion:
    """Promotion into the cloud in use."""
    return make_promotion()


@pytest.fixture
def make(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes the version of a scenario of promotion."""
    return lambda scenario: make_version(cloud, monkeypatch, scenario)


@pytest.fixture(scope="session")
def release() -> Release:
    """Release from the cloud in use."""
    sagemaker = client("sagemaker")
    return Release(
        sagemaker=sagemaker,
        events=client("events"),
        book=book(),
        approvals=CentralApprovals(
            book=book(), functions=frozenset({"hub", "mlplatform-promotion", "mlplatform-stages"})
        ),
        registration=DirectRegistration(
            sagemaker=sagemaker, book=book(), artifacts=artifacts(), cards=Cards(sagemaker=sagemaker)
        ),
        tags=ArtifactTags(artifacts=artifacts()),
        event_source="mlplatform.registry",
    )


@pytest.fixture(scope="session")
def synthesized() -> Path:
    """The template, from an app that cdk-nag checks: a finding without a reason ends the synthesis."""
    return made_once("registry", _synthesize)


def _synthesize(folder: Path) -> Path:
    app = cdk.App(outdir=str(folder))
    with acknowledgements():
        stack = RegistryStack(
            app,
            NAMES.registry_stack,
            settings=SETTINGS,
            serving_roles=(NAMES.endpoint_role,),
            env=cdk.Environment(account=HUB, region=REGION),
        )
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    app.synth()
    return Path(app.outdir, stack.template_file)


@pytest.fixture(scope="session")
def template(synthesized: Path) -> Template:
    """The template with its references resolved."""
    resolved = resolve(json.loads(synthesized.read_text(encoding="utf-8")))
    assert isinstance(resolved, dict)
    return resolved
