"""The StackSets of all accounts."""

import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"


Properties = dict[str, Any]


class Target(NamedTuple):
    """Where one stack of a stack set is."""

    account: str
    region: str


@dataclass(kw_only=True)
class StackSet:
    """A stack set.

    Attributes:
        properties: As in its resource.
        stacks: Names of its stacks.
        failures: Where its last operation failed, and why.
    """

    identifier: str
    name: str
    account: str
    region: str
    template: str
    properties: Properties
    stacks: dict[Target, str] = field(default_factory=dict)
    failures: dict[Target, str] = field(default_factory=dict)
    created: float = field(default_factory=time.time)

    @property
    def arn(self) -> str:
        """ARN of the stack set."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:stackset/{self.identifier}"


stack_sets: dict[str, StackSet] = {}
