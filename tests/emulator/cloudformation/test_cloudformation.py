import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, Statement, allow, policy, trust

SERVICE = trust(Service="cloudformation.amazonaws.com")
SECONDS = 20.0


@pytest.fixture
def name() -> str:
    return f"stack-{uuid.uuid4().hex[:10]}"


def template(name: str, **changes: Any) -> str:
    """A role, a log group, a key with an alias, and a rule that uses the role."""
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": name,
                "AssumeRolePolicyDocument": json.loads(trust(Service="events.amazonaws.com")),
                "Policies": [
                    {"PolicyName": "p", "PolicyDocument": json.loads(policy(allow("sns:Publish", "*")))}
                ],
            },
        },
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": f"/{name}", "RetentionInDays": 30},
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": name,
                "EventPattern": {"source": ["nobody"]},
                "Tags": [{"Key": "owner", "Value": name}],
                "Targets": [
                    {
                        "Id": "pipeline",
                        "Arn": f"arn:aws:codepipeline:eu-west-1:333333333333:{name}",
                        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                    }
                ],
            },
        },
    }
    for logical_id, properties in changes.items():
        resources[logical_id]["Properties"] |= properties
    return json.dumps({"Resources": resources})


def permissions(name: str) -> dict[str, Statement]:
    """What the template needs, by a word for each."""
    role, rule = f"arn:aws:iam::{Emulator.development}:role/{name}", f"arn:aws:events:*:*:rule/{name}"
    return {
        "role": allow(["iam:CreateRole", "iam:DeleteRole", "iam:GetRole", "iam:TagRole"], role),
        "inline": allow(["iam:PutRolePolicy", "iam:DeleteRolePolicy"], role),
        "pass": allow(
            "iam:PassRole", role, Condition={"StringEquals": {"iam:PassedToService": "events.amazonaws.com"}}
        ),
        "log-group": allow(
            ["logs:CreateLogGroup", "logs:DeleteLogGroup"], f"arn:aws:logs:*:*:log-group:/{name}"
        ),
        "log-groups": allow("logs:DescribeLogGroups"),
        "log-tags": allow("logs:TagResource", f"arn:aws:logs:*:*:log-group:/{name}"),
        "retention": allow("logs:PutRetentionPolicy", f"arn:aws:logs:*:*:log-group:/{name}"),
        "rule": allow(
            ["events:DescribeRule", "events:PutRule", "events:PutTargets", "events:TagResource"], rule
        ),
        "rule-by-tag": allow(
            ["events:DeleteRule", "events:RemoveTargets"],
            "arn:aws:events:*:*:rule/*",
            Condition={"StringEquals": {"aws:ResourceTag/owner": name}},
        ),
    }


def finish(emulator: Emulator, name: str) -> tuple[str, list[str]]:
    """Wait for a stack; its status, and why resources failed, first to last."""
    cloudformation = emulator.client("cloudformation")
    deadline = time.monotonic() + SECONDS
    identifier = name
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=identifier)["Stacks"][0]
        identifier = stack["StackId"]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            events = cloudformation.describe_stack_events(StackName=identifier)["StackEvents"]
            failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
            return stack["StackStatus"], [event["ResourceStatusReason"] for event in reversed(failed)]
        time.sleep(0.02)
    raise AssertionError(f"{name} is still {stack['StackStatus']}")


def create(emulator: Emulator, name: str, statements: Mapping[str, Statement]) -> tuple[str, list[str]]:
    role = emulator.role(*statements.values(), trusting=SERVICE)
    emulator.client("cloudformation").create_stack(
        StackName=name, TemplateBody=template(name), RoleARN=role, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    return finish(emulator, name)


def test_a_role_that_may_do_what_the_template_needs_creates_and_deletes_it(
    emulator: Emulator, name: str
) -> None:
    assert create(emulator, name, permissions(name)) == ("CREATE_COMPLETE", [])
    cloudformation = emulator.client("cloudformation")
    identifier = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=name)  # The stack keeps its role.
    assert finish(emulator, identifier) == ("DELETE_COMPLETE", [])


@pytest.mark.parametrize(
    ("missing", "refused"),
    [
        ("role", "iam:CreateRole"),
        ("inline", "iam:PutRolePolicy"),
        ("pass", "iam:PassRole"),
        ("log-group", "logs:CreateLogGroup"),
        ("retention", "logs:PutRetentionPolicy"),
        ("rule", "events:DescribeRule"),
    ],
)
def test_a_role_with_a_permission_missing_rolls_back_with_the_reason(
    emulator: Emulator, name: str, missing: str, refused: str
) -> None:
    statements = {key: value for key, value in permissions(name).items() if key != missing}
    status, reasons = create(emulator, name, statements)
    assert status.startswith("ROLLBACK_")
    assert f"is not authorized to perform: {refused} on resource: " in reasons[0]
    assert "HandlerErrorCode: AccessDenied" in reasons[0]


@pytest.mark.parametrize("scope", ["role", "rule", "log-group"])
def test_permissions_on_other_resources_do_not_help(emulator: Emulator, name: str, scope: str) -> None:
    statements = permissions(name)
    resource = statements[scope]["Resource"]
    statements[scope] = {**statements[scope], "Resource": resource.replace(name, "another")}
    status, reasons = create(emulator, name, statements)
    assert status.startswith("ROLLBACK_")
    assert "is not authorized to perform" in reasons[0]


def test_a_role_passed_to_another_service_is_refused(emulator: Emulator, name: str) -> None:
    statements = permissions(name)
    elsewhere = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    statements["pass"] = {**statements["pass"], "Condition": elsewhere}
    _, reasons = create(emulator, name, statements)
    assert "iam:PassRole" in reasons[0]


def test_a_stack_that_may_not_be_deleted_says_why(emulator: Emulator, name: str) -> None:
    statements = permissions(name)
    del statements["rule-by-tag"]
    assert create(emulator, name, statements)[0] == "CREATE_COMPLETE"
    emulator.client("cloudformation").delete_stack(StackName=name)
    status, reasons = finish(emulator, name)
    assert status == "DELETE_FAILED"
    assert "events:" in reasons[0]


def test_an_update_asks_for_what_it_changes(emulator: Emulator, name: str) -> None:
    assert create(emulator, name, permissions(name))[0] == "CREATE_COMPLETE"
    cloudformation = emulator.client("cloudformation")
    for changes, expected in (
        ({"Logs": {"RetentionInDays": 60}}, "UPDATE_COMPLETE"),
        ({"Role": {"Description": "another"}}, "UPDATE_ROLLBACK_COMPLETE"),
    ):
        cloudformation.update_stack(
            StackName=name, TemplateBody=template(name, **changes), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        status, reasons = finish(emulator, name)
        assert status == expected
    assert "iam:UpdateRoleDescription" in reasons[-1]


def test_without_a_role_the_callers_permissions_decide(emulator: Emulator, name: str) -> None:
    caller = emulator.role(allow("cloudformation:*"), allow("logs:CreateLogGroup"))
    emulator.client("cloudformation", role=caller).create_stack(
        StackName=name, TemplateBody=template(name), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    status, reasons = finish(emulator, name)
    assert status == "ROLLBACK_COMPLETE"
    assert f"assumed-role/{caller.rpartition('/')[2]}/" in reasons[0]


def test_a_caller_passes_a_role_only_if_allowed(emulator: Emulator, name: str) -> None:
    role = emulator.role(trusting=SERVICE)
    caller = emulator.role(allow("cloudformation:*"))
    with pytest.raises(ClientError, match="not authorized to perform: iam:PassRole"):
        emulator.client("cloudformation", role=caller).create_stack(
            StackName=name, TemplateBody=template(name), RoleARN=role, Capabilities=["CAPABILITY_NAMED_IAM"]
        )


def test_a_role_that_does_not_trust_cloudformation_is_refused(emulator: Emulator, name: str) -> None:
    role = emulator.role(*permissions(name).values())
    with pytest.raises(ClientError, match="is invalid or cannot be assumed"):
        emulator.client("cloudformation").create_stack(
            StackName=name, TemplateBody=template(name), RoleARN=role, Capabilities=["CAPABILITY_NAMED_IAM"]
        )


def test_a_template_in_s3_must_be_readable_for_the_caller(emulator: Emulator, name: str) -> None:
    s3 = emulator.client("s3", account=emulator.hub)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    s3.put_object(
        Bucket=name, Key="t.json", Body=json.dumps({"Resources": {"W": {"Type": "AWS::SNS::Topic"}}})
    )
    caller = emulator.role(allow("cloudformation:*"), allow("sns:*"), allow("s3:GetObject"))
    cloudformation = emulator.client("cloudformation", role=caller)
    url = f"https://{name}.s3.{emulator.region}.amazonaws.com/t.json"
    with pytest.raises(ClientError, match="S3 error: Access Denied"):
        cloudformation.create_stack(StackName=name, TemplateURL=url)
    opened = {**allow("s3:GetObject", f"arn:aws:s3:::{name}/*"), "Principal": {"AWS": emulator.development}}
    s3.put_bucket_policy(Bucket=name, Policy=policy(opened))
    cloudformation.create_stack(StackName=name, TemplateURL=url)
    assert finish(emulator, name) == ("CREATE_COMPLETE", [])


def test_types_of_the_overlay_are_created_and_deleted(emulator: Emulator, name: str) -> None:
    group = {"Ref": "Group"}
    rule = {"GroupId": group, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/24"}},
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": name, "VpcId": {"Ref": "Vpc"}},
        },
        "In": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {**rule, "SourceSecurityGroupId": group},
        },
        "Out": {
            "Type": "AWS::EC2::SecurityGroupEgress",
            "Properties": {**rule, "DestinationSecurityGroupId": group},
        },
        "Flow": {
            "Type": "AWS::EC2::FlowLog",
            "Properties": {
                "ResourceId": {"Ref": "Vpc"},
                "ResourceType": "VPC",
                "TrafficType": "ALL",
                "LogDestinationType": "cloud-watch-logs",
                "LogGroupName": name,
            },
        },
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": name}},
        "BusPolicy": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "StatementId": "organisation",
                "Statement": {**allow("events:PutEvents", {"Fn::GetAtt": ["Bus", "Arn"]}), "Principal": "*"},  # type: ignore[arg-type]
            },
        },
    }
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    assert finish(emulator, name) == ("CREATE_COMPLETE", [])
    bus = emulator.client("events").describe_event_bus(Name=name)
    assert json.loads(bus["Policy"])["Statement"][0]["Sid"] == "organisation"
    ec2 = emulator.client("ec2")
    listed = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}
    described = ec2.describe_security_groups(GroupIds=[ids["Group"]])["SecurityGroups"][0]
    assert [permission["FromPort"] for permission in described["IpPermissions"]] == [443]
    assert ec2.describe_flow_logs(FlowLogIds=[ids["Flow"]])["FlowLogs"]
    identifier = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=name)
    assert finish(emulator, identifier) == ("DELETE_COMPLETE", [])


def test_conditions_know_account_and_region(emulator: Emulator, name: str) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    content = {
        "Conditions": {
            "Here": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, emulator.development]},
            "NotHere": {"Fn::Not": [{"Condition": "Here"}]},
            "Region": {"Fn::Equals": [{"Ref": "AWS::Region"}, emulator.region]},
            "There": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, emulator.hub]},
        },
        "Resources": {word: {**topic, "Condition": word} for word in ("Here", "NotHere", "Region", "There")},
    }
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(content))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05})
    made = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    assert sorted(each["LogicalResourceId"] for each in made) == ["Here", "Region"]
