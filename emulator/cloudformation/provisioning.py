"""Each step of a stack, asked of whoever acts before ministack takes it."""

import contextvars
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from emulator.cloudformation import gate
from emulator.core import service_linked_roles
from emulator.core.authorization import Principal
from emulator.core.service import current_account, current_region, registered_types

acting_principal: contextvars.ContextVar[Principal | None] = contextvars.ContextVar(
    "cloudformation_acting", default=None
)


_provision = stacks._provision_resource
_update = stacks._update_resource
_delete = stacks._delete_resource
_runs_on_worker_thread = stacks._runs_on_worker_thread


def waits(resource_type: str) -> bool:
    """Whether the resources of a type are made in a thread that may wait."""
    return resource_type in registered_types or bool(_runs_on_worker_thread(resource_type))


def _step(stack_name: str, **details: Any) -> gate.Step:
    record = cloudformation._stacks.get(stack_name) or {}
    return gate.Step(
        stack_name=stack_name,
        stack_tags={tag["Key"]: tag["Value"] for tag in record.get("Tags", ())},
        account=current_account(),
        region=current_region(),
        **details,
    )


def gated_provision(
    resource_type: str, logical_id: str, properties: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, Any]]:
    """Create a resource, if whoever acts may; with ministack's parameters."""
    step = _step(
        stack_name, verb="create", type_name=resource_type, logical_id=logical_id, properties=properties
    )
    _check(step)
    linked = gate.linked_roles(step)
    created: tuple[str, dict[str, Any]] = _provision(resource_type, logical_id, properties, stack_name)
    for role in linked:
        service_linked_roles.create(role)
    return created


def gated_update(  # noqa: PLR0917  ministack's signature
    resource_type: str,
    physical_id: str,
    old_properties: dict[str, Any],
    new_properties: dict[str, Any],
    stack_name: str,
    logical_id: str | None = None,
    old_attributes: dict[str, Any] | None = None,
) -> tuple[str, dict[str, Any]]:
    """Change a resource, if whoever acts may."""
    if old_properties != new_properties:
        replaced = bool(stacks._replacing_change(resource_type, old_properties, new_properties))
        _check(
            _step(
                stack_name,
                verb="create" if replaced else "update",
                type_name=resource_type,
                logical_id=logical_id or physical_id,
                properties=new_properties,
                previous=None if replaced else old_properties,
                physical_id=None if replaced else physical_id,
            )
        )
    updated: tuple[str, dict[str, Any]] = _update(
        resource_type, physical_id, old_properties, new_properties, stack_name, logical_id, old_attributes
    )
    return updated


def gated_delete(
    resource_type: str,
    physical_id: str,
    properties: dict[str, Any],
    stack_name: str | None = None,
    logical_id: str | None = None,
) -> None:
    """Delete a resource, if whoever acts may."""
    _check(
        _step(
            stack_name or "",
            verb="delete",
            type_name=resource_type,
            logical_id=logical_id or physical_id,
            properties=properties,
            physical_id=physical_id,
        )
    )
    _delete(resource_type, physical_id, properties, stack_name, logical_id)


def _check(step: gate.Step) -> None:
    principal = acting_principal.get()
    if principal is not None:
        gate.check(principal, step)
