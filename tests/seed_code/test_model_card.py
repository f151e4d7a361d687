"""What the deploy seed writes into a model card is what a model card takes."""

import importlib
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
        passed=3, failed=("t" * 3000,), skipped=0, measured={"m" * 300: 1.5, "latency": 0.25}
    )
    evaluation = validation.evaluate(
        longest,
        version="arn:aws:sagemaker:ap-southeast-1:222222222222:model-package/" + "g" * 63 + "/99999",
        endpoint="e" * 63,
        account="444444444444",
        time=datetime.now(UTC),
        build="arn:aws:codebuild:ap-southeast-1:222222222222:build/" + "p" * 64 + ":" + "0" * 36,
    )
    assert card_content.check({"evaluation_details": [evaluation]}) == []
    assert evaluation["name"] == card_content.TEST_EVALUATION
