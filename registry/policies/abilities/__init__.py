"""What is asked of every role: from seeing a version to letting it into production."""

from registry.policies.abilities.artifacts import Artifacts
from registry.policies.abilities.asked import Ability, Topic
from registry.policies.abilities.deployments import Deployments
from registry.policies.abilities.records import Records
from registry.policies.abilities.versions import Versions
from registry.policies.story import Story

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
