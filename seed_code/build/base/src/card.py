"""What a model card says of a version.

The content follows SageMaker's JSON schema of model cards
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema). Nothing here calls
AWS.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Content = dict[str, Any]

EVALUATION = "Evaluation on held-out data"

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelCard.html
MAXIMUM_CONTENT = 100_000
# Of a list or a text in the schema.
MAXIMUM_HYPERPARAMETERS = 100
MAXIMUM_TRAINING_METRICS = 50
MAXIMUM_VALUE = 255
MAXIMUM_DETAIL = 1024
MAXIMUM_DATASETS = 15
# What was found in the data is among the custom details, one name each.
FINDING = "data_finding_"
MAXIMUM_FINDINGS = 20
# Hyperparameters of the container's script mode, which say nothing about the model.
SCRIPT_MODE = "sagemaker_"
# What `config.toml` holds where nobody has decided yet.
UNDECIDED = ("", "Unknown")


class CardError(ValueError):
    """The model card cannot be written; the message tells a person why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """A registered version, and how it came about.

    Attributes:
        arn: Its ARN in the model registry; the last parts are its group and its number.
        execution_arn: The execution of the pipeline that made it.
        endpoint_image: URI of the image that serves it.
        input_data: S3 URI of the data it learnt from, before the split.
        data_details: What else is known of the data, by name.
        test_data: S3 URI of the rows on which it was measured.
        evaluation_arn: The processing job that measured it.
        report: S3 URI of the page that shows the evaluation.
        training: What DescribeTrainingJob says of its training.
        evaluation: The content of ``evaluation.json``.
        intended_uses: What the team says of it, as `config.toml` has it.
    """

    arn: str
    execution_arn: str
    endpoint_image: str
    input_data: str
    data_details: Mapping[str, str] = field(default_factory=dict)
    test_data: str
    evaluation_arn: str
    report: str
    training: Mapping[str, Any]
    evaluation: Mapping[str, Any]
    intended_uses: Mapping[str, str]

    @property
    def group(self) -> str:
        """The model package group."""
        return self.arn.split("/")[-2]

    @property
    def number(self) -> int:
        """The number of the version in its group."""
        return int(self.arn.split("/")[-1])


def describe(content: Content, version: Version) -> Content:
    """Write a version into a model card, and keep what people wrote.

    Evaluations of other versions go; those that others added for this version stay. What the team leaves open
    in `config.toml` stays as the card has it.

    Args:
        content: What the card says so far.
        version: The version.

    Returns:
        The whole new content; equal when it is described once more.

    Raises:
        CardError: It would be longer than a model card may be.
    """
    same = content.get("model_package_details", {}).get("model_package_arn") == version.arn
    others = [
        evaluation
        for evaluation in content.get("evaluation_details", [])
        if same and evaluation["name"] != EVALUATION
    ]
    described = {
        **content,
        "model_overview": {
            "model_name": version.group,
            **content.get("model_overview", {}),
            **_overview(version),
        },
        "model_package_details": {
            "model_package_arn": version.arn,
            "model_package_group_name": version.group,
            "model_package_version": version.number,
        },
        "intended_uses": {
            **content.get("intended_uses", {}),
            **{name: text for name, text in version.intended_uses.items() if text not in UNDECIDED},
        },
        "training_details": {
            **content.get("training_details", {}),
            "objective_function": _objective(version.evaluation["training"]),
            "training_job_details": _training_job(version),
        },
        "evaluation_details": [_evaluation(version), *others],
        "additional_information": {
            **content.get("additional_information", {}),
            "custom_details": {
                **_without_findings(content),
                "pipeline_execution_arn": version.execution_arn,
                **_findings(version),
            },
        },
    }
    size = len(to_json(described))
    if size > MAXIMUM_CONTENT:
        raise CardError(
            f"The model card would have {size:,} characters, and takes {MAXIMUM_CONTENT:,}: shorten what "
            "people wrote into it, and run the pipeline again."
        )
    return described


def to_json(content: Content) -> str:
    """A content as it is sent: equal contents give the same text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _overview(version: Version) -> Content:
    return {
        "model_version": version.number,
        "problem_type": version.evaluation["problem_type"].replace("_", " "),
        "algorithm_type": version.evaluation["training"]["algorithm"][:MAXIMUM_DETAIL],
        "model_artifact": [version.training["ModelArtifacts"]["S3ModelArtifacts"]],
        "inference_environment": {"container_image": [version.endpoint_image]},
    }


def _objective(training: Mapping[str, Any]) -> Content:
    return {
        "function": {"function": "Minimize", "facet": training["metric"]},
        "notes": training["notes"][:MAXIMUM_DETAIL],
    }


def _training_job(version: Version) -> Content:
    hyperparameters = version.training.get("HyperParameters", {})
    own = {name: value for name, value in hyperparameters.items() if not name.startswith(SCRIPT_MODE)}
    metrics = _finite(version.evaluation["training"]["metrics"])
    return {
        "training_arn": version.training["TrainingJobArn"],
        "training_datasets": [
            version.input_data,
            *(f"{name}: {value}" for name, value in version.data_details.items()),
        ][:MAXIMUM_DATASETS],
        "training_environment": {
            "container_image": [version.training["AlgorithmSpecification"]["TrainingImage"]]
        },
        "training_metrics": [{"name": name, "value": value} for name, value in metrics.items()][
            :MAXIMUM_TRAINING_METRICS
        ],
        # No value may be empty.
        "hyper_parameters": [
            {"name": name[:MAXIMUM_VALUE], "value": value[:MAXIMUM_VALUE]}
            for name, value in sorted(own.items())
            if value
        ][:MAXIMUM_HYPERPARAMETERS],
    }


def _evaluation(version: Version) -> Content:
    report = version.evaluation
    groups = {"Model": report["metrics"], "Baseline": report["baseline"]["metrics"]}
    return {
        "name": EVALUATION,
        "evaluation_observation": f"Measured on {report['rows']['test']} rows that training has not seen; "
        f"{report['primary_metric'].replace('_', ' ')} decides. The baseline always gives the same answer: "
        f"{report['baseline']['method']}.",
        "evaluation_job_arn": version.evaluation_arn,
        "datasets": [version.test_data],
        "metadata": {"report": version.report[:MAXIMUM_DETAIL]},
        "metric_groups": [
            {"name": title, "metric_data": _metric_data(metrics)} for title, metrics in groups.items()
        ],
    }


def _metric_data(metrics: Mapping[str, Mapping[str, float]]) -> list[Content]:
    values = {name: metric["value"] for name, metric in metrics.items()}
    return [{"name": name, "type": "number", "value": value} for name, value in _finite(values).items()]


def _without_findings(content: Content) -> Content:
    details = content.get("additional_information", {}).get("custom_details", {})
    return {name: text for name, text in details.items() if not name.startswith(FINDING)}


def _findings(version: Version) -> dict[str, str]:
    """The first things that were found in the data."""
    texts = []
    for found in version.evaluation["findings"]:
        about = f"{found['column']}: " if found["column"] else ""
        cells = f"; {found['count']:,} cells" if found["count"] else ""
        first = f", the first {found['example']}" if found["example"] else ""
        texts.append(f"{about}{found['says']}{cells}{first}"[:MAXIMUM_DETAIL])
    if len(texts) > MAXIMUM_FINDINGS:
        rest = len(texts) - MAXIMUM_FINDINGS + 1
        texts[MAXIMUM_FINDINGS - 1 :] = [f"and {rest:,} more, which evaluation.json lists"]
    return {f"{FINDING}{number:02}": text for number, text in enumerate(texts, 1)}


def _finite(values: Mapping[str, float]) -> dict[str, float]:
    """What JSON can say of numbers: neither NaN nor infinity."""
    return {name: value for name, value in values.items() if math.isfinite(value)}
