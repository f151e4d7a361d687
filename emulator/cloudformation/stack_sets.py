"""AWS CloudFormation StackSets with service-managed permissions: one stack in each account of some units.

The stacks are real ones, created in each account as its service-linked role does it, which may do
everything there
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html). Accounts
that join a unit later get none: the organisation of the emulator does not change.
"""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from botocore.exceptions import ClientError
from ministack.services import s3
from ministack.services.cloudformation import helpers

from emulator.cloudformation import stacks as cloudformation
from emulator.core import service_linked_roles, template_store
from emulator.core.authorization import refusal
from emulator.core.service import (
    ServiceError,
    current_account,
    current_region,
    register_resource_type,
)
from emulator.core.wire import serialize_query
from emulator.iam import resource_arns
from emulator.iam.credentials import client, root_credentials
from emulator.s3.access import s3_location
from emulator.services.organizations import Organization, enable_service_access, organization_of

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"

Created = tuple[str, dict[str, Any]]
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


_stack_sets: dict[str, StackSet] = {}


def install() -> None:
    """Register the resource type, and add the actions of the API that look at stack sets."""
    resource_arns.register("cloudformation", _asked_for)
    register_resource_type("AWS::CloudFormation::StackSet", create=_create, update=_update, delete=_delete)
    for name, action in {
        "ActivateOrganizationsAccess": _activate_organizations_access,
        "DescribeOrganizationsAccess": _describe_organizations_access,
        "DescribeStackSet": _describe_stack_set,
        "ListStackInstances": _list_stack_instances,
        "ListStackSets": _list_stack_sets,
    }.items():
        cloudformation.add_action(name, _answering(name, action))


def _asked_for(asked: resource_arns.Asked) -> str:
    """The stack set that an operation names, on which it is authorized.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
    """
    name = asked.query.get("StackSetName")
    if name is None:
        return asked.found
    name = str(name[0] if isinstance(name, list) else name)
    found = _find(name)
    if found is not None:
        return found.arn
    return f"arn:aws:cloudformation:{asked.region}:{asked.account}:stackset/{name}:unknown"


def _organization(properties: Properties) -> Organization:
    """The organisation, if the account may manage stack sets in it.

    Raises:
        ServiceError: It may not.
    """
    organization = organization_of(current_account())
    if properties.get("PermissionModel") != "SERVICE_MANAGED":
        raise ServiceError(
            "ValidationException", "The emulator runs stack sets with service-managed permissions only."
        )
    delegated = properties.get("CallAs", "SELF") == "DELEGATED_ADMIN"
    if organization is None or STACK_SETS not in organization.trusted:
        raise ServiceError(
            "ValidationException",
            "You must enable organizations access to operate a service managed stack set",
        )
    if not organization.administers(current_account(), STACK_SETS):
        raise ServiceError(
            "ValidationException",
            f"Account used is not a delegated administrator: {current_account()}"
            if delegated
            else "You must be the management account to operate a service managed stack set",
        )
    if not delegated and current_account() != organization.management:
        raise ServiceError("ValidationException", "A delegated administrator sets CallAs to DELEGATED_ADMIN.")
    return organization


def _targets(organization: Organization, properties: Properties) -> dict[Target, Properties]:
    """Where stacks belong, each with the parameters that are its own; never in the management account."""
    found: dict[Target, Properties] = {}
    for group in properties.get("StackInstancesGroup", ()):
        deployment = group["DeploymentTargets"]
        accounts = [
            account
            for unit in deployment["OrganizationalUnitIds"]
            for account in organization.accounts_below(organization.node(unit).identifier)
            if account != organization.management
        ]
        listed = set(deployment.get("Accounts", ()))
        match deployment.get("AccountFilterType", "NONE"):
            case "INTERSECTION":
                accounts = [account for account in accounts if account in listed]
            case "DIFFERENCE":
                accounts = [account for account in accounts if account not in listed]
        for account in accounts:
            for region in group["Regions"]:
                found[Target(account, region)] = _parameters(group.get("ParameterOverrides", ()))
    return found


def _parameters(given: Iterable[Mapping[str, str]]) -> Properties:
    return {each["ParameterKey"]: each["ParameterValue"] for each in given}


def _template(properties: Properties) -> str:
    if "TemplateBody" in properties:
        return str(properties["TemplateBody"])
    content = s3._get_object_data(*s3_location(properties["TemplateURL"]))
    if content is None:
        raise ServiceError("ValidationException", f"There is no template at {properties['TemplateURL']}.")
    return bytes(content).decode()


def _create(_: str, properties: Properties, __: str) -> Created:
    organization = _organization(properties)
    name = properties["StackSetName"]
    here = (current_account(), current_region(), name)
    if here in {(each.account, each.region, each.name) for each in _stack_sets.values()}:
        raise ServiceError("NameAlreadyExistsException", f"StackSet {name} already exists")
    identifier = f"{name}:{uuid.uuid4()}"
    created = StackSet(
        identifier=identifier,
        name=name,
        account=current_account(),
        region=current_region(),
        template=_template(properties),
        properties=properties,
    )
    try:
        _deploy(created, _targets(organization, properties))
    except Exception:
        _remove(created, list(created.stacks))
        raise
    _stack_sets[identifier] = created
    return identifier, {"StackSetId": identifier}


def _update(physical_id: str, _: Properties, properties: Properties, __: str) -> Created:
    organization = _organization(properties)
    changed = _stack_sets[physical_id]
    changed.template, changed.properties = _template(properties), properties
    targets = _targets(organization, properties)
    _deploy(changed, targets)
    _remove(changed, [target for target in changed.stacks if target not in targets])
    return physical_id, {"StackSetId": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    if physical_id in _stack_sets:
        _organization(properties)
        _remove(_stack_sets[physical_id], list(_stack_sets[physical_id].stacks))
        del _stack_sets[physical_id]


def _deploy(stack_set: StackSet, targets: Mapping[Target, Properties]) -> None:
    """Create or update the stack at each target, all at once.

    Raises:
        ServiceError: More failed in a Region than is tolerated; with account and reason of each.
    """
    created = [target for target in targets if target not in stack_set.stacks]
    stack_set.failures = {}
    for target, overrides in targets.items():
        try:
            _begin(stack_set, target, overrides)
        except ClientError as error:
            stack_set.failures[target] = str(error)
    begun = [target for target in targets if target not in stack_set.failures]
    stack_set.failures |= _outcomes(stack_set, begun)
    _refuse_beyond_tolerance(stack_set, targets)
    # A stack that was never complete is made anew by the next operation.
    _remove(stack_set, [target for target in created if target in stack_set.failures])


def _begin(stack_set: StackSet, target: Target, overrides: Properties) -> None:
    parameters = {**_parameters(stack_set.properties.get("Parameters", ())), **overrides}
    request: dict[str, Any] = {
        "TemplateURL": template_store.publish("stacksets", stack_set.template, target.region),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": stack_set.properties.get("Capabilities", []),
        # Without those that tell of the stack set's own stack.
        "Tags": [tag for tag in stack_set.properties.get("Tags", []) if not tag["Key"].startswith("aws:")],
    }
    target_client = _client(target)
    if target in stack_set.stacks:
        try:
            target_client.update_stack(StackName=stack_set.stacks[target], **request)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
    else:
        service_linked_roles.create(_member_role(target.account))
        name = f"StackSet-{stack_set.name}-{uuid.uuid4()}"
        target_client.create_stack(StackName=name, **request)
        stack_set.stacks[target] = name


def _refuse_beyond_tolerance(stack_set: StackSet, targets: Iterable[Target]) -> None:
    """Compare failures with the tolerance of the operation, which counts by Region and rounds down.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
    """
    preferences = stack_set.properties.get("OperationPreferences", {})
    share = int(preferences.get("FailureTolerancePercentage", 0))
    for region in {target.region for target in targets}:
        accounts = sum(1 for target in targets if target.region == region)
        failures = {target: why for target, why in stack_set.failures.items() if target.region == region}
        if len(failures) > int(preferences.get("FailureToleranceCount", accounts * share // 100)):
            reasons = (f"account {target.account} in {region}: {why}" for target, why in failures.items())
            raise ServiceError(
                "OperationFailed", f"StackSet {stack_set.name} failed in {' and in '.join(reasons)}"
            )


def _member_role(account: str) -> service_linked_roles.ServiceLinkedRole:
    """The role as which StackSets act in an account of a unit, which they create there by themselves."""
    return service_linked_roles.ServiceLinkedRole(
        STACK_SETS, "AWSServiceRoleForCloudFormationStackSetsOrgMember", account
    )


def _remove(stack_set: StackSet, targets: Iterable[Target]) -> None:
    targets = [target for target in targets if target in stack_set.stacks]
    for target in targets:
        _client(target).delete_stack(StackName=stack_set.stacks[target])
    failures = _outcomes(stack_set, targets, deleted=True)
    if failures:
        reasons = (f"account {target.account} in {target.region}: {why}" for target, why in failures.items())
        raise ServiceError(
            "OperationFailed", f"StackSet {stack_set.name} failed in {' and in '.join(reasons)}"
        )
    for target in targets:
        del stack_set.stacks[target]


def _outcomes(stack_set: StackSet, targets: Iterable[Target], *, deleted: bool = False) -> dict[Target, str]:
    """Wait for stacks, and return why some of them failed."""
    failures = {}
    for target in targets:
        stack = cloudformation.StackName(target.account, target.region, stack_set.stacks[target])
        outcome = cloudformation.wait(stack, deleted=deleted)
        if not outcome.ok:
            failures[target] = "; ".join(outcome.reasons) or outcome.status
    return failures


def _client(target: Target) -> Any:
    return client("cloudformation", root_credentials(target.account), target.region)


# Actions of the API.


def _answering(name: str, action: Any) -> cloudformation.Action:
    def run(parameters: cloudformation.Parameters) -> cloudformation.Answer:
        try:
            return serialize_query("cloudformation", name, action(parameters))
        except ServiceError as error:
            answer: cloudformation.Answer = helpers._error(error.code, error.message, error.status)
            return answer

    return run


def _activate_organizations_access(_: cloudformation.Parameters) -> Properties:
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


def _describe_organizations_access(_: cloudformation.Parameters) -> Properties:
    organization = organization_of(current_account())
    enabled = organization is not None and STACK_SETS in organization.trusted
    return {"Status": "ENABLED" if enabled else "DISABLED"}


def _own() -> list[StackSet]:
    here = (current_account(), current_region())
    return [each for each in _stack_sets.values() if (each.account, each.region) == here]


def _find(name: str) -> StackSet | None:
    """A stack set of the account by its name or id."""
    return next((each for each in _own() if name in (each.name, each.identifier)), None)


def _named(parameters: cloudformation.Parameters) -> StackSet:
    name = helpers._p(parameters, "StackSetName")
    found = _find(name)
    if found is None:
        raise ServiceError("StackSetNotFoundException", f"StackSet {name} not found", 404)
    return found


def _describe_stack_set(parameters: cloudformation.Parameters) -> Properties:
    return {"StackSet": _summary(_named(parameters))}


def _list_stack_sets(_: cloudformation.Parameters) -> Properties:
    return {"Summaries": [_summary(each) for each in _own()]}


def _list_stack_instances(parameters: cloudformation.Parameters) -> Properties:
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
