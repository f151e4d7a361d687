"""Managed permissions: AWS's own for model cards, and those that customers write."""

import json
from typing import Any

import pytest

from tests.emulator.card_support import (
    CARDS,
    EXPORT,
    READ,
    enable_sharing,
    make_card,
    make_share,
    managed,
)
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import Emulator, allow

TYPE = "sagemaker:ModelCard"
READER = json.dumps({"Effect": "Allow", "Action": READ})


@pytest.fixture
def ram(emulator: Emulator) -> Any:
    return emulator.client("ram", account=emulator.hub)


def create(ram: Any, template: str = READER, **fields: Any) -> str:
    answer = ram.create_permission(
        **{"name": unique("reader"), "resourceType": TYPE, "policyTemplate": template, **fields}
    )
    return str(answer["permission"]["arn"])


@pytest.mark.parametrize(
    ("name", "default", "actions"),
    [
        pytest.param(CARDS, True, [*READ, "sagemaker:UpdateModelCard"], id="default"),
        pytest.param(
            EXPORT,
            False,
            [
                *READ,
                "sagemaker:UpdateModelCard",
                "sagemaker:CreateModelCardExportJob",
                "sagemaker:DescribeModelCardExportJob",
            ],
            id="with-export",
        ),
    ],
)
def test_aws_has_permissions_for_cards(ram: Any, name: str, default: bool, actions: list[str]) -> None:
    found = ram.get_permission(permissionArn=managed(name))["permission"]
    assert json.loads(found["permission"]) == {"Effect": "Allow", "Action": actions}
    assert (found["permissionType"], found["resourceType"]) == ("AWS_MANAGED", TYPE)
    assert (found["isResourceTypeDefault"], found["defaultVersion"]) == (default, True)


def test_a_customer_writes_a_permission(emulator: Emulator, ram: Any) -> None:
    name = unique("reader")
    arn = create(ram, name=name, tags=[{"key": "team", "value": "ml"}])
    assert arn == f"arn:aws:ram:{emulator.region}:{emulator.hub}:permission/{name}"
    found = ram.get_permission(permissionArn=arn)["permission"]
    assert (found["permission"], found["version"], found["permissionType"]) == (
        READER,
        "1",
        "CUSTOMER_MANAGED",
    )
    assert found["tags"] == [{"key": "team", "value": "ml"}]
    assert refused(create, ram=ram, name=name)[0] == "PermissionAlreadyExistsException"
    others = emulator.client("ram", account=emulator.development)
    assert refused(others.get_permission, permissionArn=arn)[0] == "UnknownResourceException"


@pytest.mark.parametrize(
    ("kind", "own", "aws"),
    [("ALL", True, True), ("CUSTOMER_MANAGED", True, False), ("AWS_MANAGED", False, True)],
    ids=["all", "customers", "aws"],
)
def test_permissions_are_listed_by_who_wrote_them(ram: Any, kind: str, own: bool, aws: bool) -> None:
    arn = create(ram)
    found = ram.list_permissions(resourceType=TYPE, permissionType=kind)["permissions"]
    listed = {each["arn"] for each in found}
    assert (arn in listed, managed(CARDS) in listed) == (own, aws)


def test_a_share_keeps_the_version_that_it_got(emulator: Emulator, ram: Any) -> None:
    enable_sharing(emulator)
    permission, card = create(ram), make_card(emulator)
    share = make_share(emulator, card, principals=[emulator.development], permission=permission)
    less = json.dumps({"Effect": "Allow", "Action": "sagemaker:ListModelCardVersions"})
    answer = ram.create_permission_version(permissionArn=permission, policyTemplate=less)["permission"]
    assert (answer["version"], answer["defaultVersion"], answer["permission"]) == ("2", True, less)
    reader = emulator.client("sagemaker", role=emulator.role(allow(READ, card)))
    reader.describe_model_card(ModelCardName=card)
    ram.associate_resource_share_permission(resourceShareArn=share, permissionArn=permission, replace=True)
    assert refused(reader.describe_model_card, ModelCardName=card)[0] == "AccessDeniedException"
    assert reader.list_model_card_versions(ModelCardName=card)["ModelCardVersionSummaryList"]
    first = ram.get_permission(permissionArn=permission, permissionVersion=1)["permission"]
    assert (first["permission"], first["defaultVersion"]) == (READER, False)
    code, _ = refused(ram.get_permission, permissionArn=permission, permissionVersion=3)
    assert code == "UnknownResourceException"


def test_a_condition_of_a_permission_holds(emulator: Emulator, ram: Any) -> None:
    enable_sharing(emulator)
    only = "reads-cards-*"
    permission = create(
        ram,
        json.dumps(
            {
                "Effect": "Allow",
                "Action": READ,
                "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{only}"}},
            }
        ),
    )
    card = make_card(emulator)
    make_share(emulator, card, principals=[emulator.development], permission=permission)
    named = emulator.client("sagemaker", role=emulator.role(allow(READ, card), name=unique("reads-cards")))
    other = emulator.client("sagemaker", role=emulator.role(allow(READ, card)))
    assert named.describe_model_card(ModelCardName=card)["ModelCardArn"] == card
    assert refused(other.describe_model_card, ModelCardName=card)[0] == "AccessDeniedException"


def test_versions_are_limited(ram: Any) -> None:
    permission = create(ram)
    for _ in range(4):
        ram.create_permission_version(permissionArn=permission, policyTemplate=READER)
    code, _ = refused(ram.create_permission_version, permissionArn=permission, policyTemplate=READER)
    assert code == "PermissionVersionsLimitExceededException"


def test_a_permission_in_use_is_not_deleted(emulator: Emulator, ram: Any) -> None:
    permission, card = create(ram), make_card(emulator)
    share = make_share(emulator, card, principals=[], permission=permission)
    code, _ = refused(ram.delete_permission, permissionArn=permission)
    assert code == "OperationNotPermittedException"
    ram.delete_resource_share(resourceShareArn=share)
    assert ram.delete_permission(permissionArn=permission)["permissionStatus"] == "DELETED"
    assert refused(ram.get_permission, permissionArn=permission)[0] == "UnknownResourceException"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"template": "no"}, "MalformedPolicyTemplateException", id="no-json"),
        pytest.param({"template": "[]"}, "MalformedPolicyTemplateException", id="no-object"),
        pytest.param(
            {"template": json.dumps({"Effect": "Allow", "Action": READ, "Resource": "*"})},
            "MalformedPolicyTemplateException",
            id="resource",
        ),
        pytest.param(
            {"template": json.dumps({"Effect": "Allow", "Action": READ, "Principal": "*"})},
            "MalformedPolicyTemplateException",
            id="principal",
        ),
        pytest.param(
            {"template": json.dumps({"Effect": "Deny", "Action": READ})}, "InvalidPolicyException", id="deny"
        ),
        pytest.param({"template": json.dumps({"Effect": "Allow"})}, "InvalidPolicyException", id="no-action"),
        pytest.param(
            {"template": json.dumps({"Effect": "Allow", "Action": ["sagemaker:DeleteModelCard"]})},
            "InvalidPolicyException",
            id="action-that-is-not-shared",
        ),
        pytest.param({"resourceType": "ec2:Subnet"}, "InvalidParameterException", id="another-type"),
        pytest.param({"name": "a" * 37}, "ValidationException", id="long-name"),
        pytest.param({"name": "a b"}, "ValidationException", id="wrong-name"),
    ],
)
def test_a_permission_is_refused(ram: Any, fields: dict[str, str], code: str) -> None:
    assert refused(create, ram=ram, **fields)[0] == code


@pytest.mark.parametrize("operation", ["delete_permission", "create_permission_version"])
def test_awss_permissions_are_not_changed(ram: Any, operation: str) -> None:
    more = {"policyTemplate": READER} if operation == "create_permission_version" else {}
    code, _ = refused(getattr(ram, operation), permissionArn=managed(CARDS), **more)
    assert code == "OperationNotPermittedException"
