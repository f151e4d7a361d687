"""Probes about model cards and how they are shared."""

import json

from scripts.probe.scene import Answer, Probe, Scene, judged, refusal

_READING = {"Effect": "Allow", "Action": ["sagemaker:DescribeModelCard", "sagemaker:ListModelCardVersions"]}


def _ask_for_statuses(scene: Scene) -> list[Answer]:
    sagemaker, name = scene.client("sagemaker"), scene.name()
    sagemaker.create_model_card(
        ModelCardName=name, Content=json.dumps({"model_overview": {}}), ModelCardStatus="Draft"
    )
    sagemaker.update_model_card(ModelCardName=name, ModelCardStatus="PendingReview")
    versions = sagemaker.list_model_card_versions(ModelCardName=name)["ModelCardVersionSummaryList"]
    return [
        Answer(
            key="card-status-version",
            holds=len(versions) == 1,
            says=f"After a change of its status the card has {len(versions)} version(s).",
        )
    ]


def _ask_for_permission(scene: Scene) -> list[Answer]:
    refused = refusal(
        scene.client("ram").create_permission,
        name=scene.name(),
        resourceType="sagemaker:ModelCard",
        policyTemplate=json.dumps(_READING),
    )
    return [judged("card-permission", refused, "The permission was made.")]


CARDS = (
    Probe(keys=("card-status-version",), makes="a model card", ask=_ask_for_statuses),
    Probe(keys=("card-permission",), makes="a managed permission of AWS RAM", ask=_ask_for_permission),
)
