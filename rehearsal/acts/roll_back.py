"""The ML engineer takes production back to the version before, by its receipt."""

from rehearsal import commands, deployment
from rehearsal.story import Act, Story, built
from rehearsal.waiting import known_executions


def play(story: Story) -> str:
    """Ask what would be done, and do it; the deploy project tests the first version again."""
    engineer = story.people.ml_engineer
    group = built(story.build_project).names.title
    second, first = story.versions[-1], story.versions[-2]
    deployment.check_life_cycle(story, second, deployment.SERVES)
    command = ("rollback", "--group", group)
    for line in commands.catalog(story, engineer, *command, "--pretend"):
        story.tell(line)
    known = known_executions(story, engineer, built(story.deploy_project).names.title)
    commands.catalog(story, engineer, *command, "--yes")
    story.release = deployment.started(story, first, known).execution_id
    return (
        f"The command said what it would do, and then approved version {first.number} again, by its receipt. "
        f"The deploy project tests it once more; until that is approved, version {second.number} serves."
    )


ACT = Act(
    name="Roll back",
    actor="ML engineer",
    account="shared_services",
    play=play,
    next="Ask first what a roll-back would do: `scripts/catalog rollback --pretend` changes nothing.",
)
