"""AWS CloudFormation StackSets with service-managed permissions: one stack in each account of some units.

The stacks are real ones, created in each account as its service-linked role does it, which may do
everything there
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html). Accounts
that join a unit later get none: the organisation of the emulator does not change.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError
from ministack.services import s3

from emulator.cloudformation import stacks as cloudformation
from emulator.cloudformation.stack_set_operations import (
    activate_organizations_access,
    answering,
    describe_organizations_access,
    describe_stack_set,
    find,
    list_stack_instances,
    list_stack_sets,
)
from emulator.cloudformation.stack_set_store import STACK_SETS, Properties, StackSet, Target, stack_sets
from emulator.core import service_linked_roles, template_store
from emulator.core.service import (
    ServiceError,
    current_account,
    current_region,
    register_resource_type,
)
from emulator.iam import resource_arns
from emulator.iam.credentials import client, root_credentials
from emulator.s3.access import s3_location
from emulator.services.organizations import Organization, organization_of

Created = tuple[str, dict[str, Any]]


def install() -> None:
    """Register the resource type, and add the actions of the API that look at stack sets."""
    resource_arns.register("cloudformation", _asked_for)
    register_resource_type("AWS::CloudFormation::StackSet", create=_create, update=_update, delete=_delete)
    for name, action in {
        "ActivateOrganizationsAccess": activate_organizations_access,
        "DescribeOrganizationsAccess": describe_organizations_access,
        "DescribeStackSet": describe_stack_set,
        "ListStackInstances": list_stack_instances,
        "ListStackSets": list_stack_sets,
    }.items():
        cloudformation.add_action(name, answering(name, action))


def _asked_for(asked: resource_arns.Asked) -> str:
    """The stack set that an operation names, on which it is authorized.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
    """
    name = asked.query.get("StackSetName")
    if name is None:
        return asked.found
    name = str(name[0] if isinstance(name, list) else name)
    found = find(name)
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
    if here in {(each.account, each.region, each.name) for each in stack_sets.values()}:
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
    stack_sets[identifier] = created
    return identifier, {"StackSetId": identifier}


def _update(physical_id: str, _: Properties, properties: Properties, __: str) -> Created:
    organization = _organization(properties)
    changed = stack_sets[physical_id]
    changed.template, changed.properties = _template(properties), properties
    targets = _targets(organization, properties)
    _deploy(changed, targets)
    _remove(changed, [target for target in changed.stacks if target not in targets])
    return physical_id, {"StackSetId": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    if physical_id in stack_sets:
        _organization(properties)
        _remove(stack_sets[physical_id], list(stack_sets[physical_id].stacks))
        del stack_sets[physical_id]


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
