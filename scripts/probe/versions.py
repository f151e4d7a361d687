"""Probes about groups and versions: one throw-away group with two versions, which start nothing."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from registry.functions.model_registry.group_policy import group_policy
from registry.functions.model_registry.promotion.fields import carried_fields
from registry.functions.model_registry.records import modified_by
from scripts.probe.scene import Answer, NotKnownError, Probe, Scene, judged, refusal
from scripts.versions.readers import central_readers

_CARD = {
    "ModelCardContent": json.dumps({"model_overview": {}}),
    "ModelCardStatus": "Draft",
}


def _ask_for_group_policy(scene: Scene) -> list[Answer]:
    sagemaker, name = scene.client("sagemaker"), scene.name("policy")
    arn = sagemaker.create_model_package_group(ModelPackageGroupName=name)["ModelPackageGroupArn"]
    policy = group_policy(arn, {}, central_readers(scene.settings))
    refused = refusal(
        sagemaker.put_model_package_group_policy,
        ModelPackageGroupName=name,
        ResourcePolicy=json.dumps(policy),
    )
    return [judged("group-policy", refused, "The policy was taken.")]


def _ask_for_versions(scene: Scene) -> list[Answer]:
    sagemaker, name = scene.client("sagemaker"), scene.name()
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    image = f"{scene.account}.dkr.ecr.{scene.settings.region}.amazonaws.com/probe:1"
    version = {
        "ModelPackageGroupName": name,
        "ModelApprovalStatus": "PendingManualApproval",
        "CustomerMetadataProperties": {"first": "1", "second": "1"},
        "InferenceSpecification": {
            "Containers": [{"Image": image}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    if refused := refusal(sagemaker.create_model_package, **version):
        raise NotKnownError(f"SageMaker registers no throw-away version ({refused})")
    (summary,) = sagemaker.list_model_packages(ModelPackageGroupName=name)["ModelPackageSummaryList"]
    arn = summary["ModelPackageArn"]
    described = sagemaker.describe_model_package(ModelPackageName=arn, IncludedData="MetadataOnly")
    empty = sorted(_empty_lists({name: described.get(name) for name in carried_fields(sagemaker)}))
    sagemaker.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={"second": "2"})
    changed = sagemaker.describe_model_package(ModelPackageName=arn, IncludedData="MetadataOnly")
    kept, by = changed["CustomerMetadataProperties"], modified_by(changed)
    carded = refusal(sagemaker.create_model_package, **version, ModelCard=_CARD)
    return [
        Answer(
            key="last-modified-by",
            holds=by is not None,
            says=f"The version was changed by {by}."
            if by
            else "The version does not say who has changed it.",
        ),
        Answer(
            key="metadata-update",
            holds="first" in kept,
            says=f"After an update of one of two properties there are {', '.join(sorted(kept))}.",
        ),
        Answer(
            key="empty-lists",
            holds=not empty,
            says=f"Describe returns empty lists: {', '.join(empty)}." if empty else "Describe returns none.",
        ),
        judged("model-card-field", carded, "A version was registered with a ModelCard."),
    ]


def _empty_lists(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _empty_lists(entry, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        if not value:
            yield path
        for entry in value:
            yield from _empty_lists(entry, path)


VERSIONS = (
    Probe(keys=("group-policy",), makes="a model package group with a policy", ask=_ask_for_group_policy),
    Probe(
        keys=("last-modified-by", "metadata-update", "empty-lists", "model-card-field"),
        makes="a model package group with two versions, of an image that does not exist",
        ask=_ask_for_versions,
    ),
)
