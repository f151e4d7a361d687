"""While the code is being checked, the ML engineer prepares the central group in which training registers."""

from rehearsal import commands
from rehearsal.story import Act, Story, built


def play(story: Story) -> str:
    """Create the group by the operator's command line."""
    project = built(story.build_project)
    given = {
        "--project-name": project.name,
        "--project-id": project.id,
        "--account": story.accounts.account_id("development"),
    }
    said = [argument for option in given.items() for argument in option]
    for line in commands.catalog(story, story.people.ml_engineer, "group", "create", *said):
        story.tell(line)
    story.add_holding("shared_services", f"model package group {project.names.title}")
    return (
        f"The group {project.names.title} is in the central registry. The project's training role may "
        "register versions in it that wait for approval, and write their artifacts below a folder of its own."
    )


ACT = Act(
    name="Prepare the central group",
    actor="ML engineer",
    account="shared_services",
    play=play,
    next="Read who may register, and where, in the README of the product.",
)
