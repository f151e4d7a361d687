"""The lead approves the version, and promotion takes the schema of its features along."""

from dataclasses import replace

from rehearsal import features
from rehearsal.acts import approve_and_promote
from rehearsal.story import ActError, Story


def play(story: Story) -> str:
    """Approve and promote as in any story, and look at what the central version says of its features."""
    told = approve_and_promote.play(story)
    stated = story.acting_as(story.people.ml_engineer, "sagemaker").describe_model_package(
        ModelPackageName=story.versions[-1].central_arn
    )["CustomerMetadataProperties"]
    if features.stated(stated) != (features.GROUP, features.schema(story.data)):
        raise ActError(f"the central version says of its features: {stated}")
    return f"{told} The central version names the feature group and the schema of its features."


ACT = replace(approve_and_promote.ACT, play=play)
