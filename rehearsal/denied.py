"""What must not work: each row is tried for real, and has to be refused for the right reason."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from rehearsal.record import DenialRecord, Status
from rehearsal.story import ActError, ModelVersion, Story


class RefusedError(Exception):
    """A refusal that does not come as an error of the call: a failed stack, endpoint or pipeline."""

    def __init__(self, code: str, message: str) -> None:
        """Keep what a service said.

        Args:
            code: What it calls the failure.
            message: Its reason.
        """
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Denial:
    """One row of the table.

    Attributes:
        actor: Who tries.
        action: What is tried, in a sentence.
        code: The error code that has to come.
        mentions: What its message has to name: as a rule the IAM action that is not allowed.
        attempt: Tries it; returns what came of it if nothing refused.
    """

    actor: str
    action: str
    code: str
    mentions: str
    attempt: Callable[[Story], object]

    @property
    def expected(self) -> str:
        """The refusal in one line."""
        return f"{self.code}: {self.mentions}"


def attempt(story: Story, denial: Denial) -> DenialRecord:
    """Try a row, and judge the answer.

    Args:
        story: The story at its end.
        denial: What to try.
    """
    status: Status = "failed"
    journal = story.accounts.journal
    before = journal.length
    try:
        result = denial.attempt(story)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        status = _judge(denial, code, message)
        observed = f"{code}: {message}"
    except RefusedError as error:
        status = _judge(denial, error.code, error.message)
        observed = f"{error.code}: {error.message}"
    except ActError as error:
        observed = f"not refused but broken: {error}"
    else:
        observed = f"allowed: {result}" if result else "allowed"
    return DenialRecord(
        actor=denial.actor,
        action=denial.action,
        expected=denial.expected,
        observed=" ".join(observed.split()),
        status=status,
        commands=journal.commands(before),
    )


def location(version: ModelVersion) -> dict[str, str]:
    """Return bucket and key of a version's artifact, as the S3 API names them."""
    parts = urlsplit(version.artifact)
    return {"Bucket": parts.netloc, "Key": parts.path[1:]}


def _judge(denial: Denial, code: str, message: str) -> Status:
    return "ok" if code == denial.code and denial.mentions in message else "failed"
