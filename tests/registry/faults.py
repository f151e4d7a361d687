"""What happens to a function in the middle of a run, and rows of tests that try it at each of its calls."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from registry.functions.model_registry.errors import RegistryError
from tests.registry.cloud import Call, Cloud, Killed, Parameters, failure

Fault = Callable[[str, Call], Parameters]

ENDS = (Killed, ClientError, ReadTimeoutError, RegistryError)
"""How a run with a fault may end."""


def killed_before(_operation: str, _call: Call) -> Parameters:
    """The process dies before the request is sent."""
    raise Killed


def killed_after(_operation: str, call: Call) -> Parameters:
    """The process dies before the answer arrives."""
    with suppress(ClientError):
        call()
    raise Killed


def throttled(operation: str, _call: Call) -> Parameters:
    """AWS is asked too often."""
    raise failure(operation, "ThrottlingException", "Rate exceeded")


def denied(operation: str, _call: Call) -> Parameters:
    """AWS denies the request."""
    raise failure(operation, "AccessDeniedException", "not authorized", 403)


def answer_lost(_operation: str, call: Call) -> Parameters:
    """AWS does what it is asked, and the answer is lost."""
    with suppress(ClientError):
        call()
    raise ReadTimeoutError(endpoint_url="in-memory://")


FAULTS: dict[str, Fault] = {
    "killed before": killed_before,
    "killed after": killed_after,
    "throttled": throttled,
    "denied": denied,
    "answer lost": answer_lost,
}


def rows(calls: Sequence[str]) -> list[Any]:
    """Every call of a run with every fault: the number of the call, and the fault.

    Args:
        calls: The operations of a run, in their order.
    """
    return [
        pytest.param(number, fault, id=f"{number + 1} {operation} {name}")
        for number, operation in enumerate(calls)
        for name, fault in FAULTS.items()
    ]


def cut(cloud: Cloud, number: int, fault: Fault, run: Callable[[], object]) -> None:
    """End a run at one of its calls.

    Args:
        cloud: The cloud in use; afterwards nothing interferes any more.
        number: The number of the call, from 0, among those that are still to come.
        fault: What happens there.
        run: The run.
    """
    at = len(cloud.calls) + number
    cloud.interfere = lambda n, operation, call: fault(operation, call) if n == at else call()
    with pytest.raises(ENDS):
        run()
    cloud.interfere = lambda _n, _operation, call: call()
