"""What the operations of CloudFormation tell of StackSets."""

from typing import Any

from ministack.services.cloudformation import helpers

from emulator.cloudformation import stacks as cloudformation
from emulator.cloudformation.stack_set_store import STACK_SETS, Properties, StackSet, Target, stack_sets
from emulator.core import service_linked_roles
from emulator.core.authorization import refusal
from emulator.core.service import (
    ServiceError,
    current_account,
    current_region,
)
from emulator.core.wire import serialize_query
from emulator.services.organizations import enable_service_access, organization_of


def answering(name: str, action: Any) -> cloudformation.Action:
    """Make a function from parameters to what the API answers an action of CloudFormation."""

    def run(parameters: cloudformation.Parameters) -> cloudformation.Answer:
        try:
            return serialize_query("cloudformation", name, action(parameters))
        except ServiceError as error:
            answer: cloudformation.Answer = helpers._error(error.code, error.message, error.status)
            return answer

    return run


def activate_organizations_access(_: cloudformation.Parameters) -> Properties:
    """Let CloudFormation work in the accounts of the organisation."""
    organization = organization_of(current_account())
    if organization is None or current_account() != organization.management:
        raise ServiceError("InvalidOperation", "Only the management account activates organizations access.")
    linked = service_linked_roles.missing("cloudformation:ActivateOrganizationsAccess", current_account())
    if linked is not None:
        reason = refusal(
            cloudformation.caller(),
            service_linked_roles.ACTION,
            linked.arn,
            region=current_region(),
            condition_keys=linked.condition_keys,
        )
        if reason is not None:
            raise ServiceError("AccessDenied", reason, 403)
        service_linked_roles.create(linked)
    enable_service_access(organization, STACK_SETS)
    return {}


def describe_organizations_access(_: cloudformation.Parameters) -> Properties:
    """Tell whether CloudFormation may work in the accounts of the organisation."""
    organization = organization_of(current_account())
    enabled = organization is not None and STACK_SETS in organization.trusted
    return {"Status": "ENABLED" if enabled else "DISABLED"}


def _own() -> list[StackSet]:
    here = (current_account(), current_region())
    return [each for each in stack_sets.values() if (each.account, each.region) == here]


def find(name: str) -> StackSet | None:
    """A stack set of the account by its name or id."""
    return next((each for each in _own() if name in (each.name, each.identifier)), None)


def _named(parameters: cloudformation.Parameters) -> StackSet:
    name = helpers._p(parameters, "StackSetName")
    found = find(name)
    if found is None:
        raise ServiceError("StackSetNotFoundException", f"StackSet {name} not found", 404)
    return found


def describe_stack_set(parameters: cloudformation.Parameters) -> Properties:
    """Describe a StackSet."""
    return {"StackSet": _summary(_named(parameters))}


def list_stack_sets(_: cloudformation.Parameters) -> Properties:
    """List the StackSets of the account."""
    return {"Summaries": [_summary(each) for each in _own()]}


def list_stack_instances(parameters: cloudformation.Parameters) -> Properties:
    """List the stacks of a StackSet."""
    found = _named(parameters)
    return {"Summaries": [_instance(found, target) for target in {**found.stacks, **found.failures}]}


def _instance(stack_set: StackSet, target: Target) -> Properties:
    """Tell of the stack in one account.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceSummary.html
    """
    instance: Properties = {
        "StackSetId": stack_set.identifier,
        "Account": target.account,
        "Region": target.region,
        "Status": "CURRENT",
        "StackInstanceStatus": {"DetailedStatus": "SUCCEEDED"},
    }
    if target in stack_set.stacks:
        stack = cloudformation.StackName(*target, stack_set.stacks[target])
        instance["StackId"] = cloudformation.identifier(stack)
    if target in stack_set.failures:
        instance |= {
            "Status": "OUTDATED",
            "StatusReason": stack_set.failures[target],
            "StackInstanceStatus": {"DetailedStatus": "FAILED"},
        }
    return instance


def _summary(stack_set: StackSet) -> Properties:
    return {
        "StackSetName": stack_set.name,
        "StackSetId": stack_set.identifier,
        "StackSetARN": stack_set.arn,
        "Description": stack_set.properties.get("Description", ""),
        "Status": "ACTIVE",
        "TemplateBody": stack_set.template,
        "PermissionModel": "SERVICE_MANAGED",
        "Capabilities": stack_set.properties.get("Capabilities", []),
        "AutoDeployment": stack_set.properties.get("AutoDeployment"),
        "ManagedExecution": stack_set.properties.get("ManagedExecution"),
    }
