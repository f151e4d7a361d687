"""The content of a card of which everything is filled, for the tests of model cards."""

from typing import Any

from tests.registry.cloud import REGION, TEAM

GROUP = "churn-p-abc"
VERSION = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/{GROUP}/1"


def metric(kind: str, value: Any, **more: Any) -> dict[str, Any]:
    """A metric of an evaluation."""
    return {"name": f"a {kind}", "notes": "note", "type": kind, "value": value, **more}


def full_content(version: str = VERSION) -> dict[str, Any]:
    """Every field that a model card has, filled."""
    return {
        "model_overview": {
            "model_id": "churn",
            "model_name": "Churn",
            "model_description": "Tells who leaves",
            "model_version": 1,
            "problem_type": "Regression",
            "algorithm_type": "Trees",
            "model_creator": "Team",
            "model_owner": "Ada",
            "model_artifact": ["s3://bucket/model.tar.gz"],
            "inference_environment": {"container_image": ["image"]},
        },
        "model_package_details": {
            "model_package_arn": version,
            "model_package_group_name": GROUP,
            "model_package_name": f"{GROUP}-1",
            "model_package_version": 1,
            "model_package_description": "The first",
            "model_package_status": "Completed",
            "model_approval_status": "PendingManualApproval",
            "approval_description": "none yet",
            "created_by": {"user_profile_name": "data-scientist"},
            "domain": "MACHINE_LEARNING",
            "task": "REGRESSION",
            "source_algorithms": [{"algorithm_name": "trees", "model_data_url": "s3://bucket/a"}],
            "inference_specification": {
                "containers": [
                    {"image": "image", "model_data_url": "s3://bucket/m", "nearest_model_name": "near"}
                ]
            },
        },
        "intended_uses": {
            "purpose_of_model": "Keep customers",
            "intended_uses": "Offers",
            "factors_affecting_model_efficiency": "Season",
            "risk_rating": "Low",
            "explanations_for_risk_rating": "A person decides",
        },
        "business_details": {
            "business_problem": "Customers leave",
            "business_stakeholders": "Sales",
            "line_of_business": "Retail",
        },
        "training_details": {
            "objective_function": {
                "function": {"function": "Minimize", "facet": "mse", "condition": "always"},
                "notes": "note",
            },
            "training_observations": "Went well",
            "training_job_details": {
                "training_arn": f"arn:aws:sagemaker:{REGION}:{TEAM}:training-job/pipelines-1",
                "training_datasets": ["s3://bucket/train"],
                "training_environment": {"container_image": ["image"]},
                "training_metrics": [{"name": "train:rmse", "notes": "last", "value": 0.5}],
                "user_provided_training_metrics": [{"name": "own", "value": 1}],
                "hyper_parameters": [{"name": "max_depth", "value": "5"}],
                "user_provided_hyper_parameters": [{"name": "own", "value": "x"}],
            },
        },
        "evaluation_details": [
            {
                "name": "Evaluation",
                "evaluation_observation": "Better than the mean",
                "evaluation_job_arn": f"arn:aws:sagemaker:{REGION}:{TEAM}:processing-job/pipelines-1",
                "datasets": ["s3://bucket/test"],
                "metadata": {"seed": "7"},
                "metric_groups": [
                    {
                        "name": "Regression",
                        "metric_data": [
                            metric("number", 0.25, x_axis_name="x", y_axis_name="y"),
                            metric("string", "good"),
                            metric("boolean", True),
                            metric("bar_chart", [1, 2.5], x_axis_name=["a", "b"], y_axis_name="y"),
                            metric("linear_graph", [[0, 1], [1, 2]], x_axis_name="x", y_axis_name="y"),
                            metric("matrix", [[1, 0], [0, 1]], x_axis_name=["a"], y_axis_name=["a"]),
                        ],
                    }
                ],
            }
        ],
        "additional_information": {
            "ethical_considerations": "None known",
            "caveats_and_recommendations": "Train again each month",
            "custom_details": {"contact": "ada@example.com"},
        },
    }
