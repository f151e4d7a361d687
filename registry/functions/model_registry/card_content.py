"""Judging what a model card says: whether SageMaker takes it, and what it lacks."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .card_schema import CONTENT
from .errors import RegistryError

Content = Mapping[str, Any]

MAXIMUM_CONTENT = 100_000
"""Characters, as JSON (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelCard.html)."""

NEARLY_FULL = 0.9
"""The part of `MAXIMUM_CONTENT` from which on a warning is given."""

TEST_EVALUATION = "Integration tests in the test account"
"""The evaluation that the integration tests of a deploy project add to a card."""

BY_COMMAND = "write it with 'catalog card edit'"
BY_PIPELINE = "the project's SageMaker pipeline writes it: run it again"
_WHERE_TO_WRITE = {
    "additional_information": BY_COMMAND,
    "business_details": BY_COMMAND,
    "evaluation_details": f"{BY_PIPELINE}; the integration tests of the deploy project add theirs",
    "intended_uses": (
        "write it into the table [model_card] of config.toml in the project's repository, "
        "or with 'catalog card edit'"
    ),
    "model_overview": BY_COMMAND,
    "model_package_details": BY_PIPELINE,
    "training_details": BY_PIPELINE,
}


def to_json(content: Content) -> str:
    """A content as it is sent: equal contents give the same text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(content: Content) -> str:
    """The SHA-256 of a content, in hexadecimal digits; whoever approves it approves exactly that."""
    return hashlib.sha256(to_json(content).encode()).hexdigest()


def model_package_arn(content: Content) -> str | None:
    """The model version that a content speaks for, if it names one."""
    arn = content.get("model_package_details", {}).get("model_package_arn")
    return str(arn) if arn else None


def check(content: Content) -> list[str]:
    """Say in a sentence each what SageMaker would not take.

    Args:
        content: The whole content of a card.

    Returns:
        A sentence for each mistake, with the path of the field; none if there is no mistake.
    """
    mistakes = list(CONTENT.mistakes(content, ""))
    size = len(to_json(content))
    if size > MAXIMUM_CONTENT:
        mistakes.append(
            f"The content has {size:,} characters, and a model card takes {MAXIMUM_CONTENT:,}: "
            f"shorten {_longest(content)}, which has the most."
        )
    return mistakes


def refuse_mistakes(content: Content) -> None:
    """Refuse what SageMaker would not take.

    Raises:
        RegistryError: With the sentences of `check`.
    """
    mistakes = check(content)
    if mistakes:
        raise RegistryError("\n".join(mistakes))


def warning(content: Content) -> str | None:
    """Say that a content comes near to the most that a card takes, or nothing."""
    size = len(to_json(content))
    if size < NEARLY_FULL * MAXIMUM_CONTENT:
        return None
    return (
        f"The content has {size:,} of the {MAXIMUM_CONTENT:,} characters that a model card takes; "
        f"{_longest(content)} has the most."
    )


def missing_fields(content: Content, required: Iterable[str]) -> list[str]:
    """Which of the required fields say nothing.

    A list says something when one of its items does, and a risk rating when it is not Unknown.

    Args:
        content: The content of a card.
        required: Paths, such as ``intended_uses.risk_rating``.

    Returns:
        Those of the paths, in their order.
    """
    return [path for path in required if not _says_something(content, path.split("."))]


def where_to_write(field: str) -> str:
    """What to do to fill a field.

    Args:
        field: The path of a field.

    Returns:
        Words that go on with a sentence, such as "``<field> is missing``: ...".
    """
    return _WHERE_TO_WRITE.get(field.partition(".")[0], BY_COMMAND)


def _says_something(value: Any, path: Sequence[str]) -> bool:
    if isinstance(value, list):
        return any(_says_something(item, path) for item in value)
    if path:
        return isinstance(value, Mapping) and _says_something(value.get(path[0]), path[1:])
    if isinstance(value, str):
        return value.strip() not in ("", "Unknown")
    if isinstance(value, Mapping):
        return any(_says_something(item, ()) for item in value.values())
    return value is not None


def _longest(content: Content) -> str:
    return max(content, key=lambda name: len(to_json({name: content[name]})))
