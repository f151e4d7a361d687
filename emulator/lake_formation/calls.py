"""How operations are defined once for the API and for CloudFormation, which acts for whoever runs the stack.

Who may do it by IAM the API's gate asks, and CloudFormation's; what is defined here asks Lake Formation.
"""

from collections.abc import Callable, Mapping
from typing import Any

from emulator.core.authorization import refusal
from emulator.core.service import Request, ServiceError
from emulator.lake_formation.callers import Caller, caller_of
from emulator.lake_formation.service import lake_formation

Operation = Callable[[Caller, Mapping[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {}


def operation(name: str) -> Callable[[Operation], Operation]:
    """Decorate a function as an operation.

    Args:
        name: Its name.
    """

    def define(answer: Operation) -> Operation:
        OPERATIONS[name] = answer

        @lake_formation.operation(name)
        def of_request(request: Request) -> dict[str, Any]:
            return answer(caller_of(request), request.parameters)

        return answer

    return define


def authorize(
    caller: Caller, action: str, resource: str = "*", keys: Mapping[str, Any] | None = None
) -> None:
    """Check what Lake Formation does in the caller's name.

    Raises:
        ServiceError: The caller may not do it.
    """
    reason = refusal(caller.principal, action, resource, region=caller.home.region, condition_keys=keys)
    if reason is not None:
        raise ServiceError("AccessDeniedException", reason)


def page(given: Mapping[str, Any], items: list[Any], size: int = 100) -> tuple[list[Any], dict[str, str]]:
    """Cut a listing by `MaxResults` and `NextToken`."""
    start, size = int(given.get("NextToken") or 0), int(given.get("MaxResults", size))
    rest = {"NextToken": str(start + size)} if start + size < len(items) else {}
    return items[start : start + size], rest
