"""Act 4: the data scientist creates a project; its pipelines train a first version."""

import re

from names import MAXIMUM_PROJECT_NAME
from rehearsal import catalog, training
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Bring the data, create the project, and follow it to a version that waits for approval."""
    stage = story.stage
    scientist = stage.people.data_scientist
    bucket = stage.names.team_data_bucket(stage.account_id("development"))
    name = project_name(story.data.name)
    prefix = f"input/{name}"
    stage.acting_as(scientist, "s3").put_object(
        Bucket=bucket, Key=f"{prefix}/data.csv", Body=story.data.path.read_bytes()
    )
    story.data_uri = f"s3://{bucket}/{prefix}"
    story.tell(f"{story.data.path.name} is in {story.data_uri}")
    project = catalog.create_project(
        story,
        scientist,
        catalog.BUILD_PROJECT,
        name,
        {"InputDataUri": story.data_uri, "TargetColumn": story.data.target},
    )
    story.build_project = project
    story.add_holding("development", f"project {project.names.title}")
    story.tell(f"project {project.names.title} is created")
    candidate = training.follow(story, project, set())
    story.candidates.append(candidate)
    story.runs.append(candidate.run)
    story.problem_type = candidate.problem_type
    story.primary_metric = candidate.primary_metric
    return (
        f"Project {project.names.title}: its repository was seeded, linted and tested, and its SageMaker "
        f"pipeline ran {len(candidate.run.steps)} steps on {story.data.rows:,} rows. Version "
        f"{candidate.version} waits for approval with {candidate.primary_metric} "
        f"{candidate.metrics.get(candidate.primary_metric, float('nan')):.4g}."
    )


def project_name(title: str) -> str:
    """Return a legal name of a SageMaker project for a data set."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return words[:MAXIMUM_PROJECT_NAME].strip("-") or "model"


ACT = Act(name="Create the project", actor="Data scientist", account="development", play=play)
