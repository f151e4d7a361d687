"""Metrics are read from what SageMaker and the seed write, and compared with production's."""

import json
from typing import Any

import pytest

from registry.functions.model_registry import metrics
from tests.registry.cloud import HUB, REGISTRY_BUCKET, Cloud, client

KEY = "models/333333333333/churn/1/20261121T091500Z/evaluation.json"

DOCUMENTS: dict[str, tuple[Any, dict[str, float]]] = {
    "SageMaker's regression": (
        {
            "version": 0.0,
            "dataset": {"item_count": 362, "evaluation_time": "2020-12-03T00:18:09.511Z"},
            "regression_metrics": {
                "mse": {"value": 0.37, "standard_deviation": 0.02},
                "r2": {"value": -2.5},
            },
        },
        {"mse": 0.37, "r2": -2.5},
    ),
    "SageMaker's classification, with a matrix and a curve": (
        {
            "binary_classification_metrics": {
                "confusion_matrix": {"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}},
                "recall": {"value": 1.0, "standard_deviation": "NaN"},
                "auc": {"value": 0.5},
                "receiver_operating_characteristic_curve": {"false_positive_rates": [0.0, 1.0]},
            }
        },
        {"recall": 1.0, "auc": 0.5},
    ),
    "the seed's evaluation": (
        {
            "primary_metric": "rmse",
            "metrics": {"rmse": {"value": 2.81}, "skill_score": {"value": 0.4}},
            "baseline": {"method": "mean", "metrics": {"rmse": {"value": 9.0}}},
            "rows": {"train": 10, "test": 2},
        },
        {"rmse": 2.81, "skill_score": 0.4},
    ),
    "bare numbers": ({"metrics": {"accuracy": 1, "passed": True, "note": "good"}}, {"accuracy": 1.0}),
    "no finite number": ({"metrics": {"loss": {"value": float("inf")}, "auc": {"value": "NaN"}}}, {}),
    "nothing of the kind": ({"results": {"rmse": 1.0}}, {}),
    "a list": ([1, 2], {}),
}


@pytest.mark.parametrize(("document", "expected"), DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_numbers(document: Any, expected: dict[str, float]) -> None:
    assert metrics.numbers(document) == expected


FILES: dict[str, tuple[bytes | None, dict[str, float]]] = {
    "metrics": (json.dumps({"metrics": {"rmse": {"value": 2.0}}}).encode(), {"rmse": 2.0}),
    "no JSON": (b"rmse,2.0", {}),
    "no text": (b"\xff\xfe\x00", {}),
    "too large to be a list of metrics": (b" " * (metrics.MAXIMUM_DOCUMENT + 1), {}),
    "gone": (None, {}),
}


@pytest.mark.parametrize(("body", "expected"), FILES.values(), ids=list(FILES))
def test_the_metrics_of_a_version(cloud: Cloud, body: bytes | None, expected: dict[str, float]) -> None:
    if body is not None:
        cloud.put(REGISTRY_BUCKET, KEY, body)
    statistics = {"ContentType": "application/json", "S3Uri": f"s3://{REGISTRY_BUCKET}/{KEY}"}
    version = {"ModelMetrics": {"ModelQuality": {"Statistics": statistics}}}
    assert metrics.of_version(client("s3"), version, HUB) == expected


def test_a_version_without_a_document_has_no_metrics(cloud: Cloud) -> None:
    assert metrics.of_version(client("s3"), {}, HUB) == {}
    assert cloud.calls == []


DIFFERENCES = {
    "better, worse, equal": (
        {"rmse": 2.8123, "mae": 2.0, "r2": 1.0},
        {"rmse": 2.9345, "mae": 1.5, "r2": 1.0},
        "rmse 2.812 (production 2.934, -0.12), mae 2 (production 1.5, +0.5), r2 1 (production 1, the same)",
    ),
    "a metric that production does not have": ({"rmse": 2.8, "r2": 0.8}, {"rmse": 2.8}, "r2 0.8 (new)"),
    "a metric that only production has": ({}, {"r2": 0.8}, "r2 missing (production 0.8)"),
    "no metrics at all": ({}, {}, "none"),
}


@pytest.mark.parametrize(("candidate", "current", "words"), DIFFERENCES.values(), ids=list(DIFFERENCES))
def test_a_difference_in_words(candidate: dict[str, float], current: dict[str, float], words: str) -> None:
    assert metrics.sentence(metrics.difference(candidate, current)).endswith(words)


def test_the_rows_of_a_difference() -> None:
    rows = metrics.difference({"rmse": 2.0, "r2": 0.5}, {"rmse": 3.0, "mae": 1.0})
    assert [(row.name, row.current, row.candidate, row.change) for row in rows] == [
        ("rmse", 3.0, 2.0, -1.0),
        ("r2", None, 0.5, None),
        ("mae", 1.0, None, None),
    ]
