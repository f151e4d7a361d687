"""A project's central group is prepared once, for this project alone, and promotion keeps it so."""

import json
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from base.settings import load
from registry.functions.model_registry.group_policy import group_policy
from registry.serving import readers
from scripts.catalog import app
from scripts.console.change import OperatorError, Outcome
from scripts.versions import groups
from scripts.versions.groups import RegisteringProject, prepare
from tests.registry.cloud import (
    HUB,
    OTHER_TEAM,
    TEAM,
    Call,
    Cloud,
    Group,
    Killed,
    Parameters,
    client,
    policy,
    use,
)

SETTINGS = load()
READERS = readers(SETTINGS.names, SETTINGS.organization, (SETTINGS.names.endpoint_role,))
NAME, IDENTIFIER = "churn", "p-k2xyz0abcdef"
GROUP = f"{NAME}-{IDENTIFIER}"
ROLE = f"mlplatform-training-{IDENTIFIER}"
TAGS = {"source-account": TEAM, "registers-directly": ROLE}
CREATE, UPDATE, IDENTICAL = Outcome.CREATE, Outcome.UPDATE, Outcome.IDENTICAL


@pytest.fixture
def cloud() -> Cloud:
    made = Cloud()
    use(made)
    return made


def project(account: str = TEAM) -> RegisteringProject:
    return RegisteringProject.of(SETTINGS, name=NAME, identifier=IDENTIFIER, account=account)


def outcomes(*, pretend: bool = False, account: str = TEAM) -> list[Outcome]:
    changes = prepare(project(account), sagemaker=client("sagemaker"), readers=READERS, pretend=pretend)
    return [change.outcome for change in changes]


def has(cloud: Cloud, tags: dict[str, str], *, shared: bool = True) -> Group:
    """A central group that is there already."""
    group = Group(name=GROUP, account=HUB, tags=dict(tags))
    if shared:
        group.policy = json.dumps(group_policy(group.arn, tags, READERS))
    cloud.groups[HUB, GROUP.lower()] = group
    return group


def registrars(cloud: Cloud) -> dict[str, Any]:
    """What the group's policy lets its registering role do."""
    statements = policy(cloud, GROUP)["Statement"]
    return {
        action: statement
        for statement in statements
        if statement["Sid"].startswith("Registering")
        for action in statement["Action"]
    }


def test_a_group_lets_the_projects_training_role_register_and_nobody_else(cloud: Cloud) -> None:
    assert outcomes() == [CREATE, CREATE]
    assert cloud.groups[HUB, GROUP.lower()].tags == TAGS
    registering = registrars(cloud)
    assert set(registering) == {
        "sagemaker:CreateModelPackage",
        "sagemaker:DescribeModelPackage",
        "sagemaker:DescribeModelPackageGroup",
        "sagemaker:ListModelPackages",
    }
    for statement in registering.values():
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{TEAM}:root"}
        assert statement["Condition"]["ArnEquals"] == {"aws:PrincipalArn": f"arn:aws:iam::{TEAM}:role/{ROLE}"}


def test_a_project_registers_no_version_that_is_approved_or_has_a_receipt(cloud: Cloud) -> None:
    outcomes()
    conditions = registrars(cloud)["sagemaker:CreateModelPackage"]["Condition"]
    assert conditions["StringEquals"] == {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}
    assert conditions["Null"] == {
        "sagemaker:CustomerMetadataProperties/receipt_sha256": "true",
        "sagemaker:CustomerMetadataProperties/receipt_uri": "true",
        "sagemaker:CustomerMetadataProperties/source_model_package_arn": "true",
        "sagemaker:ModelLifeCycle:Stage": "true",
    }


def test_a_second_time_changes_nothing(cloud: Cloud) -> None:
    outcomes()
    cloud.calls.clear()
    assert outcomes() == [IDENTICAL, IDENTICAL]
    assert not [
        operation for operation in cloud.calls if not operation.startswith(("Describe", "Get", "List"))
    ]


@pytest.mark.parametrize(
    ("tags", "shared", "expected"),
    [
        pytest.param({"source-account": TEAM}, True, [UPDATE, UPDATE], id="made by promotion"),
        pytest.param(TAGS, False, [IDENTICAL, CREATE], id="killed before the policy"),
        pytest.param(TAGS, True, [IDENTICAL, IDENTICAL], id="complete"),
        pytest.param({**TAGS, "team": "churn"}, True, [IDENTICAL, IDENTICAL], id="more tags"),
    ],
)
def test_what_is_missing_is_added(
    cloud: Cloud, tags: dict[str, str], shared: bool, expected: list[Outcome]
) -> None:
    group = has(cloud, tags, shared=shared)
    before = (dict(group.tags), group.policy)
    assert outcomes(pretend=True) == expected
    assert (group.tags, group.policy) == before
    assert outcomes() == expected
    assert group.tags == {**tags, **TAGS}
    assert policy(cloud, GROUP) == group_policy(group.arn, TAGS, READERS)


def test_pretending_creates_nothing(cloud: Cloud) -> None:
    assert outcomes(pretend=True) == [CREATE, CREATE]
    assert not cloud.groups


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        pytest.param(
            {"source-account": OTHER_TEAM}, f"holds the models of account {OTHER_TEAM}", id="another account"
        ),
        pytest.param({}, "has no tag source-account", id="nobody known"),
        pytest.param(
            {"source-account": TEAM, "registers-directly": "mlplatform-training-p-other"},
            "The role mlplatform-training-p-other registers in the central group",
            id="another role",
        ),
    ],
)
def test_a_group_of_others_is_left_alone(cloud: Cloud, tags: dict[str, str], sentence: str) -> None:
    group = has(cloud, tags, shared=False)
    with pytest.raises(OperatorError, match=sentence):
        outcomes()
    assert (group.tags, group.policy) == (tags, "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"name": "churn_model"}, "'churn_model' is not the name of a project", id="name"),
        pytest.param({"name": "n" * 33}, "is not the name of a project", id="long name"),
        pytest.param({"identifier": "P-1"}, "'P-1' is not the id of a project", id="id"),
        pytest.param({"account": "3333"}, "'3333' is not the id of an account", id="account"),
    ],
)
def test_what_no_project_has_is_refused(changes: dict[str, str], sentence: str) -> None:
    given = {"name": NAME, "identifier": IDENTIFIER, "account": TEAM} | changes
    with pytest.raises(OperatorError, match=sentence):
        RegisteringProject.of(SETTINGS, **given)


def command(monkeypatch: pytest.MonkeyPatch, *options: str) -> Any:
    session = SimpleNamespace(client=lambda service, **_: client(service))
    monkeypatch.setattr(groups, "aws_session", lambda _: session)
    given = ["--project-name", NAME, "--project-id", IDENTIFIER, "--account", TEAM]
    return CliRunner().invoke(app, ["group", "create", *given, *options])


def test_command_says_what_it_does(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    done = command(monkeypatch)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == [
        f"   create  group {GROUP}",
        f"   create  registration by {ROLE} of account {TEAM}",
    ]


def test_command_refuses_credentials_of_another_account(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = {"Account": TEAM, "Arn": f"arn:aws:iam::{TEAM}:root"}
    cloud.interfere = lambda _, operation, call: theirs if operation == "GetCallerIdentity" else call()
    refused = command(monkeypatch)
    assert refused.exit_code == 2
    assert f"These credentials belong to account {TEAM}" in refused.output
    assert not cloud.groups


@pytest.mark.parametrize("number", range(4))
def test_killed_at_any_call_the_next_run_completes_it(cloud: Cloud, number: int) -> None:
    def die(at: int, _: str, call: Call) -> Parameters:
        if at == number:
            with suppress(ClientError):
                call()
            raise Killed
        return call()

    cloud.interfere = die
    with pytest.raises(Killed):
        outcomes()
    cloud.interfere = lambda _, __, call: call()
    outcomes()
    assert cloud.groups[HUB, GROUP.lower()].tags == TAGS
    assert "sagemaker:CreateModelPackage" in registrars(cloud)
