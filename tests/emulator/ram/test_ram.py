"""Resource shares: made, changed and deleted, and what owners and other accounts see of them."""

import json
import uuid
from typing import Any

import pytest

from tests.emulator.card_support import (
    CARDS,
    EXPORT,
    enable_sharing,
    make_card,
    make_reader_permission,
    make_share,
    managed,
    without_sharing,
)
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import SETTINGS, Emulator, allow

UNITS = SETTINGS.organization.organizational_units
ORGANIZATION = (
    f"arn:aws:organizations::{SETTINGS.accounts.management}:organization/{SETTINGS.organization.id}"
)
UNIT = ORGANIZATION.replace(":organization/", ":ou/")
STRANGER = "999999999999"


@pytest.fixture(scope="module", autouse=True)
def _sharing(emulator: Emulator) -> None:
    enable_sharing(emulator)


@pytest.fixture
def card(emulator: Emulator) -> str:
    return make_card(emulator)


@pytest.fixture
def ram(emulator: Emulator) -> Any:
    return emulator.client("ram", account=emulator.hub)


def associated(ram: Any, share: str, kind: str) -> dict[str, str]:
    """Status of each principal or resource of a share."""
    found = ram.get_resource_share_associations(associationType=kind, resourceShareArns=[share])
    return {each["associatedEntity"]: each["status"] for each in found["resourceShareAssociations"]}


def seen(emulator: Emulator, account: str) -> list[str]:
    """Resources that others share with an account."""
    ram = emulator.client("ram", account=account)
    return [each["arn"] for each in ram.list_resources(resourceOwner="OTHER-ACCOUNTS")["resources"]]


def test_a_share_is_made_and_described(emulator: Emulator, ram: Any, card: str) -> None:
    name = unique("share")
    created = ram.create_resource_share(
        name=name,
        resourceArns=[card],
        principals=[emulator.development],
        allowExternalPrincipals=False,
        tags=[{"key": "team", "value": "churn"}],
    )["resourceShare"]
    arn = created["resourceShareArn"]
    assert arn.startswith(f"arn:aws:ram:{emulator.region}:{emulator.hub}:resource-share/")
    assert (created["status"], created["allowExternalPrincipals"]) == ("ACTIVE", False)
    for filters in (
        {"name": name},
        {"resourceShareArns": [arn]},
        {"tagFilters": [{"tagKey": "team", "tagValues": ["churn"]}], "name": name},
        {"permissionArn": managed(CARDS), "name": name},
        {"resourceShareStatus": "ACTIVE", "name": name},
    ):
        found = ram.get_resource_shares(resourceOwner="SELF", **filters)["resourceShares"]
        assert [each["resourceShareArn"] for each in found] == [arn]
    for filters in (
        {"tagFilters": [{"tagKey": "team", "tagValues": ["other"]}], "name": name},
        {"permissionArn": managed(EXPORT), "name": name},
        {"resourceShareStatus": "DELETED", "name": name},
    ):
        assert ram.get_resource_shares(resourceOwner="SELF", **filters)["resourceShares"] == []
    assert associated(ram, arn, "RESOURCE") == {card: "ASSOCIATED"}
    assert associated(ram, arn, "PRINCIPAL") == {emulator.development: "ASSOCIATED"}
    [attached] = ram.list_resource_share_permissions(resourceShareArn=arn)["permissions"]
    assert (attached["arn"], attached["version"], attached["isResourceTypeDefault"]) == (
        managed(CARDS),
        "1",
        True,
    )


def test_a_client_token_makes_a_share_once(ram: Any, card: str) -> None:
    given = {"name": unique("share"), "resourceArns": [card], "clientToken": uuid.uuid4().hex}
    first, second = (ram.create_resource_share(**given) for _ in range(2))
    assert (first["resourceShare"], first["clientToken"]) == (second["resourceShare"], given["clientToken"])
    assert len(ram.get_resource_shares(resourceOwner="SELF", name=given["name"])["resourceShares"]) == 1
    code, message = refused(ram.create_resource_share, **{**given, "resourceArns": []})
    assert (code, "other parameters" in message) == ("IdempotentParameterMismatchException", True)


def test_names_are_not_unique(ram: Any) -> None:
    name = unique("share")
    for _ in range(2):
        ram.create_resource_share(name=name)
    assert len(ram.get_resource_shares(resourceOwner="SELF", name=name)["resourceShares"]) == 2


def test_entities_come_and_go(emulator: Emulator, ram: Any, card: str) -> None:
    other = make_card(emulator)
    share = make_share(emulator, card, principals=[])
    added = ram.associate_resource_share(
        resourceShareArn=share, resourceArns=[other, card], principals=[emulator.test]
    )["resourceShareAssociations"]
    assert {each["associatedEntity"]: each["status"] for each in added} == {
        other: "ASSOCIATING",
        card: "ASSOCIATED",
        emulator.test: "ASSOCIATING",
    }
    assert {card, other} <= set(seen(emulator, emulator.test))
    ram.disassociate_resource_share(resourceShareArn=share, resourceArns=[card])
    assert associated(ram, share, "RESOURCE") == {card: "DISASSOCIATED", other: "ASSOCIATED"}
    assert card not in seen(emulator, emulator.test)
    ram.disassociate_resource_share(resourceShareArn=share, principals=[emulator.test])
    assert other not in seen(emulator, emulator.test)
    ram.associate_resource_share(resourceShareArn=share, principals=[emulator.test])
    assert associated(ram, share, "PRINCIPAL") == {emulator.test: "ASSOCIATED"}


def test_a_deleted_share_opens_nothing_and_stays_on_record(emulator: Emulator, ram: Any, card: str) -> None:
    share = make_share(emulator, card, principals=[emulator.test])
    reader = emulator.client(
        "sagemaker", role=emulator.role(allow("sagemaker:DescribeModelCard", card), account=emulator.test)
    )
    reader.describe_model_card(ModelCardName=card)
    assert ram.delete_resource_share(resourceShareArn=share)["returnValue"] is True
    assert refused(reader.describe_model_card, ModelCardName=card)[0] == "AccessDeniedException"
    [found] = ram.get_resource_shares(resourceOwner="SELF", resourceShareArns=[share])["resourceShares"]
    assert found["status"] == "DELETED"
    assert associated(ram, share, "PRINCIPAL") == {emulator.test: "DISASSOCIATED"}
    code, _ = refused(ram.delete_resource_share, resourceShareArn=share)
    assert code == "UnknownResourceException"


def test_a_share_is_renamed_and_tagged(ram: Any) -> None:
    share = ram.create_resource_share(name=unique("share"))["resourceShare"]["resourceShareArn"]
    name = unique("share")
    ram.update_resource_share(resourceShareArn=share, name=name, allowExternalPrincipals=False)
    ram.tag_resource(
        resourceShareArn=share, tags=[{"key": "team", "value": "a"}, {"key": "old", "value": "b"}]
    )
    ram.untag_resource(resourceArn=share, tagKeys=["old"])
    [found] = ram.get_resource_shares(resourceOwner="SELF", name=name)["resourceShares"]
    assert (found["allowExternalPrincipals"], found["tags"]) == (False, [{"key": "team", "value": "a"}])


def test_a_permission_is_replaced_on_request(emulator: Emulator, ram: Any, card: str) -> None:
    share = make_share(emulator, card, principals=[emulator.development])
    reader = make_reader_permission(emulator)
    given = {"resourceShareArn": share, "permissionArn": reader}
    assert refused(ram.associate_resource_share_permission, **given)[0] == "InvalidParameterException"
    ram.associate_resource_share_permission(**given, replace=True)
    [attached] = ram.list_resource_share_permissions(resourceShareArn=share)["permissions"]
    assert attached["arn"] == reader


def test_each_side_sees_its_own(emulator: Emulator, ram: Any, card: str) -> None:
    share = make_share(emulator, card, principals=[f"{UNIT}/{UNITS.test}"])
    consumer = emulator.client("ram", account=emulator.test)
    [found] = consumer.list_resources(resourceOwner="OTHER-ACCOUNTS", resourceArns=[card])["resources"]
    assert (found["type"], found["status"]) == ("sagemaker:ModelCard", "AVAILABLE")
    [owner] = consumer.list_principals(resourceOwner="OTHER-ACCOUNTS", resourceShareArns=[share])[
        "principals"
    ]
    assert owner["id"] == emulator.hub
    [principal] = ram.list_principals(resourceOwner="SELF", resourceArn=card)["principals"]
    assert principal["id"] == f"{UNIT}/{UNITS.test}"
    [shared] = consumer.get_resource_shares(resourceOwner="OTHER-ACCOUNTS", resourceShareArns=[share])[
        "resourceShares"
    ]
    assert shared["owningAccountId"] == emulator.hub
    for account in (emulator.development, emulator.hub):
        others = emulator.client("ram", account=account)
        assert (
            others.get_resource_shares(resourceOwner="OTHER-ACCOUNTS", resourceShareArns=[share])[
                "resourceShares"
            ]
            == []
        )
    emulator.client("sagemaker", account=emulator.hub).delete_model_card(
        ModelCardName=card.rpartition("/")[2]
    )
    [found] = ram.list_resources(resourceOwner="SELF", resourceArns=[card])["resources"]
    assert found["status"] == "UNAVAILABLE"


def test_listings_come_in_pages(emulator: Emulator, ram: Any, card: str) -> None:
    accounts = [emulator.development, emulator.test, emulator.production]
    share = make_share(emulator, card, principals=accounts)
    pages = ram.get_paginator("get_resource_share_associations").paginate(
        associationType="PRINCIPAL", resourceShareArns=[share], PaginationConfig={"PageSize": 2}
    )
    found = [[each["associatedEntity"] for each in page["resourceShareAssociations"]] for page in pages]
    assert found == [accounts[:2], accounts[2:]]
    code, _ = refused(ram.get_resource_shares, resourceOwner="SELF", nextToken="guessed")
    assert code == "InvalidNextTokenException"


@pytest.mark.parametrize(
    ("principal", "external", "code", "sentence"),
    [
        pytest.param(
            STRANGER,
            False,
            "OperationNotPermittedException",
            "can only be shared within your AWS Organization",
            id="stranger",
        ),
        pytest.param(
            STRANGER, True, "UnsupportedOperation", "would send 999999999999 an invitation", id="invited"
        ),
        pytest.param(
            "arn:aws:organizations::888888888888:organization/o-another0001",
            False,
            "UnknownResourceException",
            "Organization o-another0001 could not be found.",
            id="another-organisation",
        ),
        pytest.param(
            f"{UNIT}/ou-ml01-elsewhere",
            False,
            "UnknownResourceException",
            "OrganizationalUnit ou-ml01-elsewhere in unknown organization could not be found.",
            id="another-unit",
        ),
        pytest.param(
            "Ana", False, "InvalidParameterException", "Principal ID Ana is malformed", id="malformed"
        ),
        pytest.param(
            f"arn:aws:iam::{STRANGER}:role/a",
            False,
            "UnsupportedOperation",
            "also shares with roles",
            id="role",
        ),
        pytest.param(
            "s3.amazonaws.com", False, "UnsupportedOperation", "also shares with roles", id="service"
        ),
    ],
)
def test_a_principal_is_refused(  # noqa: PLR0917  the columns of the table
    emulator: Emulator, card: str, principal: str, external: bool, code: str, sentence: str
) -> None:
    answered, message = refused(
        make_share,
        emulator=emulator,
        principals=[principal],
        resourceArns=[card],
        allowExternalPrincipals=external,
    )
    assert (answered, sentence in message) == (code, True), message


@pytest.mark.parametrize(
    ("principal", "code"),
    [
        pytest.param(SETTINGS.accounts.development, "OperationNotPermittedException", id="account"),
        pytest.param(f"{UNIT}/{UNITS.test}", "UnknownResourceException", id="unit"),
        pytest.param(ORGANIZATION, "UnknownResourceException", id="organisation"),
    ],
)
def test_nothing_is_shared_before_the_organisation_turns_it_on(
    emulator: Emulator, card: str, principal: str, code: str
) -> None:
    with without_sharing(emulator):
        answered, _ = refused(make_share, emulator=emulator, principals=[principal], resourceArns=[card])
    assert answered == code
    make_share(emulator, card, principals=[principal])


def test_only_the_management_account_turns_sharing_on(emulator: Emulator, ram: Any) -> None:
    code, message = refused(ram.enable_sharing_with_aws_organization)
    assert (code, "You don't have permissions" in message) == ("OperationNotPermittedException", True)


@pytest.mark.parametrize(
    "missing",
    [
        "organizations:EnableAWSServiceAccess",
        "organizations:DescribeOrganization",
    ],
)
def test_turning_sharing_on_needs_what_it_does(emulator: Emulator, missing: str) -> None:
    needed = {
        "ram:EnableSharingWithAwsOrganization",
        "organizations:EnableAWSServiceAccess",
        "organizations:DescribeOrganization",
        "iam:CreateServiceLinkedRole",
    }
    role = emulator.role(allow(sorted(needed - {missing})), account=emulator.management)
    _, message = refused(emulator.client("ram", role=role).enable_sharing_with_aws_organization)
    assert f"not authorized to perform: {missing} on" in message


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param({"resourceArns": ["card"]}, "MalformedArnException", id="no-arn"),
        pytest.param(
            {"resourceArns": ["arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-1"]},
            "UnsupportedOperation",
            id="another-type",
        ),
        pytest.param({"resourceArns": ["{card}-gone"]}, "UnknownResourceException", id="no-such-card"),
        pytest.param(
            {"resourceArns": ["{foreign}"]}, "UnknownResourceException", id="card-of-another-account"
        ),
        pytest.param({"permissionArns": ["reader"]}, "MalformedArnException", id="no-permission-arn"),
        pytest.param(
            {"permissionArns": [managed("Unknown")]}, "UnknownResourceException", id="no-such-permission"
        ),
        pytest.param(
            {"permissionArns": [managed(CARDS), managed(EXPORT)]},
            "InvalidParameterException",
            id="two-permissions-for-a-type",
        ),
        pytest.param({"sources": [STRANGER]}, "UnsupportedOperation", id="sources"),
    ],
)
def test_a_share_is_refused(
    emulator: Emulator, ram: Any, card: str, given: dict[str, list[str]], code: str
) -> None:
    foreign = make_card(emulator, account=emulator.development)
    filled = json.loads(json.dumps(given).replace("{card}", card).replace("{foreign}", foreign))
    name = unique("share")
    assert refused(ram.create_resource_share, name=name, **filled)[0] == code
    assert ram.get_resource_shares(resourceOwner="SELF", name=name)["resourceShares"] == []


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        pytest.param("associate_resource_share", {}, "InvalidParameterException", id="nothing-to-add"),
        pytest.param(
            "disassociate_resource_share",
            {"principals": [STRANGER]},
            "UnknownResourceException",
            id="not-in-it",
        ),
        pytest.param(
            "get_resource_share_associations",
            {"associationType": "PRINCIPAL", "resourceArn": "arn:a"},
            "InvalidParameterException",
            id="resource-of-principals",
        ),
        pytest.param(
            "update_resource_share", {"resourceShareArn": "share"}, "MalformedArnException", id="no-arn"
        ),
        pytest.param("tag_resource", {"tags": []}, "InvalidParameterException", id="nothing-to-tag"),
    ],
)
def test_a_request_is_refused(  # noqa: PLR0917  the columns of the table
    emulator: Emulator, ram: Any, card: str, operation: str, given: dict[str, Any], code: str
) -> None:
    named = "resource_share" in operation and not operation.startswith("get_")
    share = {"resourceShareArn": make_share(emulator, card, principals=[])} if named else {}
    assert refused(getattr(ram, operation), **{**share, **given})[0] == code


def test_an_operation_that_is_not_offered_says_so(ram: Any) -> None:
    code, message = refused(ram.get_resource_share_invitations)
    assert (code, message) == (
        "UnsupportedOperation",
        "The emulator does not offer ram:GetResourceShareInvitations; AWS does.",
    )
