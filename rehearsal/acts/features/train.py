"""The project's pipeline joins labels and features as they were known, and trains a first version."""

from dataclasses import replace

from rehearsal import features
from rehearsal.acts import train
from rehearsal.story import ActError, Story


def play(story: Story) -> str:
    """Follow the training, compare what it learned from row by row, and look at what the version says."""
    told = train.play(story)
    specimens = features.Specimens(story.data)
    expected, found = specimens.expected(), specimens.joined(features.queried(story))
    if found != expected:
        wrong = next(pair for pair in zip(found, expected, strict=False) if pair[0] != pair[1])
        raise ActError(f"the join gave {wrong[0]} where {wrong[1]} was known; {len(found)} rows")
    naive = specimens.naive(features.offline(story))
    differing = sum(one != other for one, other in zip(naive, expected, strict=True))
    if not differing:
        raise ActError("a join without regard to time gives the same table, so that this one shows nothing")
    stated = story.acting_as(story.people.data_scientist, "sagemaker").describe_model_package(
        ModelPackageName=story.candidates[-1].arn
    )["CustomerMetadataProperties"]
    if features.stated(stated) != (features.GROUP, features.schema(story.data)):
        raise ActError(f"the version says of its features: {stated}")
    return (
        f"{told} It learned from what was known at each label, row by row; a join of the newest records "
        f"would have differed in {differing:,} of {len(expected):,} rows. The version names the group and "
        "the schema."
    )


ACT = replace(train.ACT, play=play)
