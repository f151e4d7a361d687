"""Model cards: their versions and statuses, and what other accounts may do with them."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from tests.emulator.card_support import (
    CARDS,
    CONTENT,
    EXPORT,
    READ,
    enable_sharing,
    make_card,
    make_reader_permission,
    make_share,
    managed,
)
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import SETTINGS, Emulator, allow

UNITS = SETTINGS.organization.organizational_units


def describe(emulator: Emulator, arn: str, **which: Any) -> dict[str, Any]:
    described: dict[str, Any] = emulator.client("sagemaker", account=emulator.hub).describe_model_card(
        ModelCardName=arn.rpartition("/")[2], **which
    )
    return described


def update(emulator: Emulator, arn: str, **fields: Any) -> None:
    emulator.client("sagemaker", account=emulator.hub).update_model_card(
        ModelCardName=arn.rpartition("/")[2], **fields
    )


def test_a_card_is_created_and_described(emulator: Emulator) -> None:
    name = unique("card")
    arn = make_card(emulator, ModelCardName=name, Tags=[{"Key": "team", "Value": "churn"}])
    assert arn == f"arn:aws:sagemaker:{emulator.region}:{emulator.hub}:model-card/{name}"
    described = describe(emulator, arn)
    assert (described["ModelCardName"], described["ModelCardArn"]) == (name, arn)
    assert (described["ModelCardVersion"], described["ModelCardStatus"]) == (1, "Draft")
    assert json.loads(described["Content"]) == CONTENT
    root = f"arn:aws:iam::{emulator.hub}:root"
    assert described["CreatedBy"]["IamIdentity"]["Arn"] == root
    assert described["LastModifiedBy"]["IamIdentity"]["Arn"] == root
    tags = emulator.client("sagemaker", account=emulator.hub).list_tags(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "team", "Value": "churn"}]


def test_content_makes_a_version_and_status_does_not(emulator: Emulator) -> None:
    arn = make_card(emulator)
    update(emulator, arn, ModelCardStatus="Approved")
    assert (describe(emulator, arn)["ModelCardVersion"], describe(emulator, arn)["ModelCardStatus"]) == (
        1,
        "Approved",
    )
    second = {"model_overview": {"model_name": "churn"}}
    update(emulator, arn, Content=json.dumps(second))
    latest, first = describe(emulator, arn), describe(emulator, arn, ModelCardVersion=1)
    assert (latest["ModelCardVersion"], latest["ModelCardStatus"]) == (2, "Draft")
    assert json.loads(latest["Content"]) == second
    assert (first["ModelCardStatus"], json.loads(first["Content"])) == ("Approved", CONTENT)
    assert latest["CreationTime"] == first["CreationTime"]


def test_who_changed_a_card_last_is_told(emulator: Emulator) -> None:
    arn = make_card(emulator)
    role = emulator.role(allow("sagemaker:UpdateModelCard", arn), account=emulator.hub)
    emulator.client("sagemaker", role=role).update_model_card(
        ModelCardName=arn, ModelCardStatus="PendingReview"
    )
    described = describe(emulator, arn)
    session = f"arn:aws:sts::{emulator.hub}:assumed-role/{role.rpartition('/')[2]}/test"
    assert described["LastModifiedBy"]["IamIdentity"]["Arn"] == session
    assert described["CreatedBy"]["IamIdentity"]["Arn"] == f"arn:aws:iam::{emulator.hub}:root"


def test_only_metadata_is_shown_on_request(emulator: Emulator) -> None:
    content = {
        "model_overview": {"model_name": "churn", "model_description": "A tree"},
        "intended_uses": {"risk_rating": "High", "purpose_of_model": "Keep customers"},
        "business_details": {"line_of_business": "Mobile"},
    }
    arn = make_card(emulator, content=content)
    shown = json.loads(describe(emulator, arn, IncludedData="MetadataOnly")["Content"])
    assert shown == {"model_overview": {"model_name": "churn"}, "intended_uses": {"risk_rating": "High"}}


@pytest.mark.parametrize(
    ("status", "change", "code", "sentence"),
    [
        pytest.param(
            "Draft",
            {"Content": "{}", "ModelCardStatus": "Approved"},
            "ValidationException",
            "Either the content or the status",
            id="content-and-status",
        ),
        pytest.param("Draft", {}, "ValidationException", "Either the content or the status", id="nothing"),
        pytest.param(
            "Archived", {"Content": "{}"}, "ValidationException", "is archived", id="archived-content"
        ),
        pytest.param(
            "Archived",
            {"ModelCardStatus": "Draft"},
            "ValidationException",
            "is archived",
            id="archived-status",
        ),
        pytest.param(
            "Draft",
            {"ModelCardStatus": "Ready"},
            "ValidationException",
            "enum value set",
            id="unknown-status",
        ),
        pytest.param("Draft", {"Content": "{"}, "ValidationException", "not valid JSON", id="no-json"),
        pytest.param(
            "Draft",
            {"Content": json.dumps({"additional_information": {"custom_details": {"a": "x" * 100_000}}})},
            "ValidationException",
            "less than or equal to 100000",
            id="too-long",
        ),
    ],
)
def test_an_update_is_refused(
    emulator: Emulator, status: str, change: dict[str, str], code: str, sentence: str
) -> None:
    arn = make_card(emulator, ModelCardStatus=status)
    answered, message = refused(update, emulator=emulator, arn=arn, **change)
    assert (answered, sentence in message) == (code, True), message
    assert describe(emulator, arn)["ModelCardVersion"] == 1


def test_a_name_is_used_once(emulator: Emulator) -> None:
    name = make_card(emulator).rpartition("/")[2]
    assert refused(make_card, emulator=emulator, ModelCardName=name)[0] == "ConflictException"


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("describe_model_card", {}),
        ("describe_model_card", {"ModelCardVersion": 2}),
        ("update_model_card", {"ModelCardStatus": "Approved"}),
        ("list_model_card_versions", {}),
        ("delete_model_card", {}),
    ],
    ids=["describe", "describe-version", "update", "versions", "delete"],
)
def test_a_missing_card_is_not_found(emulator: Emulator, operation: str, parameters: dict[str, Any]) -> None:
    name = unique("card")
    if "ModelCardVersion" in parameters:
        make_card(emulator, ModelCardName=name)
    call = getattr(emulator.client("sagemaker", account=emulator.hub), operation)
    assert refused(call, ModelCardName=name, **parameters)[0] == "ResourceNotFound"


def test_cards_are_listed_by_status_and_page(emulator: Emulator) -> None:
    word = uuid.uuid4().hex[:8]
    names = [make_card(emulator, ModelCardName=f"{word}-{number}").rpartition("/")[2] for number in range(3)]
    sagemaker = emulator.client("sagemaker", account=emulator.hub)
    sagemaker.update_model_card(ModelCardName=names[1], ModelCardStatus="Approved")

    def found(**filters: Any) -> list[str]:
        pages = sagemaker.get_paginator("list_model_cards").paginate(
            NameContains=word, PaginationConfig={"PageSize": 2}, **filters
        )
        return [each["ModelCardName"] for page in pages for each in page["ModelCardSummaries"]]

    assert found() == names
    assert found(SortBy="Name", SortOrder="Descending") == names[::-1]
    assert found(ModelCardStatus="Approved") == [names[1]]
    assert emulator.client("sagemaker").list_model_cards(NameContains=word)["ModelCardSummaries"] == []
    sagemaker.delete_model_card(ModelCardName=names[0])
    assert found() == names[1:]


def test_versions_are_listed_by_status_and_page(emulator: Emulator) -> None:
    arn = make_card(emulator)
    update(emulator, arn, ModelCardStatus="Approved")
    for _ in range(2):
        update(emulator, arn, Content=json.dumps(CONTENT))
    sagemaker = emulator.client("sagemaker", account=emulator.hub)

    def found(**filters: Any) -> list[int]:
        pages = sagemaker.get_paginator("list_model_card_versions").paginate(
            ModelCardName=arn, PaginationConfig={"PageSize": 2}, **filters
        )
        return [each["ModelCardVersion"] for page in pages for each in page["ModelCardVersionSummaryList"]]

    assert found() == [1, 2, 3]
    assert found(SortBy="Version", SortOrder="Descending") == [3, 2, 1]
    assert found(ModelCardStatus="Approved") == [1]


OPERATIONS: Mapping[str, Mapping[str, Any]] = {
    "CreateModelCard": {"Content": "{}", "ModelCardStatus": "Draft"},
    "DescribeModelCard": {},
    "UpdateModelCard": {"ModelCardStatus": "Approved"},
    "ListModelCardVersions": {},
    "DeleteModelCard": {},
    "CreateModelCardExportJob": {
        "ModelCardExportJobName": "export",
        "OutputConfig": {"S3OutputPath": "s3://bucket/cards"},
    },
}


def call(client: Any, operation: str, card: str) -> Any:
    return client._make_api_call(operation, {**OPERATIONS[operation], "ModelCardName": card})


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_role_without_the_permission_is_denied(emulator: Emulator, operation: str) -> None:
    arn = make_card(emulator)
    others = [f"sagemaker:{each}" for each in OPERATIONS if each != operation]
    sagemaker = emulator.client("sagemaker", role=emulator.role(allow(others, arn), account=emulator.hub))
    code, message = refused(call, client=sagemaker, operation=operation, card=arn.rpartition("/")[2])
    assert code == "AccessDeniedException"
    assert f"not authorized to perform: sagemaker:{operation} on resource: {arn}" in message


def test_listing_cards_asks_for_permission(emulator: Emulator) -> None:
    reader = emulator.client("sagemaker", role=emulator.role(allow("sagemaker:ListModels")))
    assert "sagemaker:ListModelCards on resource: *" in refused(reader.list_model_cards)[1]


@pytest.fixture(scope="module")
def reader_permission(emulator: Emulator) -> str:
    enable_sharing(emulator)
    return make_reader_permission(emulator)


IDENTITY, RESOURCE = "no identity-based policy allows", "no resource-based policy allows"
EVERYTHING = tuple(
    operation for operation in OPERATIONS if operation not in ("CreateModelCard", "DeleteModelCard")
)
READING = tuple(action.removeprefix("sagemaker:") for action in READ)
WRITING = (*READING, "UpdateModelCard")


@pytest.mark.parametrize(
    ("shared_by", "with_whom", "own_policy", "allowed", "reason"),
    [
        pytest.param(None, None, EVERYTHING, (), RESOURCE, id="own-policy-without-share"),
        pytest.param(managed(CARDS), "account", (), (), IDENTITY, id="share-without-own-policy"),
        pytest.param(managed(CARDS), "account", EVERYTHING, WRITING, RESOURCE, id="authors"),
        pytest.param(
            managed(CARDS), "account", READING, READING, IDENTITY, id="authors-with-less-of-their-own"
        ),
        pytest.param(managed(EXPORT), "account", EVERYTHING, EVERYTHING, RESOURCE, id="authors-who-export"),
        pytest.param("reader", "account", EVERYTHING, READING, RESOURCE, id="readers-do-not-update"),
        pytest.param(managed(CARDS), "unit", EVERYTHING, WRITING, RESOURCE, id="unit"),
        pytest.param(managed(CARDS), "workloads", EVERYTHING, WRITING, RESOURCE, id="unit-above"),
        pytest.param(managed(CARDS), "organization", EVERYTHING, WRITING, RESOURCE, id="organisation"),
        pytest.param(managed(CARDS), "another unit", EVERYTHING, (), RESOURCE, id="another-unit"),
        pytest.param(managed(CARDS), "another account", EVERYTHING, (), RESOURCE, id="another-account"),
    ],
)
def test_what_another_account_may_do(  # noqa: PLR0917  the columns of the table
    emulator: Emulator,
    reader_permission: str,
    shared_by: str | None,
    with_whom: str | None,
    own_policy: tuple[str, ...],
    allowed: tuple[str, ...],
    reason: str,
) -> None:
    organization = emulator.client("organizations").describe_organization()["Organization"]
    unit = organization["Arn"].replace(":organization/", ":ou/")
    principals = {
        "account": emulator.development,
        "another account": emulator.test,
        "unit": f"{unit}/{UNITS.development}",
        "workloads": f"{unit}/{UNITS.workloads}",
        "another unit": f"{unit}/{UNITS.test}",
        "organization": organization["Arn"],
    }
    arn = make_card(emulator)
    if shared_by is not None and with_whom is not None:
        permission = reader_permission if shared_by == "reader" else shared_by
        make_share(emulator, arn, principals=[principals[with_whom]], permission=permission)
    statements = [allow([f"sagemaker:{each}" for each in own_policy], arn)] if own_policy else []
    sagemaker = emulator.client("sagemaker", role=emulator.role(*statements))
    for operation in EVERYTHING:
        if operation not in allowed:
            code, message = refused(call, client=sagemaker, operation=operation, card=arn)
            assert (operation, code) == (operation, "AccessDeniedException")
            assert f"{reason} the sagemaker:{operation} action" in message
        elif operation == "CreateModelCardExportJob":
            code, message = refused(call, client=sagemaker, operation=operation, card=arn)
            assert (code, "no PDF" in message) == ("UnsupportedOperation", True)
        else:
            assert call(sagemaker, operation, arn)


def test_a_share_opens_nothing_else_to_the_account(emulator: Emulator, reader_permission: str) -> None:
    shared, other = make_card(emulator), make_card(emulator)
    make_share(emulator, shared, principals=[emulator.development], permission=reader_permission)
    sagemaker = emulator.client("sagemaker", role=emulator.role(allow("sagemaker:*")))
    assert sagemaker.describe_model_card(ModelCardName=shared)["ModelCardArn"] == shared
    assert refused(sagemaker.describe_model_card, ModelCardName=other)[0] == "AccessDeniedException"


def test_in_the_owners_account_the_own_policy_suffices_and_is_needed(
    emulator: Emulator, reader_permission: str
) -> None:
    organization = emulator.client("organizations").describe_organization()["Organization"]
    arn = make_card(emulator)
    make_share(emulator, arn, principals=[organization["Arn"]], permission=reader_permission)
    writer = emulator.role(allow("sagemaker:UpdateModelCard", arn), account=emulator.hub)
    emulator.client("sagemaker", role=writer).update_model_card(ModelCardName=arn, ModelCardStatus="Approved")
    code, message = refused(emulator.client("sagemaker", role=writer).describe_model_card, ModelCardName=arn)
    assert (code, IDENTITY in message) == ("AccessDeniedException", True)
