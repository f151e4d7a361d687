"""The lead data scientist starts the model's card in the shared services account."""

from rehearsal import card, commands
from rehearsal.story import Act, Story, built

# What the lead knows at the beginning; the risk rating is still to be decided.
SAID = {
    "--problem": "People sort what they measure by hand, which takes days.",
    "--purpose": "Sorts what was measured, and says how sure it is.",
    "--intended-uses": "A first sorting that people look over; no decision about a person.",
    "--owner": "lead-data-scientist@example.com",
}


def play(story: Story) -> str:
    """Create the card by the operator's command line, which shares it with the development account."""
    lead = story.people.lead_data_scientist
    title = built(story.build_project).names.title
    said = [argument for option in SAID.items() for argument in option]
    for line in commands.catalog(story, lead, "card", "create", "--group", title, *said):
        story.tell(line)
    card.note(story, "Started with the business problem, and shared with development", lead, "Draft")
    story.add_holding("shared_services", f"model card {title}")
    return (
        f"The card {title} is a draft in the shared services account, and shared with the development "
        "account: whoever trains the model writes into it."
    )


ACT = Act(
    name="Start the model card",
    actor="Lead data scientist",
    account="shared_services",
    play=play,
    next="Say the rest in time, above all the risk rating: `scripts/catalog card edit`.",
)
