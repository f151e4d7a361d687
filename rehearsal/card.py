"""The central card of the story's model, as the governance officer sees it."""

from typing import Any

from rehearsal.people import Person
from rehearsal.record import CardRecord
from rehearsal.story import ActError, Story, built


def look(story: Story) -> dict[str, Any]:
    """The newest version of the card."""
    sagemaker = story.acting_as(story.people.governance_officer, "sagemaker")
    card: dict[str, Any] = sagemaker.describe_model_card(ModelCardName=built(story.build_project).names.title)
    return card


def note(story: Story, event: str, person: Person, expected: str) -> dict[str, Any]:
    """Write a station in the life of the card into the report.

    Args:
        story: The story.
        event: What happened.
        person: Who did it, and from which account.
        expected: The status that the card must have now.

    Raises:
        ActError: It has another.
    """
    card = look(story)
    if card["ModelCardStatus"] != expected:
        raise ActError(f"after “{event}” the model card is {card['ModelCardStatus']} and not {expected}")
    record = CardRecord(
        event=event,
        actor=person.title,
        account=person.account,
        version=card["ModelCardVersion"],
        status=card["ModelCardStatus"],
    )
    story.cards.append(record)
    story.tell(f"the model card, version {record.version}, is {record.status}: {event}")
    return card
