"""What the build seed writes into a model card is what SageMaker takes."""

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

from base.settings import ModelCards
from registry.functions.model_registry import card_content
from tests.seed_code.seeds import Seed

IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
ARN = "arn:aws:sagemaker:eu-west-1:333333333333"
# The longest that a project's name and id, an S3 address in the metadata of a version, and a text may be.
GROUP = f"{'n' * 32}-{'p' * 20}"
DATA = f"s3://{'d' * 251}"
SENTENCE = "w" * 2048


@pytest.fixture(scope="module")
def card() -> ModuleType:
    """The seed's module, which needs nothing but Python."""
    spec = importlib.util.spec_from_file_location(
        "seed_card", Seed("build_from_s3").folder / "src" / "card.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["seed_card"] = module
    spec.loader.exec_module(module)
    return module


def version(card: ModuleType, hyperparameters: dict[str, str], metrics: dict[str, float]) -> Any:
    values = {name: {"value": value} for name, value in metrics.items()}
    return card.Version(
        arn=f"arn:aws:sagemaker:eu-west-1:222222222222:model-package/{GROUP}/12",
        execution_arn=f"{ARN}:pipeline/{GROUP}/execution/abcdefghijkl",
        endpoint_image=IMAGE,
        input_data=DATA,
        test_data=DATA,
        evaluation_arn=f"{ARN}:processing-job/{'j' * 63}",
        report=f"s3://{'r' * 1019}",
        training={
            "TrainingJobArn": f"{ARN}:training-job/{'j' * 63}",
            "AlgorithmSpecification": {"TrainingImage": IMAGE},
            "ModelArtifacts": {"S3ModelArtifacts": f"s3://{'a' * 1019}"},
            "HyperParameters": hyperparameters,
        },
        evaluation={
            "problem_type": "multiclass_classification",
            "primary_metric": "balanced_accuracy",
            "metrics": values,
            "baseline": {"method": "class frequencies of the training target", "metrics": values},
            "training": {
                "algorithm": SENTENCE,
                "notes": SENTENCE,
                "metric": "mlogloss",
                "rounds": 100_000,
                "metrics": metrics,
            },
            "rows": {"train": 10**9, "test": 10**9},
            "findings": [
                {
                    "column": "c" * 900,
                    "says": SENTENCE[:200],
                    "count": 10**9,
                    "example": '"x" (a.csv, line 9)',
                }
            ]
            * 100,
        },
        intended_uses={
            "purpose_of_model": SENTENCE,
            "intended_uses": SENTENCE,
            "factors_affecting_model_efficiency": SENTENCE,
            "risk_rating": "High",
            "explanations_for_risk_rating": SENTENCE,
        },
    )


@pytest.mark.parametrize(
    ("hyperparameters", "metrics"),
    [
        pytest.param({"max_depth": "4"}, {"balanced_accuracy": 0.5}, id="as in the seed"),
        pytest.param(
            {f"{'h' * 252}{number:03}": "v" * 2500 for number in range(100)},
            {f"metric_{number:03}": number / 3 for number in range(60)},
            id="as much as a training job takes",
        ),
    ],
)
def test_sagemaker_takes_it(
    card: ModuleType, hyperparameters: dict[str, str], metrics: dict[str, float]
) -> None:
    content = card.describe({}, version(card, hyperparameters, metrics))
    assert card_content.check(content) == []


def test_it_fills_what_production_requires_of_training(card: ModuleType) -> None:
    lead = {"business_details": {"business_problem": "Customers leave."}}
    content = card.describe(lead, version(card, {"max_depth": "4"}, {"balanced_accuracy": 0.5}))
    required = ModelCards().required_fields
    assert card_content.missing_fields(content, required) == []
    assert card_content.to_json(content) == card.to_json(content)
