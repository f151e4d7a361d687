"""What an approver of production was shown, in its parts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.record import ShownRecord

_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])|(?<=\?)\s+")
_CARD, _ELSE = "Model card", "Also"
_BEGINNINGS = {
    "Tests": re.compile(r"Version \S+ has passed"),
    "Question": re.compile(r"Approve it for account \d+\?", re.ASCII),
    "The version": re.compile(r"\S+ version \d+, commit ", re.ASCII),
    "Beside production": re.compile(r"Production runs "),
    _CARD: re.compile(r"Its model card|It cannot be deployed yet"),
}
"""How the sentences of the pipeline and of the registry begin, by what they speak of."""

_METRICS = "; metrics: "
_METRIC = re.compile(r"(?P<name>\S+) (?P<value>\S+?)(?: \((?P<note>[^)]*)\))?(?:, |\.?$)")


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric as the approver read it.

    Attributes:
        name: Its name.
        value: Its value, in the registry's digits.
        note: How it differs from production's; empty if production runs nothing.
    """

    name: str
    value: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the text says of one thing.

    Attributes:
        title: The thing.
        text: The sentences, without the metrics.
        metrics: The metrics in them.
    """

    title: str
    text: str
    metrics: tuple[Metric, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Approval:
    """An approval, with its text in parts.

    Attributes:
        record: What was shown, word for word.
        parts: The same by what it speaks of, in the order of the text.
    """

    record: ShownRecord
    parts: tuple[Part, ...]


def approvals(shown: Sequence[ShownRecord]) -> list[Approval]:
    """Take each approval's text apart.

    Args:
        shown: The approvals, first to last.
    """
    return [Approval(record=record, parts=_parts(record.text)) for record in shown]


def _parts(text: str) -> tuple[Part, ...]:
    by_title: dict[str, list[str]] = {}
    metrics: dict[str, tuple[Metric, ...]] = {}
    title = _ELSE
    for sentence in _SENTENCE.split(text):
        known = next((name for name, words in _BEGINNINGS.items() if words.match(sentence)), None)
        # A sentence that follows what the card lacks tells what to do about it.
        title = known or (title if title == _CARD else _ELSE)
        said, listed, values = sentence.partition(_METRICS)
        by_title.setdefault(title, []).append(f"{said}." if listed else sentence)
        if listed:
            metrics[title] = tuple(
                Metric(name=each["name"], value=each["value"], note=each["note"] or "")
                for each in _METRIC.finditer(values)
            )
    return tuple(
        Part(title=title, text=" ".join(sentences), metrics=metrics.get(title, ()))
        for title, sentences in by_title.items()
    )
