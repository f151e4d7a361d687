"""Where probes run: one account, and names that only they use."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import ClientError

from base.settings import Settings
from registry.functions.model_registry.errors import error_code
from scripts.console.command import RETRIES

_REFUSALS = frozenset(
    {
        "InvalidParameterException",
        "InvalidPolicyException",
        "MalformedPolicyTemplateException",
        "OperationNotAllowedException",
        "OperationNotPermittedException",
        "ValidationError",
        "ValidationException",
    }
)
"""What AWS returns where it does not take something, in contrast to who asks and how often."""


class NotKnownError(Exception):
    """AWS's answer says nothing about the assumption."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an account says to an assumption.

    Attributes:
        key: The assumption's.
        holds: Whether it holds; None if it is not known.
        says: What was seen, as a sentence.
        fallback: The value of its setting, where another one than the table's helps here.
    """

    key: str
    holds: bool | None
    says: str
    fallback: str | None = None


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Asks an account.

    Attributes:
        keys: The assumptions that it asks about.
        makes: The throw-away resources that it makes, for people; empty if it only reads.
        ask: Asks. Whatever it makes is named by `Scene.name`, and removed by others.
    """

    keys: tuple[str, ...]
    makes: str
    ask: "Callable[[Scene], list[Answer]]"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """An account in which probes run.

    Attributes:
        session: The operator's credentials.
        settings: What the adopter decided.
        account: The account.
        run: Tells the resources of this run from those of others.
    """

    session: boto3.Session
    settings: Settings
    account: str
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def prefix(self) -> str:
        """What the names of all throw-away resources begin with, of whichever run."""
        return f"{self.settings.name_prefix}-probe-"

    def name(self, purpose: str = "") -> str:
        """A name for a throw-away resource; at most 33 characters with the longest prefix.

        Args:
            purpose: Tells several of a kind apart, in a few letters.
        """
        return f"{self.prefix}{self.run}{purpose and f'-{purpose}'}"

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def client(self, service: Any) -> Any:
        """A client of a service, made once."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, config=RETRIES)
        return self._clients[service]


def refusal(call: Callable[..., Any], **parameters: Any) -> str | None:
    """Try something, and say how AWS refused it; None if it did not.

    Args:
        call: A method of a client.
        parameters: Its parameters.

    Raises:
        NotKnownError: If it failed for a reason that is not the assumption's.
    """
    try:
        call(**parameters)
    except ClientError as error:
        if error_code(error) in _REFUSALS:
            return str(error)
        raise NotKnownError(str(error)) from error
    return None


def judged(key: str, refused: str | None, taken: str) -> Answer:
    """The answer of something that was tried.

    Args:
        key: The assumption's.
        refused: How AWS refused; None if it did not.
        taken: What to say if it did not.
    """
    return Answer(
        key=key, holds=refused is None, says=taken if refused is None else f"AWS refuses: {refused}"
    )
