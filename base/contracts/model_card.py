"""The fields of a model card, by the paths at which a catalog file may require them.

SageMaker's schema of a card's content
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema), without the sizes,
which the registry's functions check. `tests/registry` compares both.
"""

FIELDS = {
    "model_overview": (
        "model_id",
        "model_name",
        "model_description",
        "model_version",
        "problem_type",
        "algorithm_type",
        "model_creator",
        "model_owner",
        "model_artifact",
        "inference_environment.container_image",
    ),
    "model_package_details": (
        "model_package_arn",
        "model_package_group_name",
        "model_package_name",
        "model_package_version",
        "model_package_description",
        "model_package_status",
        "model_approval_status",
        "approval_description",
        "created_by.user_profile_name",
        "domain",
        "task",
        "source_algorithms.algorithm_name",
        "source_algorithms.model_data_url",
        "inference_specification.containers.image",
        "inference_specification.containers.model_data_url",
        "inference_specification.containers.nearest_model_name",
    ),
    "intended_uses": (
        "purpose_of_model",
        "intended_uses",
        "factors_affecting_model_efficiency",
        "risk_rating",
        "explanations_for_risk_rating",
    ),
    "business_details": (
        "business_problem",
        "business_stakeholders",
        "line_of_business",
    ),
    "training_details": (
        "objective_function.function.function",
        "objective_function.function.facet",
        "objective_function.function.condition",
        "objective_function.notes",
        "training_observations",
        "training_job_details.training_arn",
        "training_job_details.training_datasets",
        "training_job_details.training_environment.container_image",
        "training_job_details.training_metrics.name",
        "training_job_details.training_metrics.notes",
        "training_job_details.training_metrics.value",
        "training_job_details.user_provided_training_metrics.name",
        "training_job_details.user_provided_training_metrics.notes",
        "training_job_details.user_provided_training_metrics.value",
        "training_job_details.hyper_parameters.name",
        "training_job_details.hyper_parameters.value",
        "training_job_details.user_provided_hyper_parameters.name",
        "training_job_details.user_provided_hyper_parameters.value",
    ),
    "evaluation_details": (
        "name",
        "evaluation_observation",
        "evaluation_job_arn",
        "datasets",
        "metadata.*",
        "metric_groups.name",
        "metric_groups.metric_data",
    ),
    "additional_information": (
        "ethical_considerations",
        "caveats_and_recommendations",
        "custom_details.*",
    ),
}
"""By section, the paths of its fields; below a list those of its items; `*` stands for any name."""


def has_card_field(path: str) -> bool:
    """Whether a model card has a field.

    Args:
        path: Names from the outermost inwards, such as ``intended_uses.risk_rating``; a section or a part of
            one counts as a field, too.
    """
    section, _, field = path.partition(".")
    known = FIELDS.get(section, ())
    if not field:
        return "." not in path and bool(known)
    return any(_is_at(field.split("."), each.split(".")) for each in known)


def _is_at(asked: list[str], known: list[str]) -> bool:
    if len(asked) > len(known):
        return False
    return all(name == own or (own == "*" and name) for name, own in zip(asked, known, strict=False))
