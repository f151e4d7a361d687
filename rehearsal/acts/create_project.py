"""The data scientist creates a project; its pipelines begin to train a first version."""

import re

from base.names import MAXIMUM_PROJECT_NAME
from rehearsal import catalog
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Bring the data, and create the project."""
    return create(story, catalog.BUILD_PROJECT)


def create(story: Story, product: str) -> str:
    """Bring the data, and create a project of a product that reads it from S3.

    Args:
        story: The story.
        product: The product's name.
    """
    accounts = story.accounts
    scientist = accounts.people.data_scientist
    bucket = accounts.names.team_data_bucket(accounts.account_id("development"))
    name = project_name(story.data.name)
    prefix = f"input/{name}/"
    accounts.acting_as(scientist, "s3").put_object(
        Bucket=bucket, Key=f"{prefix}data.csv", Body=story.data.path.read_bytes()
    )
    story.data_uri = f"s3://{bucket}/{prefix}"
    story.tell(f"{story.data.path.name} is in {story.data_uri}")
    project = catalog.create_project(
        story,
        scientist,
        product,
        name,
        {"InputDataUri": story.data_uri, "TargetColumn": story.data.target},
    )
    story.build_project = project
    story.add_holding("development", f"project {project.names.title}")
    return f"Project {project.names.title} stands, and its repository, seeded with code, is being checked."


def project_name(title: str) -> str:
    """Return a legal name of a SageMaker project for a data set."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return words[:MAXIMUM_PROJECT_NAME].strip("-") or "model"


ACT = Act(
    name="Create the project",
    actor="Data scientist",
    account="development",
    play=play,
    next=(
        "Clone the project's repository, replace the data and the columns in `config.toml`, and "
        "push. Look at the project with `scripts/catalog project show`."
    ),
)
