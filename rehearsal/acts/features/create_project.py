"""The data scientist creates a project on labels of the lake and on the feature group."""

from dataclasses import replace

from rehearsal import catalog, features
from rehearsal.acts.create_project import project_name
from rehearsal.acts.lake import create_project
from rehearsal.story import Story


def play(story: Story) -> str:
    """Create the project with the labels' table, the group and the column to predict."""
    project = catalog.create_project(
        story,
        story.people.data_scientist,
        features.BUILD_PROJECT,
        project_name(story.data.name),
        {
            "LakeTable": features.labels_table(story.data),
            "FeatureGroup": features.GROUP,
            "TargetColumn": story.data.target.lower(),
        },
    )
    story.build_project = project
    story.add_holding("development", f"project {project.names.title}")
    return (
        f"Project {project.names.title} stands, with links to the databases of the lake and of the feature "
        f"group {features.GROUP}, and grants to its training role."
    )


ACT = replace(
    create_project.ACT,
    play=play,
    next="Clone the project's repository, change the labels in `src/labels.sql`, and push.",
)
