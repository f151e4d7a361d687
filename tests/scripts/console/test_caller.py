"""Every command compares whose credentials it has with whose it needs, and asks AWS nothing else before."""

import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import typer
from botocore.model import OperationModel
from typer.testing import CliRunner

from base.settings import load
from scripts.catalog import app

SETTINGS = load()
NAMES, HUB, TEAM = SETTINGS.names, SETTINGS.accounts.shared_services, "666666666666"
GROUP = "churn-p-abc"
VERSION = f"arn:aws:sagemaker:eu-west-1:{HUB}:model-package/{GROUP}/1"

ENGINEER, OFFICER, LEAD = (
    NAMES.ml_engineer_role,
    NAMES.governance_officer_role,
    NAMES.lead_data_scientist_role,
)
PEOPLE = {
    ENGINEER,
    OFFICER,
    LEAD,
    NAMES.data_scientist_role,
    NAMES.ml_administrator_role,
    NAMES.platform_engineer_role,
}

FROM_THE_HUB: dict[str, tuple[str, set[str]]] = {
    "accounts": ("", {NAMES.platform_engineer_role}),
    "card approve": (f"--model-package {VERSION}", {OFFICER}),
    "group create": (f"--project-name churn --project-id p-abc --account {TEAM}", {ENGINEER}),
    "lineage": (f"--model-package {VERSION}", {ENGINEER, OFFICER}),
    "receipt": (f"{GROUP}/1", {ENGINEER, OFFICER}),
    "replay": ("", {ENGINEER}),
    "rollback": (f"--group {GROUP} --yes", {ENGINEER}),
    "share": ("", {NAMES.platform_engineer_role}),
    "unshare": ("", {NAMES.platform_engineer_role}),
}
"""Commands of the shared services account: arguments, and who may run them."""

FROM_A_TEAM: dict[str, str] = {
    "card create": f"--group {GROUP} --problem Churn",
    "card edit": f"--group {GROUP} --problem Churn",
    "card share": f"--group {GROUP} --account {TEAM}",
}
"""Commands of a lead data scientist, in the account of the model's team."""

OTHERWISE = {
    "access-matrix": "asks AWS nothing",
    "assumptions": "asks AWS nothing",
    "card export": "whoever has the card through AWS RAM reads it, in whichever account",
    "card show": "whoever has the card through AWS RAM reads it, in whichever account",
    "check": "asks AWS nothing",
    "prepare": "asks AWS Organizations whose management account it is: see test_organization",
    "release": "asks AWS nothing",
    "seed open": "asks AWS nothing",
    "seed save": "asks AWS nothing",
    "probe": "whichever account somebody wants to learn of: it says whose it is, and asks before it begins",
    **{
        f"project {name}": "whoever may launch a product, in each account that may: the portfolio decides"
        for name in ("create", "delete", "list", "show", "update")
    },
}


class AskedTooEarlyError(Exception):
    """A command that has not compared the caller yet has asked AWS for something else."""


def session_of(arn: str) -> boto3.Session:
    """A session of one identity, which learns whose it is and nothing else."""

    def answer(model: OperationModel, **_: Any) -> Any:
        if model.name != "GetCallerIdentity":
            raise AskedTooEarlyError(model.name)
        return SimpleNamespace(status_code=200), {"Account": arn.split(":")[4], "Arn": arn}

    session = boto3.Session(
        aws_access_key_id="key", aws_secret_access_key="secret", region_name=SETTINGS.region
    )
    session.events.register("before-call", answer)
    return session


def paths(commands: typer.Typer, *before: str) -> Iterator[str]:
    """The commands of an app, with those of its groups."""
    for command in commands.registered_commands:
        assert command.callback
        yield " ".join([*before, command.name or command.callback.__name__])
    for group in commands.registered_groups:
        assert group.typer_instance
        assert group.name
        yield from paths(group.typer_instance, *before, group.name)


def test_the_tables_know_every_command() -> None:
    """Whoever adds a command says here whose credentials it needs, or why it compares none."""
    assert sorted(paths(app)) == sorted([*FROM_THE_HUB, *FROM_A_TEAM, *OTHERWISE])


def invoke(monkeypatch: pytest.MonkeyPatch, command: str, arguments: str, arn: str) -> Any:
    session = session_of(arn)
    for name, module in list(sys.modules.items()):
        if name.startswith("scripts.") and hasattr(module, "aws_session"):
            monkeypatch.setattr(module, "aws_session", lambda _: session)
    return CliRunner().invoke(app, [*command.split(), *arguments.split()], env={"COLUMNS": "400"})


@pytest.mark.parametrize("command", FROM_THE_HUB)
def test_credentials_of_another_account_are_refused_before_anything_is_said(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise AWS answers truly of that account, such as that production runs nothing there."""
    arguments, roles = FROM_THE_HUB[command]
    arn = f"arn:aws:sts::{TEAM}:assumed-role/{sorted(roles)[0]}/ada"
    result = invoke(monkeypatch, command, arguments, arn)
    assert result.exit_code == 2, result.exception
    assert result.output.startswith(f"These credentials belong to account {TEAM}: ")
    assert (
        f" from the shared services account {HUB} (catalog.yaml describes the example), as " in result.output
    )
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("command", FROM_THE_HUB)
def test_another_role_of_the_platform_is_refused_before_anything_is_said(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, roles = FROM_THE_HUB[command]
    for other in sorted(PEOPLE - roles):
        arn = f"arn:aws:sts::{HUB}:assumed-role/{other}/ada"
        result = invoke(monkeypatch, command, arguments, arn)
        assert result.exit_code == 2, (other, result.exception)
        assert result.output.startswith(f"These credentials belong to {other}: ")
        assert all(role in result.output for role in roles)


@pytest.mark.parametrize("command", FROM_THE_HUB)
def test_the_roles_that_may_and_an_administrator_go_on(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments, roles = FROM_THE_HUB[command]
    for role in (*sorted(roles), "Administrator"):
        arn = f"arn:aws:sts::{HUB}:assumed-role/{role}/ada"
        result = invoke(monkeypatch, command, arguments, arn)
        assert isinstance(result.exception, AskedTooEarlyError), (role, result.output)


@pytest.mark.parametrize("command", FROM_A_TEAM)
@pytest.mark.parametrize(
    ("account", "role", "refused"),
    [
        (TEAM, LEAD, False),
        (TEAM, "Administrator", False),
        (TEAM, NAMES.data_scientist_role, True),
        (HUB, NAMES.model_card_author_role, False),
        (HUB, "Administrator", False),
        (HUB, OFFICER, True),
        (HUB, ENGINEER, True),
    ],
)
def test_cards_are_written_by_leads_and_their_role_in_the_hub(
    account: str, role: str, refused: bool, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = FROM_A_TEAM[command]
    if "--account" not in arguments:
        arguments += f" --account {TEAM}"
    result = invoke(monkeypatch, command, arguments, f"arn:aws:sts::{account}:assumed-role/{role}/ada")
    if refused:
        assert result.exit_code == 2, result.exception
        assert result.output.startswith(f"These credentials belong to {role}: model cards are written")
    else:
        assert isinstance(result.exception, AskedTooEarlyError), result.output
