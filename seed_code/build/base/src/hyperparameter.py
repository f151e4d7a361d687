"""How a hyperparameter is declared: its name, its kind, and what it takes.

`src/hyperparameters.py` declares those of the model. The check of `hyperparameters.toml`, the parameters of
the pipeline, the arguments of the training job and those of `src/train.py` follow from it.
"""

import argparse
import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Value = int | float | str


class HyperparameterError(ValueError):
    """A hyperparameter is unknown, missing or out of its range; the message tells which."""


@dataclass(frozen=True, kw_only=True)
class Hyperparameter:
    """A hyperparameter.

    Attributes:
        name: In `hyperparameters.toml`, and for the algorithm.
        kind: Whether it is an integer, a number or a text.
        least: The smallest value that it takes.
        above: A bound below, which it does not take.
        most: The largest value that it takes.
        choices: The texts that it takes.
        needed: Whether `hyperparameters.toml` has to name it; without a value, the algorithm decides.
    """

    name: str
    kind: type[int] | type[float] | type[str]
    least: float | None = None
    above: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    needed: bool = False

    @property
    def expected(self) -> str:
        """What it takes, for a message."""
        if self.kind is str:
            return f"one of {', '.join(self.choices)}"
        bounds = [
            f"{word} {bound:g}"
            for word, bound in (("above", self.above), ("at least", self.least), ("at most", self.most))
            if bound is not None
        ]
        return " ".join(["an integer" if self.kind is int else "a number", " and ".join(bounds)]).strip()

    def read(self, given: object) -> Value:
        """Read a value of `hyperparameters.toml`, or the text of an argument.

        Raises:
            HyperparameterError: It takes no such value.
        """
        try:
            value = self._convert(given)
        except (ValueError, OverflowError):
            raise HyperparameterError(f'{self.name} is "{given}"; it takes {self.expected}.') from None
        return value

    def _convert(self, given: object) -> Value:
        if isinstance(given, bool) or not isinstance(given, int | float | str):
            raise ValueError(given)
        if self.kind is str:
            if given not in self.choices:
                raise ValueError(given)
            return str(given)
        # A fraction is no integer, whoever would round it.
        value = int(given) if self.kind is int and not isinstance(given, float) else float(given)
        fits = (
            isinstance(value, self.kind)
            and math.isfinite(value)
            and (self.least is None or value >= self.least)
            and (self.above is None or value > self.above)
            and (self.most is None or value <= self.most)
        )
        if not fits:
            raise ValueError(given)
        return value


def read_all(declared: Iterable[Hyperparameter], given: Mapping[str, object]) -> dict[str, Value]:
    """Check a table of values, and put them into the order of their declaration.

    Raises:
        HyperparameterError: One is unknown, missing or out of its range.
    """
    by_name = {each.name: each for each in declared}
    for name in given:
        if name not in by_name:
            close = difflib.get_close_matches(name, by_name, n=1)
            hint = f"did you mean {close[0]}?" if close else "declare it there, or remove it."
            raise HyperparameterError(f"{name} is not declared in src/hyperparameters.py; {hint}")
    for each in by_name.values():
        if each.needed and each.name not in given:
            raise HyperparameterError(f"{each.name} is missing; it takes {each.expected}.")
    return {name: each.read(given[name]) for name, each in by_name.items() if name in given}


def add_to(parser: argparse.ArgumentParser, declared: Iterable[Hyperparameter]) -> None:
    """Add an option for each hyperparameter to a step."""

    def reader(each: Hyperparameter) -> Callable[[str], Value]:
        def read(text: str) -> Value:
            try:
                return each.read(text)
            except HyperparameterError as error:
                raise argparse.ArgumentTypeError(str(error)) from error

        return read

    for each in declared:
        parser.add_argument(f"--{each.name}", type=reader(each), required=each.needed, help=each.expected)
