"""The governance officer approves the roll-back; production serves the first version again."""

from rehearsal import card, deployment
from rehearsal.story import Act, ActError, Story


def play(story: Story) -> str:
    """Approve production, and see who serves and who is retired."""
    if not story.release:
        raise ActError("no roll-back waits for approval")
    second, first = story.versions[-1], story.versions[-2]
    watch = deployment.watch(story, story.release)
    deployment.read_approval(story, first, watch)
    deployment.approve_for_production(story, watch)
    deployment.check_serving(story, first)
    deployment.compare_predictions(story, first)
    deployment.check_life_cycle(story, first, deployment.SERVES)
    deployment.check_life_cycle(story, second, deployment.RETIRED)
    card.note(
        story,
        f"The page of version {first.number} needed no new approval",
        story.people.ml_engineer,
        "Approved",
    )
    return (
        f"Tested and approved once more, version {first.number} serves in production; version "
        f"{second.number} is retired. Its card was approved before, and still says the same."
    )


ACT = Act(
    name="Approve the roll-back",
    actor="Governance officer",
    account="shared_services",
    play=play,
    next="Read which version production runs, and since when: `scripts/catalog lineage`.",
)
