"""The access matrix: who may do what with a model, by the synthesized policies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from access.abilities import Ability, Topic, topics
from access.access import Document, Role
from access.example import Example
from access.platform import PlatformTemplates
from base.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Access:
    """How a role may do something.

    Attributes:
        grants: Statements of resources' policies that allow it, besides the role's own policies.
        through: The role that it assumes for this; None if it may do it itself.
    """

    grants: tuple[str, ...]
    through: Role | None = None


@dataclass(frozen=True)
class AccessMatrix:
    """Every role of the platform against every ability.

    Attributes:
        example: The accounts, and what is in them.
    """

    example: Example

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The abilities, by topic."""
        return topics(self.example)

    @cached_property
    def accounts(self) -> Mapping[str, str]:
        """The names of the accounts that hold roles, by id, in the order of the catalog file."""
        held = {role.account for role in self.example.estate.roles}
        return {
            account: name.replace("_", " ")
            for name, account in self.example.settings.accounts
            if account in held
        }

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """All roles by account, those of people first."""
        order = list(self.accounts)
        return tuple(
            sorted(
                self.example.estate.roles,
                key=lambda role: (order.index(role.account), not is_person(role), role.name),
            )
        )

    @cached_property
    def found(self) -> Mapping[tuple[str, Ability], Access]:
        """What is allowed, by the ARN of a role and the ability."""
        return dict(self._found())

    def of(self, role: Role, topic: Topic) -> list[Access | None]:
        """What a role may do of a topic, in the order of the abilities; None stands for no access.

        Args:
            role: The role.
            topic: The topic.
        """
        return [self.found.get((role.arn, ability)) for ability in topic.abilities]

    def who(self, ability: Ability) -> list[Role]:
        """The roles that may do something, themselves or by assuming others.

        Args:
            ability: What they may do.
        """
        return [role for role in self.roles if (role.arn, ability) in self.found]

    def _found(self) -> Iterator[tuple[tuple[str, Ability], Access]]:
        for role in self.roles:
            for topic in self.topics:
                for ability in topic.abilities:
                    access = self._access(role, ability)
                    if access is not None:
                        yield (role.arn, ability), access

    def _access(self, role: Role, ability: Ability) -> Access | None:
        for other in (role, *self.example.estate.assumptions[role.arn]):
            grants = self._grants(other, ability)
            if grants is not None:
                return Access(grants=grants, through=None if other is role else other)
        return None

    def _grants(self, role: Role, ability: Ability) -> tuple[str, ...] | None:
        grants: dict[str, None] = {}
        for request in ability.requests:
            verdict = self.example.estate.judge(role, request)
            if not verdict.is_allowed:
                return None
            grants |= dict.fromkeys(verdict.grants)
        return tuple(grants)


def compute(
    settings: Settings, templates: PlatformTemplates, boundary: Document | None = None
) -> AccessMatrix:
    """The matrix of an adopter's platform.

    Args:
        settings: What the adopter decided.
        templates: The templates, rendered for these settings.
        boundary: The document of the permissions boundary that the settings name, if it is known.
    """
    return AccessMatrix(Example(settings, templates, boundary))


def is_person(role: Role) -> bool:
    """Whether people use a role: identities of its own account, or people of others by a tag of the session.

    Args:
        role: The role.
    """
    own_root = f"arn:aws:iam::{role.account}:root"
    return bool(role.session_tags) or any(
        statement["Principal"].get("AWS") == own_root and "Condition" not in statement
        for statement in role.trust.statements
        if isinstance(statement["Principal"], dict)
    )
