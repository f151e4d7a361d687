"""What SageMaker takes as the content of a model card, and how CloudFormation spells it."""

import json
from typing import Any

import pytest

from emulator.sagemaker.cards.content import metadata_of, of_properties, problem

METRIC = {"name": "auc", "type": "number", "value": 0.9}
WHOLE: dict[str, Any] = {
    "model_overview": {"model_id": "m-1", "model_version": 3, "model_artifact": ["s3://models/a"]},
    "model_package_details": {
        "model_package_arn": "arn:aws:sagemaker:eu-west-1:111111111111:model-package/churn/1",
        "model_package_version": 1,
        "model_approval_status": "Approved",
        "inference_specification": {
            "containers": [{"image": "xgboost:1", "model_data_url": "s3://models/a"}]
        },
    },
    "intended_uses": {"purpose_of_model": "Keep customers", "risk_rating": "Low"},
    "business_details": {"line_of_business": "Mobile"},
    "training_details": {
        "objective_function": {"function": {"function": "Minimize", "facet": "loss"}, "notes": "None"},
        "training_job_details": {
            "training_datasets": ["s3://data/train"],
            "hyper_parameters": [{"name": "depth", "value": "4"}],
            "training_metrics": [{"name": "loss", "value": 0.1}],
        },
    },
    "evaluation_details": [
        {
            "name": "Holdout",
            "metadata": {"Rows_2": "100"},
            "metric_groups": [
                {
                    "name": "quality",
                    "metric_data": [
                        METRIC,
                        {
                            "name": "curve",
                            "type": "linear_graph",
                            "value": [[0, 1], [1, 0]],
                            "x_axis_name": "x",
                        },
                        {"name": "bars", "type": "bar_chart", "value": [1], "x_axis_name": ["a"]},
                        {"name": "confusion", "type": "matrix", "value": [[1, 0]], "y_axis_name": ["a"]},
                    ],
                }
            ],
        }
    ],
    "additional_information": {"custom_details": {"DataOwner": "Ana", "snake_case": "b"}},
}


def evaluation(**fields: Any) -> dict[str, Any]:
    return {"evaluation_details": [{"name": "Holdout", **fields}]}


def metric(**fields: Any) -> dict[str, Any]:
    return evaluation(metric_groups=[{"name": "quality", "metric_data": [{**METRIC, **fields}]}])


@pytest.mark.parametrize("content", [{}, WHOLE], ids=["empty", "every section"])
def test_a_content_is_taken(content: dict[str, Any]) -> None:
    assert problem(json.dumps(content)) is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param("no", "not valid JSON", id="no JSON"),
        pytest.param('{"model_overview": {"model_version": NaN}}', "NaN is no number", id="not a number"),
        pytest.param("[]", "the content: ", id="no object"),
        pytest.param({"colour": {}}, "the content has no field colour", id="unknown section"),
        pytest.param(
            {"business_details": {"budget": "1"}}, "business_details has no field budget", id="unknown field"
        ),
        pytest.param(
            {"BusinessDetails": {}},
            "the content has no field BusinessDetails",
            id="spelled for CloudFormation",
        ),
        pytest.param(
            {"intended_uses": {"risk_rating": "Severe"}},
            "intended_uses.risk_rating is not one of High, Medium, Low, Unknown",
            id="wrong enumeration",
        ),
        pytest.param(
            {"intended_uses": {"purpose_of_model": "x" * 2049}},
            "intended_uses.purpose_of_model is longer than 2048 characters",
            id="too long",
        ),
        pytest.param(
            {"model_overview": {"model_version": 0}}, "model_overview.model_version: ", id="below its minimum"
        ),
        pytest.param(
            {"training_details": {"training_job_details": {"training_datasets": ["a"] * 16}}},
            "training_details.training_job_details.training_datasets: ",
            id="too many",
        ),
        pytest.param(
            {"evaluation_details": [{}]}, "evaluation_details[0]: 'name' is a required", id="missing name"
        ),
        pytest.param(
            evaluation(metric_groups=[{"name": "quality"}]),
            "evaluation_details[0].metric_groups[0]: 'metric_data' is a required",
            id="missing metrics",
        ),
        pytest.param(
            metric(value=[1]),
            "evaluation_details[0].metric_groups[0].metric_data[0].value: ",
            id="metric of another type",
        ),
        pytest.param(
            metric(colour="red"),
            "evaluation_details[0].metric_groups[0].metric_data[0] has no field colour",
            id="unknown in metric",
        ),
        pytest.param(
            metric(type="gauge"),
            "evaluation_details[0].metric_groups[0].metric_data[0]: ",
            id="unknown type of metric",
        ),
        pytest.param(
            evaluation(metadata={"a": "x" * 1025}),
            "evaluation_details[0].metadata.a is longer than 1024 characters",
            id="too long under an own name",
        ),
    ],
)
def test_a_content_is_refused_by_the_name_of_its_field(content: Any, sentence: str) -> None:
    said = problem(content if isinstance(content, str) else json.dumps(content))
    assert said is not None
    assert sentence in said
    assert len(said) < 500


def test_properties_of_a_template_become_a_content() -> None:
    properties = {
        "ModelOverview": {"ModelId": "m-1", "InferenceEnvironment": {"ContainerImage": ["a"]}},
        "EvaluationDetails": [
            {
                "Name": "Holdout",
                "Metadata": {"RowsOfData": "100"},
                "MetricGroups": [
                    {
                        "Name": "quality",
                        "MetricData": [
                            {"Name": "auc", "Type": "number", "Value": 1, "XAxisName": "x", "YAxisName": "y"}
                        ],
                    }
                ],
            }
        ],
        "AdditionalInformation": {"CustomDetails": {"DataOwner": "Ana"}},
    }
    assert json.loads(of_properties(properties)) == {
        "model_overview": {"model_id": "m-1", "inference_environment": {"container_image": ["a"]}},
        "evaluation_details": [
            {
                "name": "Holdout",
                "metadata": {"RowsOfData": "100"},
                "metric_groups": [
                    {
                        "name": "quality",
                        "metric_data": [
                            {
                                "name": "auc",
                                "type": "number",
                                "value": 1,
                                "x_axis_name": "x",
                                "y_axis_name": "y",
                            }
                        ],
                    }
                ],
            }
        ],
        "additional_information": {"custom_details": {"DataOwner": "Ana"}},
    }
    assert problem(of_properties(properties)) is None


def test_metadata_is_what_identifies_a_model() -> None:
    assert json.loads(metadata_of(json.dumps(WHOLE))) == {
        "intended_uses": {"risk_rating": "Low"},
        "model_overview": {"model_id": "m-1"},
        "model_package_details": {"model_package_arn": WHOLE["model_package_details"]["model_package_arn"]},
    }
