"""SageMaker Projects is turned on once, and turned off only by whoever turned it on."""

import contextlib
import importlib
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from botocore import xform_name

from tests.pipelines.answering import CloudFormation, listening

NOTE = "/mlplatform/sagemaker-projects"


class Account:
    """SageMaker and Systems Manager of one account, with all that the function changes.

    Attributes:
        on: Whether Projects is on.
        notes: Parameters by name.
        projects: Status of each project.
        calls: What changed something, first to last.
        dies_after: The call after which the function's run ends.
        denies: A call that is refused.
    """

    def __init__(self) -> None:
        self.on = False
        self.notes: dict[str, str] = {}
        self.projects: dict[str, str] = {}
        self.calls: list[str] = []
        self.dies_after = self.denies = ""

    def answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        """Answer a call in place of the network."""
        name = model.name
        if name == self.denies:
            return _Http(400), {"Error": {"Code": "AccessDeniedException", "Message": f"no {name}"}}
        answer = getattr(self, f"_{xform_name(name)}")(json.loads(params["body"]))
        if answer is None:
            return _Http(400), {"Error": {"Code": "ParameterNotFound", "Message": "none"}}
        if not name.startswith(("Get", "List")):
            self.calls.append(name)
        if name == self.dies_after:
            raise KeyboardInterrupt(name)
        return _Http(200), answer

    def _get_sagemaker_servicecatalog_portfolio_status(self, _: Any) -> dict[str, Any]:
        return {"Status": "Enabled" if self.on else "Disabled"}

    def _enable_sagemaker_servicecatalog_portfolio(self, _: Any) -> dict[str, Any]:
        self.on = True
        return {}

    def _disable_sagemaker_servicecatalog_portfolio(self, _: Any) -> dict[str, Any]:
        self.on = False
        return {}

    def _list_projects(self, given: dict[str, Any]) -> dict[str, Any]:
        """One project a page."""
        names, place = [*self.projects], int(given.get("NextToken", 0))
        page = [{"ProjectName": each, "ProjectStatus": self.projects[each]} for each in names[place:][:1]]
        more = {"NextToken": str(place + 1)} if place + 1 < len(names) else {}
        return {"ProjectSummaryList": page, **more}

    def _put_parameter(self, given: dict[str, Any]) -> dict[str, Any]:
        self.notes[given["Name"]] = given["Value"]
        return {}

    def _get_parameter(self, given: dict[str, Any]) -> dict[str, Any] | None:
        name = given["Name"]
        return {"Parameter": {"Name": name, "Value": self.notes[name]}} if name in self.notes else None

    def _delete_parameter(self, given: dict[str, Any]) -> dict[str, Any]:
        del self.notes[given["Name"]]
        return {}


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


ON = ["PutParameter", "EnableSagemakerServicecatalogPortfolio"]
OFF = ["DisableSagemakerServicecatalogPortfolio", "DeleteParameter"]


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    with listening("SageMakerProjects", {"ServiceToken": "arn"}) as received:
        yield received


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, account: Account) -> ModuleType:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("NOTE_PARAMETER", NOTE)
    loaded = importlib.reload(
        importlib.import_module("pipelines.functions.custom_resources.sagemaker_projects")
    )
    for client in (loaded.sagemaker, loaded.ssm):
        client.meta.events.register("before-call", account.answer)
    return loaded


def statuses(cloudformation: CloudFormation) -> list[str]:
    return [answer["Status"] for answer in cloudformation.answers]


def test_projects_is_turned_on_and_off_again(
    app: ModuleType, account: Account, cloudformation: CloudFormation
) -> None:
    app.handler(cloudformation.request("Create"), None)
    assert account.on
    app.handler(cloudformation.request("Delete", PhysicalResourceId="sagemaker-projects"), None)
    assert not account.on
    assert account.calls == [*ON, *OFF]
    assert account.notes == {}
    assert statuses(cloudformation) == ["SUCCESS", "SUCCESS"]
    # A physical id that changed would make CloudFormation delete what it has just made.
    assert {answer["PhysicalResourceId"] for answer in cloudformation.answers} == {"sagemaker-projects"}


def test_what_was_on_before_stays_on(
    app: ModuleType, account: Account, cloudformation: CloudFormation
) -> None:
    account.on = True
    for kind in ("Create", "Update", "Delete"):
        app.handler(cloudformation.request(kind, PhysicalResourceId="sagemaker-projects"), None)
    assert account.on
    assert account.calls == []


@pytest.mark.parametrize("kind", ["Create", "Delete"])
@pytest.mark.parametrize("cut", [None, *ON, *OFF])
def test_a_request_that_comes_again_after_a_cut_ends_alike(
    app: ModuleType, account: Account, cloudformation: CloudFormation, kind: str, cut: str | None
) -> None:
    """Whoever turned it on is known, wherever the first run was cut."""
    if kind == "Delete":
        app.handler(cloudformation.request("Create"), None)
    account.dies_after = cut or ""
    with contextlib.suppress(KeyboardInterrupt):
        app.handler(cloudformation.request(kind), None)
    account.dies_after = ""
    app.handler(cloudformation.request(kind), None)
    assert account.on == (kind == "Create")
    app.handler(cloudformation.request("Delete"), None)
    assert not account.on
    assert account.notes == {}


@pytest.mark.parametrize(
    ("projects", "on"),
    [
        ({"churn": "DeleteCompleted"}, False),
        ({"churn": "DeleteCompleted", "others": "CreateCompleted"}, True),
        ({"churn": "DeleteFailed"}, True),
    ],
    ids=["all deleted", "somebody else's on the second page", "not deleted"],
)
def test_projects_that_are_left_keep_it_on(
    app: ModuleType, account: Account, cloudformation: CloudFormation, projects: dict[str, str], on: bool
) -> None:
    app.handler(cloudformation.request("Create"), None)
    account.projects = projects
    app.handler(cloudformation.request("Delete"), None)
    assert account.on == on
    assert statuses(cloudformation) == ["SUCCESS", "SUCCESS"]


@pytest.mark.parametrize("call", ["GetSagemakerServicecatalogPortfolioStatus", *ON])
def test_a_refusal_fails_the_stack_with_its_reason(
    app: ModuleType, account: Account, cloudformation: CloudFormation, call: str
) -> None:
    account.denies = call
    app.handler(cloudformation.request("Create"), None)
    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("SageMaker Projects cannot be turned on: ")
    assert f"no {call}" in answer["Reason"]


@pytest.mark.parametrize("call", ["GetParameter", "ListProjects", *OFF])
def test_a_stack_can_be_deleted_whatever_is_refused(
    app: ModuleType, account: Account, cloudformation: CloudFormation, call: str
) -> None:
    app.handler(cloudformation.request("Create"), None)
    account.denies = call
    app.handler(cloudformation.request("Delete"), None)
    assert statuses(cloudformation) == ["SUCCESS", "SUCCESS"]
