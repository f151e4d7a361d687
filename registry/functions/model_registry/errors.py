"""Failures that people read: in the log, in the dead letter, and in the alarm that points there."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403", "Forbidden"})
MISSING = frozenset(
    {
        "404",
        "LayersNotFoundException",
        "NoSuchBucket",
        "NoSuchKey",
        "NotFound",
        "PipelineNotFoundException",
        "RepositoryNotFoundException",
        "ResourceNotFound",
    }
)


class RegistryError(Exception):
    """A model version cannot be promoted or released as things stand.

    The message is one sentence that says what is wrong, where, and what to do about it.
    """


def error_code(error: ClientError) -> str:
    """The code that AWS gave an error."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def explained(*, denied: str, missing: str | None = None) -> Iterator[None]:
    """Turn a refusal by AWS into a sentence; every other error passes as it is.

    Args:
        denied: What to say when AWS denies access.
        missing: What to say when the thing asked for does not exist.
    """
    try:
        yield
    except ClientError as error:
        if error_code(error) in DENIED:
            raise RegistryError(denied) from error
        if missing is not None and is_missing(error):
            raise RegistryError(missing) from error
        raise


def is_missing(error: ClientError) -> bool:
    """Whether AWS says that the thing asked for does not exist.

    SageMaker has no code of its own for it: DescribeModelPackage and DescribeModelPackageGroup answer with
    a ValidationException whose message says so.
    """
    message = error.response.get("Error", {}).get("Message", "")
    return error_code(error) in MISSING or (
        error_code(error) == "ValidationException" and ("does not exist" in message or "not found" in message)
    )
