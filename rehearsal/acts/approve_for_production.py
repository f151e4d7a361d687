"""The governance officer completes and approves the card, then production; production serves."""

from rehearsal import card, commands, deployment
from rehearsal.story import Act, ActError, Story, built

MISSING = "intended_uses.risk_rating"


def play(story: Story) -> str:
    """See an incomplete card refused; approve it when it is complete; approve production, and compare."""
    if not story.release:
        raise ActError("no release waits for approval")
    _approve_card(story)
    deployment.approve_for_production(story, deployment.watch(story, story.release))
    version = story.versions[-1]
    deployment.check_serving(story, version)
    deployment.compare_predictions(story, version)
    card.note(story, "Shared with production, to be read", story.people.governance_officer, "Approved")
    story.add_holding("production", f"endpoint {built(story.deploy_project).names.title}")
    return (
        "The card was refused first, because it named no risk rating. The lead completed it, and the officer "
        f"approved it and production. Test, production and the model itself answer "
        f"{len(deployment.sample_rows(story))} rows alike."
    )


def _approve_card(story: Story) -> None:
    """See the card refused, which lacks a field; as the lead, fill it; approve it."""
    people = story.people
    title = built(story.build_project).names.title
    version = story.versions[-1]
    refusal = commands.refused(
        story, people.governance_officer, "card", "approve", "--model-package", version.central_arn
    )
    if MISSING not in refusal:
        raise ActError(f"the refusal of the card does not name {MISSING}: {refusal}")
    story.accounts.journal.quote("How the card was refused", refusal)
    commands.catalog(
        story, people.lead_data_scientist, "card", "edit", "--group", title, "--risk-rating", "Low"
    )
    card.note(
        story,
        "The risk rating, which was missing, was filled in",
        people.lead_data_scientist,
        "PendingReview",
    )
    deployment.approve_card(story, version)


ACT = Act(
    name="Approve for production",
    actor="Governance officer",
    account="shared_services",
    play=play,
    next="Hand on the card as a page or keep it with your records: `scripts/catalog card export`.",
)
