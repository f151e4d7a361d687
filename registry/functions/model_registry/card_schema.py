"""What a model card may say: the fields of its content, and how much fits into each.

The content is a JSON document after SageMaker's schema
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema). What is said here
of each field is also in the schema of AWS::SageMaker::ModelCard, and a test compares the two.
"""

from .card_fields import Choice, Items, Kind, Metric, Names, Number, Scalar, Section, Text

_AXIS = Text(63)
_AXES = Items(_AXIS)
_ANYTHING = Scalar()
_IMAGES = Items(Text(1024), maximum=15)


def _metric(kind: str, value: Kind, x_axis: Kind, y_axis: Kind) -> Section:
    return Section(
        {
            "name": Text(255, minimum=1),
            "notes": Text(1024),
            "type": Choice((kind,)),
            "value": value,
            "x_axis_name": x_axis,
            "y_axis_name": y_axis,
        },
        required=frozenset({"name", "type", "value"}),
    )


_METRIC = Metric(
    {kind: _metric(kind, Scalar(63, boolean=True), _AXIS, _AXIS) for kind in ("number", "string", "boolean")}
    | {
        "bar_chart": _metric("bar_chart", Items(_ANYTHING, minimum=1), _AXES, _AXIS),
        "linear_graph": _metric(
            "linear_graph", Items(Items(_ANYTHING, maximum=2, minimum=2), minimum=1), _AXIS, _AXIS
        ),
        "matrix": _metric(
            "matrix", Items(Items(_ANYTHING, maximum=20, minimum=1), maximum=20, minimum=1), _AXES, _AXES
        ),
    }
)
_HYPER_PARAMETERS = Items(
    Section(
        {"name": Text(255, minimum=1), "value": Text(255, minimum=1)}, required=frozenset({"name", "value"})
    ),
    maximum=100,
)
_TRAINING_METRICS = Items(
    Section(
        {"name": Text(255, minimum=1), "notes": Text(1024), "value": Number()},
        required=frozenset({"name", "value"}),
    ),
    maximum=50,
)

CONTENT = Section(
    {
        "model_overview": Section(
            {
                "model_id": Text(1024),
                "model_name": Text(1024),
                "model_description": Text(1024),
                "model_version": Number(minimum=1),
                "problem_type": Text(1024),
                "algorithm_type": Text(1024),
                "model_creator": Text(1024),
                "model_owner": Text(1024),
                "model_artifact": Items(Text(1024), maximum=15),
                "inference_environment": Section({"container_image": _IMAGES}),
            }
        ),
        "model_package_details": Section(
            {
                "model_package_arn": Text(2048, minimum=1),
                "model_package_group_name": Text(63, minimum=1),
                "model_package_name": Text(63, minimum=1),
                "model_package_version": Number(minimum=1),
                "model_package_description": Text(1024),
                "model_package_status": Choice(("Pending", "InProgress", "Completed", "Failed", "Deleting")),
                "model_approval_status": Choice(("Approved", "Rejected", "PendingManualApproval")),
                "approval_description": Text(1024),
                "created_by": Section({"user_profile_name": Text(63)}),
                "domain": Text(),
                "task": Text(),
                "source_algorithms": Items(
                    Section(
                        {"algorithm_name": Text(170), "model_data_url": Text(1024)},
                        required=frozenset({"algorithm_name"}),
                    ),
                    maximum=1,
                    minimum=1,
                ),
                "inference_specification": Section(
                    {
                        "containers": Items(
                            Section(
                                {
                                    "image": Text(255),
                                    "model_data_url": Text(1024),
                                    "nearest_model_name": Text(),
                                },
                                required=frozenset({"image"}),
                            ),
                            maximum=15,
                            minimum=1,
                        )
                    },
                    required=frozenset({"containers"}),
                ),
            }
        ),
        "intended_uses": Section(
            {
                "purpose_of_model": Text(2048),
                "intended_uses": Text(2048),
                "factors_affecting_model_efficiency": Text(2048),
                "risk_rating": Choice(("High", "Medium", "Low", "Unknown")),
                "explanations_for_risk_rating": Text(2048),
            }
        ),
        "business_details": Section(
            {
                "business_problem": Text(2048),
                "business_stakeholders": Text(2048),
                "line_of_business": Text(2048),
            }
        ),
        "training_details": Section(
            {
                "objective_function": Section(
                    {
                        "function": Section(
                            {
                                "function": Choice(("Maximize", "Minimize")),
                                "facet": Text(63),
                                "condition": Text(63),
                            }
                        ),
                        "notes": Text(1024),
                    }
                ),
                "training_observations": Text(1024),
                "training_job_details": Section(
                    {
                        "training_arn": Text(1024),
                        "training_datasets": Items(Text(1024), maximum=15),
                        "training_environment": Section({"container_image": _IMAGES}),
                        "training_metrics": _TRAINING_METRICS,
                        "user_provided_training_metrics": _TRAINING_METRICS,
                        "hyper_parameters": _HYPER_PARAMETERS,
                        "user_provided_hyper_parameters": _HYPER_PARAMETERS,
                    }
                ),
            }
        ),
        "evaluation_details": Items(
            Section(
                {
                    "name": Text(63, minimum=1),
                    "evaluation_observation": Text(2096),
                    "evaluation_job_arn": Text(256),
                    "datasets": Items(Text(1024), maximum=10),
                    "metadata": Names(1024),
                    "metric_groups": Items(
                        Section(
                            {"name": Text(63, minimum=1), "metric_data": Items(_METRIC)},
                            required=frozenset({"name", "metric_data"}),
                        )
                    ),
                },
                required=frozenset({"name"}),
            )
        ),
        "additional_information": Section(
            {
                "ethical_considerations": Text(2048),
                "caveats_and_recommendations": Text(2048),
                "custom_details": Names(1024),
            }
        ),
    }
)
"""The whole content of a model card."""
