"""What the integration tests of the deploy seed find comes into a model card, which takes it."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from registry.functions.model_registry import card_content
from tests.seed_code.seeds import Seed


@pytest.fixture
def validation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The seed's own module."""
    monkeypatch.syspath_prepend(Seed("deploy_realtime").folder)
    yield importlib.import_module("deploy.document_validation")
    for name in [name for name in sys.modules if name.partition(".")[0] == "deploy"]:
        del sys.modules[name]


def test_the_evaluation_of_the_integration_tests_fits(validation: Any) -> None:
    longest = validation.Results(
        passed=3, failed=("t" * 3000,), skipped=(), measured={"m" * 300: 1.5, "latency": 0.25}
    )
    evaluation = validation.evaluate(
        longest,
        version="arn:aws:sagemaker:ap-southeast-1:222222222222:model-package/" + "g" * 63 + "/99999",
        name="e" * 63,
        account="444444444444",
        time=datetime.now(UTC),
        build="arn:aws:codebuild:ap-southeast-1:222222222222:build/" + "p" * 64 + ":" + "0" * 36,
    )
    assert card_content.check({"evaluation_details": [evaluation]}) == []
    assert evaluation["name"] == card_content.TEST_EVALUATION


@pytest.mark.parametrize(
    ("tests", "card", "passes"),
    [
        pytest.param(0, 0, True, id="all is well"),
        pytest.param(1, 0, False, id="a test fails"),
        pytest.param(0, 2, False, id="the card takes no more"),
        pytest.param(1, 2, False, id="both"),
    ],
)
def test_the_build_writes_the_card_and_ends_as_the_tests_did(tests: int, card: int, *, passes: bool) -> None:
    buildspec = Seed("deploy_realtime").buildspec("buildspec-integration-test.yml")
    (command,) = buildspec["phases"]["build"]["commands"]
    python = f'python() {{ echo "$2"; case "$2" in pytest) return {tests};; *) return {card};; esac; }}'
    done = subprocess.run(["bash", "-c", f"{python}\n{command}"], check=False, capture_output=True, text=True)
    assert done.stdout.split() == ["pytest", "deploy.document_validation"]
    assert (done.returncode == 0) == passes
