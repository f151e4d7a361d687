"""What the team says of its data, where it is not to be decided by itself."""

import argparse
import json
from dataclasses import dataclass
from typing import Self

from target import Problem


@dataclass(frozen=True)
class Options:
    """What the team says of its data, where it is not to be decided by itself.

    Attributes:
        target: The header of the column to predict.
        problem: ``auto``, ``classification`` or ``regression``.
        encoding: The name of a codec, or ``auto``.
        decimal: The decimal mark, or ``auto``.
        never_missing: Texts that are values, although they usually mean a missing one.
        segment_column: The column by whose values the model is measured as well, or nothing.
        maximum_missing: The largest share of missing cells of a column that is used.
        maximum_explained: The largest share of the target that a column may explain alone.
    """

    target: str
    problem: Problem = "auto"
    encoding: str = "auto"
    decimal: str = "auto"
    never_missing: tuple[str, ...] = ()
    segment_column: str = ""
    maximum_missing: float = 1.0
    maximum_explained: float = 1.0

    @staticmethod
    def add_to(parser: argparse.ArgumentParser) -> None:
        """Add these options to a step."""
        parser.add_argument("--target", required=True, help="header of the column to predict")
        parser.add_argument(
            "--problem-type", choices=("auto", "classification", "regression"), default="auto"
        )
        parser.add_argument("--encoding", default="auto", help="encoding of the files, such as windows-1252")
        parser.add_argument("--decimal-mark", choices=("auto", ".", ","), default="auto")
        parser.add_argument(
            "--never-missing", type=_texts, default=(), help='JSON list of texts that are values, as ["NA"]'
        )
        parser.add_argument("--segment-column", default="", help="column by whose values to measure as well")
        parser.add_argument("--maximum-missing", type=float, default=1.0, help="share of a column's cells")
        parser.add_argument("--maximum-explained", type=float, default=1.0, help="share of the target")

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Self:
        """Read the options that were given."""
        return cls(
            arguments.target,
            arguments.problem_type,
            arguments.encoding,
            arguments.decimal_mark,
            arguments.never_missing,
            arguments.segment_column,
            arguments.maximum_missing,
            arguments.maximum_explained,
        )


def _texts(argument: str) -> tuple[str, ...]:
    """Read a JSON list of texts."""
    texts = json.loads(argument)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(argument)
    return tuple(text.strip() for text in texts)
