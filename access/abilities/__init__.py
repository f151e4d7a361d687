"""What is asked of every role: from seeing a version to letting it into production."""

from access.abilities.artifacts import Artifacts
from access.abilities.asked import Ability, Topic
from access.abilities.deployments import Deployments
from access.abilities.records import Records
from access.abilities.versions import Versions
from access.example import Example

__all__ = ["Ability", "Topic", "topics"]


def topics(example: Example) -> tuple[Topic, ...]:
    """All abilities, by topic.

    Args:
        example: The accounts, and what is in them.
    """
    return (
        Versions(example).topic(),
        Artifacts(example).reading(),
        Artifacts(example).changing(),
        Records(example).cards(),
        Records(example).records(),
        Deployments(example).topic(),
    )
