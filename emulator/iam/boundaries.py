"""Permissions boundaries of roles: of those in templates, and as a condition key; ministack leaves both out.

The condition key `iam:PermissionsBoundary` is the boundary that a request sets, or else that of the role as
it is (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html).
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.services import iam
from ministack.services.cloudformation import provisioners

KEY = "iam:permissionsboundary"
_ROLE = "AWS::IAM::Role"
_PROPERTY = "PermissionsBoundary"

_request_context = iam_actions.request_tag_context
_handlers: dict[str, Callable[..., tuple[str, dict[str, Any]]]] = dict(provisioners._RESOURCE_HANDLERS[_ROLE])


def install() -> None:
    """Bound roles that templates bound, and add the boundary to what policies may ask of a request."""
    iam_actions.request_tag_context = _with_boundary
    provisioners._RESOURCE_HANDLERS[_ROLE] |= {"create": _create, "update": _update}


def of_role(role_arn: str) -> str | None:
    """Return the boundary of a role, if there is such a role and it has one.

    Args:
        role_arn: ARN of the role, or of anything else.
    """
    if ":role/" not in role_arn:
        return None
    role = iam._roles.get_scoped(role_arn.split(":")[4], None, role_arn.rpartition("/")[2]) or {}
    found: str | None = role.get(_PROPERTY)
    return found


def _with_boundary(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = _request_context(service, action, body, parameters)
    given = parameters.get(_PROPERTY) if service == "iam" else None
    return context | ({KEY: given[0] if isinstance(given, list) else given} if given else {})


def _create(logical_id: str, properties: Mapping[str, Any], *more: Any) -> tuple[str, dict[str, Any]]:
    _check(properties)
    created = _handlers["create"](logical_id, properties, *more)
    _bound(created[0], properties)
    return created


def _update(
    physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any], *more: Any, **named: Any
) -> tuple[str, dict[str, Any]]:
    _check(new)
    updated = _handlers["update"](physical_id, old, new, *more, **named)
    _bound(updated[0], new)
    return updated


def _check(properties: Mapping[str, Any]) -> None:
    boundary = properties.get(_PROPERTY)
    if boundary and iam._boundary_policy_error(boundary):
        raise ValueError(f"Scope ARN: {boundary} does not exist or is not attachable.")


def _bound(name: str, properties: Mapping[str, Any]) -> None:
    iam._roles[name][_PROPERTY] = properties.get(_PROPERTY)
