"""What is asked of every role: from seeing a version to letting it into production."""

from access.abilities.artifacts import Artifacts
from access.abilities.asked import Ability, Topic
from access.abilities.deployments import Deployments
from access.abilities.records import Records
from access.abilities.versions import Versions
from access.story import Story

__all__ = ["Ability", "Topic", "topics"]


def topics(story: Story) -> tuple[Topic, ...]:
    """All abilities, by topic.

    Args:
        story: The accounts, and what is in them.
    """
    return (
        Versions(story).topic(),
        Artifacts(story).reading(),
        Artifacts(story).changing(),
        Records(story).cards(),
        Records(story).records(),
        Deployments(story).topic(),
    )
