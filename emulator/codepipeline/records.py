"""What CodePipeline keeps of its executions."""

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emulator.codepipeline.artifact_store import Location
from emulator.core.names import RegionalName


class PipelineName(RegionalName):
    """A pipeline of any account."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """ARN of the pipeline."""
        return f"arn:aws:codepipeline:{self.region}:{self.account}:{self.name}"


class Approval:
    """A decision that an action waits for.

    Attributes:
        token: What whoever decides must name.
        decided: Set once the decision is made.
        status: Approved, Rejected, or empty if the action is abandoned.
        summary: What whoever decided said.
        by: ARN of whoever decided.
    """

    def __init__(self) -> None:
        """Ask for a decision."""
        self.token = str(uuid.uuid4())
        self.decided = threading.Event()
        self.status = self.summary = self.by = ""
        self._deciding = threading.Lock()

    def decide(self, status: str, summary: str, by: str) -> bool:
        """Make the decision, and say whether it was still open."""
        with self._deciding:
            if self.decided.is_set():
                return False
            self.status, self.summary, self.by = status, summary, by
            self.decided.set()
            return True


@dataclass(kw_only=True)
class ActionExecution:
    """One run of an action, as others see it."""

    stage: str
    definition: Mapping[str, Any]
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "InProgress"
    started: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    configuration: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, Location] = field(default_factory=dict)
    outputs: dict[str, Location] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    external: tuple[str, str] | None = None
    summary: str = ""
    error: dict[str, str] | None = None
    approval: Approval | None = None
    revision: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """Name of the action."""
        name: str = self.definition["name"]
        return name


class Check(NamedTuple):
    """What a rule of a condition found."""

    rule: str
    passed: bool
    summary: str


@dataclass(kw_only=True)
class StageExecution:
    """One run of a stage, with what the rules of each of its conditions found."""

    name: str
    status: str = "InProgress"
    conditions: list[list[Check]] = field(default_factory=list)
