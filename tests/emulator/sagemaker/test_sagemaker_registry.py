"""The model registry: versions, approval, idempotency, and who may do what from which account."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.sagemaker_support import refused
from tests.emulator.support import SETTINGS, Emulator, allow, policy

HUB = SETTINGS.accounts.shared_services

SPECIFICATION = {
    "Containers": [{"Image": "xgboost:1", "ModelDataUrl": "s3://models/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["application/json"],
}


@pytest.fixture
def group(emulator: Emulator) -> str:
    name = f"Group-{uuid.uuid4().hex[:8]}"
    emulator.client("sagemaker").create_model_package_group(
        ModelPackageGroupName=name, Tags=[{"Key": "sagemaker:project-id", "Value": "p-1"}]
    )
    return name


def register(client: Any, group: str, **fields: Any) -> str:
    answer = client.create_model_package(
        **{"ModelPackageGroupName": group, "InferenceSpecification": SPECIFICATION, **fields}
    )
    return str(answer["ModelPackageArn"])


def test_versions_are_numbered_and_never_reused(emulator: Emulator, group: str) -> None:
    sagemaker = emulator.client("sagemaker")
    first, second = register(sagemaker, group), register(sagemaker, group)
    assert first == f"arn:aws:sagemaker:{emulator.region}:{emulator.development}:model-package/{group}/1"
    sagemaker.delete_model_package(ModelPackageName=second)
    assert register(sagemaker, group).endswith("/3")


def test_a_new_version_waits_for_approval(emulator: Emulator, group: str) -> None:
    sagemaker = emulator.client("sagemaker")
    described = sagemaker.describe_model_package(ModelPackageName=register(sagemaker, group))
    assert described["ModelApprovalStatus"] == "PendingManualApproval"
    assert described["ModelPackageStatus"] == "Completed"
    assert described["ModelPackageGroupName"] == group
    assert described["InferenceSpecification"] == SPECIFICATION


def test_a_client_token_makes_registering_safe_to_repeat(emulator: Emulator, group: str) -> None:
    sagemaker = emulator.client("sagemaker")
    fields = {"ClientToken": uuid.uuid4().hex, "CustomerMetadataProperties": {"commit": "a"}}
    first = register(sagemaker, group, **fields)
    assert register(sagemaker, group, **fields) == first
    code, message = refused(
        sagemaker.create_model_package,
        ModelPackageGroupName=group,
        **{**fields, "CustomerMetadataProperties": {"commit": "b"}},
    )
    assert code == "ConflictException"
    assert "other parameters" in message
    assert len(sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]) == 1


def test_an_update_keeps_what_it_is_not_sent(emulator: Emulator, group: str) -> None:
    sagemaker = emulator.client("sagemaker")
    arn = register(
        sagemaker,
        group,
        CustomerMetadataProperties={"commit": "a", "metric": "1"},
        ModelPackageDescription="First",
    )
    sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="Better than before"
    )
    sagemaker.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"reviewer": "b"},
        CustomerMetadataPropertiesToRemove=["metric"],
        ModelLifeCycle={"Stage": "Test", "StageStatus": "Deployed"},
    )
    described = sagemaker.describe_model_package(ModelPackageName=arn)
    assert described["ModelApprovalStatus"] == "Approved"
    assert described["ApprovalDescription"] == "Better than before"
    assert described["CustomerMetadataProperties"] == {"commit": "a", "reviewer": "b"}
    assert described["ModelPackageDescription"] == "First"
    assert described["ModelLifeCycle"] == {"Stage": "Test", "StageStatus": "Deployed"}


def test_listing_filters_sorts_and_pages(emulator: Emulator, group: str) -> None:
    sagemaker = emulator.client("sagemaker")
    arns = [register(sagemaker, group) for _ in range(3)]
    sagemaker.update_model_package(ModelPackageArn=arns[1], ModelApprovalStatus="Approved")

    def listed(**filters: Any) -> list[int]:
        pages = sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=group, PaginationConfig={"PageSize": 2}, **filters
        )
        return [each["ModelPackageVersion"] for page in pages for each in page["ModelPackageSummaryList"]]

    assert listed() == [1, 2, 3]
    assert listed(SortOrder="Descending") == [3, 2, 1]
    assert listed(ModelApprovalStatus="Approved") == [2]


def test_a_group_with_versions_is_not_deleted(emulator: Emulator, group: str) -> None:
    sagemaker = emulator.client("sagemaker")
    arn = register(sagemaker, group)
    assert (
        refused(sagemaker.delete_model_package_group, ModelPackageGroupName=group)[0] == "ConflictException"
    )
    sagemaker.delete_model_package(ModelPackageName=arn)
    sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    assert "does not exist" in refused(sagemaker.describe_model_package_group, ModelPackageGroupName=group)[1]


def test_tags_are_kept(emulator: Emulator, group: str) -> None:
    sagemaker = emulator.client("sagemaker")
    arn = sagemaker.describe_model_package_group(ModelPackageGroupName=group)["ModelPackageGroupArn"]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "churn"}])
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["sagemaker:project-id"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "churn"}]


@pytest.fixture
def announced(emulator: Emulator, group: str) -> Callable[[], dict[str, Any]]:
    """What the owner's bus tells about versions of the group: the detail of the next event."""
    events, sqs = (emulator.client(name) for name in ("events", "sqs"))
    queue = sqs.create_queue(QueueName=group)["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    open_to_events = allow("sqs:SendMessage", queue_arn, Principal={"Service": "events.amazonaws.com"})
    sqs.set_queue_attributes(
        QueueUrl=queue,
        Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [open_to_events]})},
    )
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelPackageGroupName": [group]},
    }
    events.put_rule(Name=group, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=group, Targets=[{"Id": "queue", "Arn": queue_arn}])

    def following() -> dict[str, Any]:
        message = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1, WaitTimeSeconds=5)["Messages"][0]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        detail: dict[str, Any] = json.loads(message["Body"])["detail"]
        return detail

    return following


def test_a_new_version_is_announced(
    emulator: Emulator, group: str, announced: Callable[[], dict[str, Any]]
) -> None:
    arn = register(emulator.client("sagemaker"), group, CustomerMetadataProperties={"commit": "a"})

    detail = announced()

    assert (detail["ModelPackageArn"], detail["ModelApprovalStatus"]) == (arn, "PendingManualApproval")
    assert "UpdatedModelPackageFields" not in detail
    assert "CustomerMetadataProperties" not in detail


STAGE = {"Stage": "QA", "StageStatus": "PendingApproval"}


@pytest.mark.parametrize(
    ("update", "fields"),
    [
        pytest.param({"ModelApprovalStatus": "Approved"}, ["ModelApprovalStatus"], id="approval"),
        pytest.param(
            {"ModelApprovalStatus": "Rejected", "ApprovalDescription": "Worse"},
            ["ApprovalDescription", "ModelApprovalStatus"],
            id="rejection with a reason",
        ),
        pytest.param({"ModelLifeCycle": STAGE}, ["ModelLifeCycle"], id="life cycle"),
        pytest.param(
            {"CustomerMetadataProperties": {"receipt": "s3"}}, ["CustomerMetadataProperties"], id="metadata"
        ),
        pytest.param(
            {"CustomerMetadataPropertiesToRemove": ["commit"]},
            ["CustomerMetadataProperties"],
            id="metadata removed",
        ),
    ],
)
def test_every_update_is_announced_with_its_fields(
    update: Mapping[str, Any],
    fields: list[str],
    emulator: Emulator,
    group: str,
    announced: Callable[[], dict[str, Any]],
) -> None:
    sagemaker = emulator.client("sagemaker")
    arn = register(sagemaker, group, CustomerMetadataProperties={"commit": "a"})
    announced()

    sagemaker.update_model_package(ModelPackageArn=arn, **update)

    detail = announced()
    assert detail["UpdatedModelPackageFields"] == fields
    # The status of the moment, whatever has changed.
    assert detail["ModelApprovalStatus"] == update.get("ModelApprovalStatus", "PendingManualApproval")
    for field in ("ApprovalDescription", "ModelLifeCycle"):
        assert detail.get(field) == update.get(field)


def test_another_account_needs_the_groups_policy_and_its_own(emulator: Emulator, group: str) -> None:
    owner = emulator.client("sagemaker")
    arn = register(owner, group)
    group_arn = owner.describe_model_package_group(ModelPackageGroupName=group)["ModelPackageGroupArn"]
    versions = arn.replace("/1", "/*")
    reader = emulator.client(
        "sagemaker",
        account=emulator.hub,
        role=emulator.role(allow("sagemaker:*", [group_arn, versions]), account=emulator.hub),
    )
    stranger = emulator.client("sagemaker", account=emulator.hub, role=emulator.role(account=emulator.hub))
    code, message = refused(reader.describe_model_package, ModelPackageName=arn)
    assert code == "AccessDeniedException"
    assert "no resource-based policy allows the sagemaker:DescribeModelPackage action" in message

    policy = {
        "Version": "2012-10-17",
        "Statement": [
            allow(
                [
                    "sagemaker:DescribeModelPackage",
                    "sagemaker:ListModelPackages",
                    "sagemaker:CreateModelPackage",
                ],
                versions,
                Principal={"AWS": f"arn:aws:iam::{emulator.hub}:root"},
            )
        ],
    }
    owner.put_model_package_group_policy(ModelPackageGroupName=group, ResourcePolicy=json.dumps(policy))
    assert reader.describe_model_package(ModelPackageName=arn)["ModelPackageVersion"] == 1
    assert len(reader.list_model_packages(ModelPackageGroupName=group_arn)["ModelPackageSummaryList"]) == 1
    assert register(reader, group_arn) == arn.replace("/1", "/2")
    code, message = refused(reader.update_model_package, ModelPackageArn=arn, ModelApprovalStatus="Approved")
    assert "no resource-based policy allows the sagemaker:UpdateModelPackage action" in message
    code, message = refused(stranger.describe_model_package, ModelPackageName=arn)
    assert "no identity-based policy allows the sagemaker:DescribeModelPackage action" in message

    assert (
        json.loads(owner.get_model_package_group_policy(ModelPackageGroupName=group)["ResourcePolicy"])
        == policy
    )
    owner.delete_model_package_group_policy(ModelPackageGroupName=group)
    assert refused(reader.describe_model_package, ModelPackageName=arn)[0] == "AccessDeniedException"


def test_a_condition_on_the_approval_status_decides(emulator: Emulator, group: str) -> None:
    arn = register(emulator.client("sagemaker"), group)
    role = emulator.role(
        allow(
            "sagemaker:UpdateModelPackage",
            arn,
            Condition={"StringEquals": {"sagemaker:ModelApprovalStatus": "Rejected"}},
        )
    )
    reviewer = emulator.client("sagemaker", role=role)
    reviewer.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    code, message = refused(
        reviewer.update_model_package, ModelPackageArn=arn, ModelApprovalStatus="Approved"
    )
    assert code == "AccessDeniedException"
    assert f"sagemaker:UpdateModelPackage on resource: {arn}" in message


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        pytest.param("{}", "Invalid resource policy", id="no statement"),
        pytest.param("x" * 20481, "length less than or equal to 20480", id="too long"),
    ],
)
def test_group_policies_are_checked(emulator: Emulator, group: str, policy: str, message: str) -> None:
    put = emulator.client("sagemaker").put_model_package_group_policy
    assert message in refused(put, ModelPackageGroupName=group, ResourcePolicy=policy)[1]


# Versions with a customer's key.

CARD = {"ModelCardContent": '{"model_overview": {"model_creator": "Ada"}}', "ModelCardStatus": "Draft"}
VIA_SAGEMAKER = {"StringEquals": {"kms:ViaService": f"sagemaker.{SETTINGS.region}.amazonaws.com"}}
VIA_S3 = {"StringEquals": {"kms:ViaService": f"s3.{SETTINGS.region}.amazonaws.com"}}
REGISTER = ["kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt"]


@pytest.fixture
def key(emulator: Emulator) -> str:
    """A key of the team, which lets the hub's roles use it as far as their own policies do."""
    root = {"AWS": [f"arn:aws:iam::{account}:root" for account in (emulator.development, HUB)]}
    document = policy({"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"})
    created = emulator.client("kms").create_key(Policy=document)
    return str(created["KeyMetadata"]["Arn"])


def with_key(emulator: Emulator, group: str, key: str) -> str:
    """A version with a card under a key, in a group that shows itself to the hub."""
    sagemaker = emulator.client("sagemaker")
    arn = register(sagemaker, group, SecurityConfig={"KmsKeyId": key}, ModelCard=CARD)
    shown = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"},
        "Action": "sagemaker:DescribeModelPackage",
        "Resource": arn.rpartition("/")[0] + "/*",
    }
    sagemaker.put_model_package_group_policy(ModelPackageGroupName=group, ResourcePolicy=policy(shown))
    return arn


@pytest.mark.parametrize(
    ("conditions", "described"),
    [
        pytest.param(VIA_SAGEMAKER, True, id="through SageMaker"),
        pytest.param(VIA_S3, False, id="through S3"),
        pytest.param(None, False, id="without the key"),
    ],
)
def test_all_data_of_a_version_asks_for_its_key_across_accounts(
    emulator: Emulator, group: str, key: str, conditions: dict[str, Any] | None, described: bool
) -> None:
    arn = with_key(emulator, group, key)
    statements = [allow("sagemaker:DescribeModelPackage")]
    if conditions:
        statements.append({**allow("kms:Decrypt", key), "Condition": conditions})
    sagemaker = emulator.client("sagemaker", account=HUB, role=emulator.role(*statements, account=HUB))
    if described:
        assert sagemaker.describe_model_package(ModelPackageName=arn)["ModelCard"] == CARD
    else:
        code, message = refused(sagemaker.describe_model_package, ModelPackageName=arn)
        assert code == "AccessDeniedException"
        assert f"kms:Decrypt on resource: {key}" in message
    without = sagemaker.describe_model_package(ModelPackageName=arn, IncludedData="MetadataOnly")
    assert without["InferenceSpecification"] == SPECIFICATION
    assert without["ModelCard"] != CARD


@pytest.mark.parametrize("missing", [None, *REGISTER])
def test_registering_with_a_key_asks_for_what_awss_own_role_has(
    emulator: Emulator, group: str, key: str, missing: str | None
) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-model-registry.html."""
    actions = [action for action in REGISTER if action != missing]
    role = emulator.role(allow("sagemaker:CreateModelPackage"), allow(actions, key))
    sagemaker = emulator.client("sagemaker", role=role)
    if missing is None:
        register(sagemaker, group, SecurityConfig={"KmsKeyId": key})
    else:
        with pytest.raises(ClientError, match=missing):
            register(sagemaker, group, SecurityConfig={"KmsKeyId": key})
