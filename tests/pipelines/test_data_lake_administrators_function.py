"""Administrators of a data lake come and go, and everything else that others have set stays."""

import importlib
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.pipelines.answering import CloudFormation, listening

OURS, NEXT, THEIRS = (f"arn:aws:iam::666666666666:role/{name}" for name in ("launch-a", "launch-b", "theirs"))
ALL_BY_IAM = [
    {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}
]


def settings(*administrators: str, version: str = "1", **more: Any) -> dict[str, Any]:
    """Data lake settings as Lake Formation returns them."""
    return {
        "DataLakeAdmins": [{"DataLakePrincipalIdentifier": each} for each in administrators],
        "ReadOnlyAdmins": [{"DataLakePrincipalIdentifier": THEIRS}],
        "CreateDatabaseDefaultPermissions": ALL_BY_IAM,
        "CreateTableDefaultPermissions": ALL_BY_IAM,
        "Parameters": {"CROSS_ACCOUNT_VERSION": version, "SET_CONTEXT": "TRUE"},
        "TrustedResourceOwners": ["777777777777"],
        "AllowExternalDataFiltering": True,
        **more,
    }


class Account:
    """Lake Formation of one account.

    Attributes:
        settings: Its data lake settings, which a call replaces as a whole.
        puts: How often they were replaced.
        denies: A call that is refused.
        takes_context: Whether the settings may hold SET_CONTEXT.
        invalid: An administrator that is none, for whom any settings are refused.
    """

    def __init__(self) -> None:
        self.settings = settings(THEIRS)
        self.puts = 0
        self.denies = ""
        self.takes_context = True
        self.invalid = ""

    def answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        """Answer a call in place of the network."""
        if model.name == self.denies:
            return _Http(400), {"Error": {"Code": "AccessDeniedException", "Message": f"no {model.name}"}}
        if model.name == "PutDataLakeSettings":
            self.puts += 1
            wanted = json.loads(params["body"])["DataLakeSettings"]
            named = [each["DataLakePrincipalIdentifier"] for each in wanted["DataLakeAdmins"]]
            if self.invalid in named or ("SET_CONTEXT" in wanted["Parameters"] and not self.takes_context):
                return _Http(400), {"Error": {"Code": "InvalidInputException", "Message": "not taken"}}
            self.settings = wanted
            return _Http(200), {}
        return _Http(200), {"DataLakeSettings": self.settings}

    @property
    def administrators(self) -> list[str]:
        return [each["DataLakePrincipalIdentifier"] for each in self.settings["DataLakeAdmins"]]


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, account: Account) -> ModuleType:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    name = "pipelines.functions.custom_resources.data_lake_administrators"
    loaded = importlib.reload(importlib.import_module(name))
    loaded.lake_formation.meta.events.register("before-call", account.answer)
    return loaded


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    with listening("Settings", {"ServiceToken": "arn"}) as received:
        yield received


def properties(*roles: str, governs: str = "false") -> dict[str, Any]:
    return {"ServiceToken": "arn", "Administrators": list(roles), "Governs": governs}


def test_ours_come_beside_theirs_and_go_alone(
    app: ModuleType, account: Account, cloudformation: CloudFormation
) -> None:
    app.handler(cloudformation.request("Create", ResourceProperties=properties(OURS)), None)
    assert account.administrators == [THEIRS, OURS]
    changed = cloudformation.request(
        "Update", ResourceProperties=properties(NEXT), OldResourceProperties=properties(OURS)
    )
    app.handler(changed, None)
    assert account.administrators == [THEIRS, NEXT]
    app.handler(cloudformation.request("Delete", ResourceProperties=properties(NEXT)), None)
    assert account.administrators == [THEIRS]
    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"] * 3
    assert {answer["PhysicalResourceId"] for answer in cloudformation.answers} == {"data-lake-administrators"}


@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_what_others_have_set_is_put_back_as_it_was(
    app: ModuleType, account: Account, cloudformation: CloudFormation, kind: str
) -> None:
    account.settings = settings(THEIRS, OURS) if kind == "Delete" else settings(THEIRS)
    before = account.settings
    app.handler(cloudformation.request(kind, ResourceProperties=properties(OURS)), None)
    assert account.puts == 1
    assert {key: value for key, value in account.settings.items() if key != "DataLakeAdmins"} == {
        key: value for key, value in before.items() if key != "DataLakeAdmins"
    }


@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_lake_settings_context(
    app: ModuleType, account: Account, cloudformation: CloudFormation, kind: str
) -> None:
    account.settings = settings(THEIRS, OURS) if kind == "Delete" else settings(THEIRS)
    account.takes_context = False
    app.handler(cloudformation.request(kind, ResourceProperties=properties(OURS)), None)
    assert account.puts == 2
    assert account.settings["Parameters"] == {"CROSS_ACCOUNT_VERSION": "1"}
    assert account.administrators == ([THEIRS] if kind == "Delete" else [THEIRS, OURS])
    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"]


@pytest.mark.parametrize("parameters", [{}, {"SET_CONTEXT": "TRUE"}], ids=["without", "with-context"])
def test_settings_that_are_refused_for_another_reason_fail(
    app: ModuleType, account: Account, cloudformation: CloudFormation, parameters: dict[str, str]
) -> None:
    account.settings = settings(THEIRS, Parameters=parameters)
    account.invalid = OURS
    app.handler(cloudformation.request("Create", ResourceProperties=properties(OURS)), None)
    (created,) = cloudformation.answers
    assert created["Status"] == "FAILED"
    assert "not taken" in created["Reason"]
    assert account.administrators == [THEIRS]


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_a_request_that_comes_again_changes_nothing(
    app: ModuleType, account: Account, cloudformation: CloudFormation, kind: str
) -> None:
    request = cloudformation.request(
        kind, ResourceProperties=properties(OURS, governs="true"), OldResourceProperties=properties(NEXT)
    )
    app.handler(request, None)
    once, puts = account.settings, account.puts
    app.handler(request, None)
    assert (account.settings, account.puts) == (once, puts)


@pytest.mark.parametrize(("before", "after"), [("1", "3"), ("3", "3"), ("4", "4")])
def test_an_account_that_governs_data_shares_by_a_version_that_reaches_units(
    app: ModuleType, account: Account, cloudformation: CloudFormation, before: str, after: str
) -> None:
    account.settings = settings(THEIRS, version=before)
    request = properties(OURS, governs="true")
    app.handler(cloudformation.request("Create", ResourceProperties=request), None)
    assert account.settings["Parameters"]["CROSS_ACCOUNT_VERSION"] == after
    assert account.settings["CreateDatabaseDefaultPermissions"] == []
    assert account.settings["CreateTableDefaultPermissions"] == []
    app.handler(cloudformation.request("Delete", ResourceProperties=request), None)
    assert account.settings["Parameters"]["CROSS_ACCOUNT_VERSION"] == after
    assert account.settings["CreateTableDefaultPermissions"] == []


@pytest.mark.parametrize("denied", ["GetDataLakeSettings", "PutDataLakeSettings"])
def test_a_refusal_is_told_and_does_not_hold_up_a_deletion(
    app: ModuleType, account: Account, cloudformation: CloudFormation, denied: str
) -> None:
    account.denies = denied
    app.handler(cloudformation.request("Create", ResourceProperties=properties(OURS)), None)
    account.settings = settings(THEIRS, OURS)
    app.handler(cloudformation.request("Delete", ResourceProperties=properties(OURS)), None)
    created, deleted = cloudformation.answers
    assert created["Status"] == "FAILED"
    assert f"no {denied}" in created["Reason"]
    assert created["Reason"].startswith("The data lake settings cannot be changed: ")
    assert deleted["Status"] == "SUCCESS"
