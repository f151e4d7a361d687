"""The project's pipeline queries the lake as the training role, and trains a first version."""

from dataclasses import replace

from rehearsal import lake
from rehearsal.acts import train
from rehearsal.story import ActError, Story, built

QUERY = "Query"
"""Name of the pipeline's first step."""


def play(story: Story) -> str:
    """Follow the training as for any project, and look at what the query has unloaded."""
    told = train.play(story)
    names = [step.name for step in story.candidates[-1].run.steps]
    if QUERY not in names:
        raise ActError(f"the pipeline ran {', '.join(names)} and no step {QUERY}")
    bucket = built(story.build_project).names.bucket
    listed = story.acting_as(story.people.data_scientist, "s3").list_objects_v2(Bucket=bucket, Prefix="runs/")
    unloaded = [each["Key"] for each in listed.get("Contents", ()) if "/unloaded/" in each["Key"]]
    if not unloaded:
        raise ActError(f"the query unloaded nothing below s3://{bucket}/runs/")
    return f"{told} The step {QUERY} unloaded them from {lake.table(story.data)} through Athena."


ACT = replace(train.ACT, play=play)
