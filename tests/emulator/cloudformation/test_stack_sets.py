import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import SETTINGS, Emulator, allow
from tests.hangs import HANGS

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
UNITS = SETTINGS.organization.organizational_units


@pytest.fixture(scope="module", autouse=True)
def delegated(emulator: Emulator) -> None:
    emulator.client("cloudformation", account=emulator.management).activate_organizations_access()
    organizations = emulator.client("organizations", account=emulator.management)
    try:
        organizations.register_delegated_administrator(AccountId=emulator.hub, ServicePrincipal=STACK_SETS)
    except organizations.exceptions.AccountAlreadyRegisteredException:
        return


def template(name: str, units: list[str], topic: str, **more: Any) -> str:
    """A stack with a stack set, which brings a topic to each account of some units."""
    brought = {
        "Parameters": {"Suffix": {"Type": "String"}},
        "Resources": {
            "Topic": {
                "Type": "AWS::SNS::Topic",
                "Properties": {"TopicName": {"Fn::Sub": f"{topic}-${{Suffix}}-${{AWS::AccountId}}"}},
            }
        },
    }
    properties = {
        "StackSetName": name,
        "PermissionModel": "SERVICE_MANAGED",
        "CallAs": "DELEGATED_ADMIN",
        "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
        "TemplateBody": json.dumps(brought),
        "Parameters": [{"ParameterKey": "Suffix", "ParameterValue": "x"}],
        "StackInstancesGroup": [
            {"DeploymentTargets": {"OrganizationalUnitIds": units}, "Regions": [SETTINGS.region]}
        ],
        **more,
    }
    resources = {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}
    return json.dumps({"Resources": resources})


def topics(emulator: Emulator, account: str, name: str) -> set[str]:
    listed = emulator.client("sns", account=account).list_topics()["Topics"]
    return {each["TopicArn"].rpartition(":")[2] for each in listed if name in each["TopicArn"]}


def settled(cloudformation: Any, name: str) -> Mapping[str, Any]:
    deadline = time.monotonic() + HANGS
    while time.monotonic() < deadline:
        stack: Mapping[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        time.sleep(0.02)
    raise AssertionError(f"{name} does not settle")


def reason(cloudformation: Any, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
    return str(failed[-1]["ResourceStatusReason"])


def test_a_stack_set_brings_its_stack_to_each_account_of_its_units(emulator: Emulator) -> None:
    name = f"set-{uuid.uuid4().hex[:8]}"
    cloudformation = emulator.client("cloudformation", account=emulator.hub)
    cloudformation.create_stack(
        StackName=name, TemplateBody=template(name, [UNITS.test, UNITS.production], name)
    )
    stack = settled(cloudformation, name)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert topics(emulator, emulator.test, name) == {f"{name}-x-{emulator.test}"}
    assert topics(emulator, emulator.production, name) == {f"{name}-x-{emulator.production}"}
    assert topics(emulator, emulator.development, name) == set()
    instances = cloudformation.list_stack_instances(StackSetName=name, CallAs="DELEGATED_ADMIN")["Summaries"]
    assert {each["Account"] for each in instances} == {emulator.test, emulator.production}
    described = cloudformation.describe_stack_set(StackSetName=name, CallAs="DELEGATED_ADMIN")["StackSet"]
    assert described["PermissionModel"] == "SERVICE_MANAGED"

    changed = template(
        name,
        [UNITS.test, UNITS.development],
        name,
        Parameters=[{"ParameterKey": "Suffix", "ParameterValue": "y"}],
    )
    cloudformation.update_stack(StackName=name, TemplateBody=changed)
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
    assert topics(emulator, emulator.test, name) == {f"{name}-y-{emulator.test}"}
    assert topics(emulator, emulator.development, name) == {f"{name}-y-{emulator.development}"}
    assert topics(emulator, emulator.production, name) == set()

    cloudformation.delete_stack(StackName=name)
    assert settled(cloudformation, stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert topics(emulator, emulator.test, name) == set()


def test_a_stack_that_fails_in_an_account_fails_the_stack_set_with_its_reason(emulator: Emulator) -> None:
    name = f"set-{uuid.uuid4().hex[:8]}"
    cloudformation = emulator.client("cloudformation", account=emulator.hub)
    broken = template(name, [UNITS.test], name, Parameters=[])
    cloudformation.create_stack(StackName=name, TemplateBody=broken)
    assert settled(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Suffix" in reason(cloudformation, name)


@pytest.mark.parametrize(
    ("preferences", "status"),
    [
        ({"FailureTolerancePercentage": 100}, "CREATE_COMPLETE"),
        ({"FailureTolerancePercentage": 50}, "CREATE_COMPLETE"),
        ({"FailureToleranceCount": 1}, "CREATE_COMPLETE"),
        ({"FailureTolerancePercentage": 49}, "ROLLBACK_COMPLETE"),
        ({"FailureTolerancePercentage": 0}, "ROLLBACK_COMPLETE"),
        ({}, "ROLLBACK_COMPLETE"),
    ],
)
def test_one_account_fails_the_stack_set_beyond_its_tolerance(
    emulator: Emulator, preferences: Mapping[str, int], status: str
) -> None:
    """Of two accounts, one lacks a parameter; the next operation makes its stack."""
    name = f"set-{uuid.uuid4().hex[:8]}"
    suffix = [{"ParameterKey": "Suffix", "ParameterValue": "x"}]
    groups = [
        {
            "DeploymentTargets": {"OrganizationalUnitIds": [unit]},
            "Regions": [SETTINGS.region],
            "ParameterOverrides": overrides,
        }
        for unit, overrides in ((UNITS.production, suffix), (UNITS.test, []))
    ]
    more = {"StackInstancesGroup": groups, "OperationPreferences": preferences}
    cloudformation = emulator.client("cloudformation", account=emulator.hub)
    cloudformation.create_stack(StackName=name, TemplateBody=template(name, [], name, Parameters=[], **more))
    assert settled(cloudformation, name)["StackStatus"] == status
    assert topics(emulator, emulator.test, name) == set()
    if status == "ROLLBACK_COMPLETE":
        assert topics(emulator, emulator.production, name) == set()
        return
    assert topics(emulator, emulator.production, name) == {f"{name}-x-{emulator.production}"}
    assert _statuses(cloudformation, name) == {emulator.production: "SUCCEEDED", emulator.test: "FAILED"}
    cloudformation.update_stack(
        StackName=name, TemplateBody=template(name, [], name, Parameters=suffix, **more)
    )
    assert settled(cloudformation, name)["StackStatus"] == "UPDATE_COMPLETE"
    assert _statuses(cloudformation, name) == {emulator.production: "SUCCEEDED", emulator.test: "SUCCEEDED"}
    assert topics(emulator, emulator.test, name) == {f"{name}-x-{emulator.test}"}


def _statuses(cloudformation: Any, name: str) -> dict[str, str]:
    listed = cloudformation.list_stack_instances(StackSetName=name, CallAs="DELEGATED_ADMIN")["Summaries"]
    return {each["Account"]: each["StackInstanceStatus"]["DetailedStatus"] for each in listed}


@pytest.mark.parametrize(
    ("account", "call_as", "sentence"),
    [
        ("development", "DELEGATED_ADMIN", "is not a delegated administrator"),
        ("development", "SELF", "You must be the management account"),
        ("hub", "SELF", "sets CallAs to DELEGATED_ADMIN"),
    ],
)
def test_only_administrators_of_the_organisation_manage_stack_sets(
    emulator: Emulator, account: str, call_as: str, sentence: str
) -> None:
    name = f"set-{uuid.uuid4().hex[:8]}"
    cloudformation = emulator.client("cloudformation", account=getattr(emulator, account))
    cloudformation.create_stack(
        StackName=name, TemplateBody=template(name, [UNITS.test], name, CallAs=call_as)
    )
    assert settled(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert sentence in reason(cloudformation, name)


def test_a_role_without_the_permission_is_denied(emulator: Emulator) -> None:
    role = emulator.role(allow("cloudformation:ListStacks"), account=emulator.hub)
    cloudformation = emulator.client("cloudformation", role=role)
    with pytest.raises(ClientError, match="AccessDenied"):
        cloudformation.list_stack_sets(CallAs="DELEGATED_ADMIN")


@pytest.mark.parametrize("operation", ["describe_stack_set", "list_stack_instances"])
def test_operations_are_authorized_on_the_stack_set_that_they_name(
    emulator: Emulator, operation: str
) -> None:
    names = [f"set-{uuid.uuid4().hex[:8]}" for _ in range(2)]
    administrator = emulator.client("cloudformation", account=emulator.hub)
    for name in names:
        administrator.create_stack(StackName=name, TemplateBody=template(name, [UNITS.test], name))
        assert settled(administrator, name)["StackStatus"] == "CREATE_COMPLETE"
    own = f"arn:aws:cloudformation:{emulator.region}:{emulator.hub}:stackset/{names[0]}:*"
    role = emulator.role(
        allow(["cloudformation:DescribeStackSet", "cloudformation:ListStackInstances"], own),
        account=emulator.hub,
    )
    look = getattr(emulator.client("cloudformation", role=role), operation)
    assert look(StackSetName=names[0], CallAs="DELEGATED_ADMIN")
    for other in (names[1], f"{names[0]}-missing"):
        with pytest.raises(ClientError, match="AccessDenied"):
            look(StackSetName=other, CallAs="DELEGATED_ADMIN")
