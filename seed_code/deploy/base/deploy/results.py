"""What a run of pytest found, from the JUnit file that ``--junitxml`` makes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from xml.etree import ElementTree


class ResultsError(ValueError):
    """The results of the tests cannot be used; the message is one sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """The results of a run.

    Attributes:
        passed: The number of tests that passed.
        failed: The names of those that failed, or could not run because of an error.
        skipped: The names of those that were skipped: they say nothing about the model.
        measured: Numbers that tests recorded with ``record_testsuite_property``.
    """

    passed: int
    failed: tuple[str, ...]
    skipped: tuple[str, ...]
    measured: dict[str, float]

    @property
    def complete(self) -> bool:
        """Whether every test ran and passed."""
        return not self.failed and not self.skipped

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a JUnit file.

        Raises:
            ResultsError: There is no such file, it is no JUnit file, or no test ran.
        """
        try:
            root = ElementTree.parse(path).getroot()  # noqa: S314  (the file comes from pytest, of this build)
        except (OSError, ElementTree.ParseError) as error:
            raise ResultsError(f"{path} holds no results of pytest: {error}.") from error
        # A test that fails and then cannot clean up is named twice.
        outcomes: dict[str, set[str]] = {}
        for case in root.iter("testcase"):
            outcomes.setdefault(_name(case), set()).update(child.tag for child in case)
        failed = tuple(name for name, tags in outcomes.items() if tags & {"failure", "error"})
        skipped = tuple(name for name, tags in outcomes.items() if "skipped" in tags and name not in failed)
        passed = len(outcomes) - len(failed) - len(skipped)
        if not passed and not failed:
            raise ResultsError(f"{path} names no test that ran: there is nothing to say about the model.")
        return cls(
            passed=passed,
            failed=failed,
            skipped=skipped,
            measured=dict(_numbers(root)),
        )


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '')}.{case.get('name', '')}"


def _numbers(root: ElementTree.Element) -> Iterator[tuple[str, float]]:
    for suite in root.iter("testsuite"):
        for recorded in suite.iterfind("properties/property"):
            try:
                value = float(recorded.get("value", ""))
            except ValueError:
                continue
            if math.isfinite(value):
                yield recorded.get("name", ""), value
