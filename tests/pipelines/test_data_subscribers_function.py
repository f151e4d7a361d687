"""Roles of subscribing accounts come into the domain, and are shut out when their account leaves the list."""

import importlib
import json
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest

from tests.pipelines.answering import CloudFormation, listening

DOMAIN = "dzd_1"
TEAM, OTHER = "333333333333", "888888888888"
NAMES = ("launch", "function")


class Domain:
    """The users of a domain.

    Attributes:
        users: Their states, by ARN.
        refuses: An operation that fails.
    """

    def __init__(self) -> None:
        self.users: dict[str, str] = {}
        self.refuses = ""

    def answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        """Answer a call in place of the network."""
        body = json.loads(params["body"])
        if model.name == self.refuses:
            return _failure("AccessDeniedException")
        if model.name == "CreateUserProfile":
            if body["userIdentifier"] in self.users:
                return _failure("ConflictException")
            self.users[body["userIdentifier"]] = "ACTIVATED"
            return _Http(200), {}
        named = unquote(params["url_path"]).partition("/user-profiles/")[2]
        if named not in self.users:
            return _failure("ResourceNotFoundException")
        self.users[named] = body["status"]
        return _Http(200), {}


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


def _failure(code: str) -> tuple[_Http, dict[str, Any]]:
    return _Http(400), {"Error": {"Code": code, "Message": f"as in the test: {code}"}}


@pytest.fixture
def domain() -> Domain:
    return Domain()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, domain: Domain) -> ModuleType:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    loaded = importlib.reload(
        importlib.import_module("pipelines.functions.custom_resources.data_subscribers")
    )
    loaded.datazone.meta.events.register("before-call", domain.answer)
    return loaded


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    with listening("Profiles", {"ServiceToken": "arn"}) as received:
        yield received


def properties(*accounts: str) -> dict[str, Any]:
    return {"DomainId": DOMAIN, "Accounts": list(accounts), "RoleNames": list(NAMES)}


def users(state: str, accounts: Sequence[str]) -> dict[str, str]:
    return {f"arn:aws:iam::{account}:role/{name}": state for account in accounts for name in NAMES}


def test_accounts_come_and_go_and_come_again(
    app: ModuleType, domain: Domain, cloudformation: CloudFormation
) -> None:
    app.handler(cloudformation.request("Create", ResourceProperties=properties(TEAM)), None)
    assert domain.users == users("ACTIVATED", [TEAM])
    changed = {"ResourceProperties": properties(OTHER), "OldResourceProperties": properties(TEAM)}
    app.handler(cloudformation.request("Update", **changed), None)
    assert domain.users == users("DEACTIVATED", [TEAM]) | users("ACTIVATED", [OTHER])
    back = {"ResourceProperties": properties(TEAM, OTHER), "OldResourceProperties": properties(OTHER)}
    for _ in range(2):
        app.handler(cloudformation.request("Update", **back), None)
        assert domain.users == users("ACTIVATED", [TEAM, OTHER])
    app.handler(cloudformation.request("Delete", ResourceProperties=properties(TEAM, OTHER)), None)
    assert domain.users == users("DEACTIVATED", [TEAM, OTHER])
    assert {answer["Status"] for answer in cloudformation.answers} == {"SUCCESS"}
    assert {answer["PhysicalResourceId"] for answer in cloudformation.answers} == {"dzd_1-subscribers"}


def test_a_role_that_was_never_let_in_need_not_be_shut_out(
    app: ModuleType, domain: Domain, cloudformation: CloudFormation
) -> None:
    app.handler(cloudformation.request("Delete", ResourceProperties=properties(TEAM)), None)
    assert domain.users == {}
    assert cloudformation.answers[-1]["Status"] == "SUCCESS"


@pytest.mark.parametrize(("verb", "status"), [("Create", "FAILED"), ("Delete", "SUCCESS")])
def test_a_failure_is_told_and_a_deletion_always_granted(
    app: ModuleType, domain: Domain, cloudformation: CloudFormation, verb: str, status: str
) -> None:
    domain.users = users("ACTIVATED", [TEAM]) if verb == "Delete" else {}
    domain.refuses = "CreateUserProfile" if verb == "Create" else "UpdateUserProfile"
    app.handler(cloudformation.request(verb, ResourceProperties=properties(TEAM)), None)
    answered = cloudformation.answers[-1]
    assert answered["Status"] == status
    if verb == "Create":
        assert answered["Reason"].startswith(
            "The roles of other accounts cannot be let into the domain dzd_1"
        )
