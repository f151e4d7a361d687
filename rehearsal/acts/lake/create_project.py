"""The data scientist creates a project on a table of the lake; its pipelines begin to train."""

from rehearsal import catalog, lake
from rehearsal.acts.create_project import project_name
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Create the project with the table and the column to predict."""
    table = lake.table(story.data)
    project = catalog.create_project(
        story,
        story.people.data_scientist,
        lake.BUILD_PROJECT,
        project_name(story.data.name),
        {"LakeTable": table, "TargetColumn": story.data.target.lower()},
    )
    story.build_project = project
    story.add_holding("development", f"project {project.names.title}")
    return (
        f"Project {project.names.title} stands, with a link to the lake's database, and grants to its "
        f"training role. Its query reads the table {table}."
    )


ACT = Act(
    name="Create the project",
    actor="Data scientist",
    account="development",
    play=play,
    next="Clone the project's repository, change the query in `src/query.sql`, and push.",
)
