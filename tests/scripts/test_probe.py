"""`catalog probe` on AWS as it is hoped and as it is feared to be: what it says, and that nothing is left."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assumptions import ASSUMPTIONS
from emulator.core.switches import FEARS
from emulator.machine.isolation import LoopbackSession
from rehearsal.processes import Emulator as EmulatorProcess
from scripts.catalog import app
from scripts.probe import accounts, command
from scripts.probe.scene import Probe, Scene
from tests.assumptions.fallbacks import CHOSEN
from tests.emulator.support import SETTINGS, Emulator

PROBED = {row.key for row in ASSUMPTIONS if row.probed}
SETTINGS_OF_PROBED = {
    row.setting.path: row.setting.fallback for row in ASSUMPTIONS if row.probed and row.setting is not None
}


@pytest.fixture(scope="module", params=["hoped", "feared"])
def aws(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """AWS as it is hoped to be, and as it is feared to be."""
    fears = FEARS if request.param == "feared" else ()
    with EmulatorProcess(tmp_path_factory.mktemp(request.param), fears=fears) as process:
        session = LoopbackSession(process.endpoint, SETTINGS.region)
        yield Emulator(process=process, endpoint=process.endpoint, region=SETTINGS.region, session=session)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator knows roles at once."""
    monkeypatch.setattr(accounts, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(accounts, "PAUSE_SECONDS", 0.1)


@pytest.fixture
def as_administrator(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The surroundings of an administrator of the shared services account."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": aws.hub,
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "COLUMNS": "300",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["probe", "--yes", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def left(aws: Emulator) -> list[str]:
    """What of the probes is still there, as each service lists it."""
    hub = {"account": aws.hub}
    sagemaker = aws.client("sagemaker", **hub)
    listed: list[tuple[list[Any], str]] = [
        (sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"], "ModelPackageGroupName"),
        (sagemaker.list_model_cards()["ModelCardSummaries"], "ModelCardName"),
        (aws.client("ram", **hub).list_permissions(permissionType="CUSTOMER_MANAGED")["permissions"], "name"),
        (aws.client("codecommit", **hub).list_repositories()["repositories"], "repositoryName"),
        (aws.client("iam", **hub).list_roles()["Roles"], "RoleName"),
        (aws.client("cloudformation", **hub).describe_stacks()["Stacks"], "StackName"),
        (aws.client("ssm", **hub).describe_parameters()["Parameters"], "Name"),
    ]
    return [entry[key] for entries, key in listed for entry in entries if "-probe-" in entry[key]]


def is_feared(request: pytest.FixtureRequest) -> bool:
    return "feared" in request.node.callspec.id


@pytest.mark.usefixtures("as_administrator")
def test_every_probe_answers(aws: Emulator, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"

    said = run("--output", str(file))

    answers = json.loads(file.read_text(encoding="utf-8"))
    expected = not is_feared(request)
    held = {each["assumption"]: each["holds"] for each in answers["answers"]}
    assert held == dict.fromkeys(PROBED, expected)
    assert answers["settings"] == ({} if expected else SETTINGS_OF_PROBED)
    assert (answers["account"], answers["region"]) == (aws.hub, aws.region)
    if expected:
        assert "There is nothing to set in catalog.yaml." in said
    for path, value in answers["settings"].items():
        assert f"{path}: {value}" in said
    assert left(aws) == []


def test_the_settings_that_are_not_probed_are_few() -> None:
    unprobed = {f"assumptions.{name}" for name in CHOSEN} - SETTINGS_OF_PROBED.keys()
    assert unprobed == {
        "assumptions.key_access",
        "assumptions.lake_location_trust",
        "assumptions.pipeline_start",
    }


@pytest.mark.usefixtures("as_administrator")
def test_pretend_says_cost_and_makes_nothing(aws: Emulator, tmp_path: Path) -> None:
    said = run("--pretend", "--output", str(tmp_path / "answers.json"))
    assert "It costs nothing" in said
    assert f"In account {aws.hub}" in said
    assert "mlplatform-probe-" in said
    for each in command.PROBES:
        assert each.makes in said
    assert list(tmp_path.iterdir()) == []
    assert left(aws) == []


@pytest.mark.usefixtures("as_administrator")
def test_nothing_is_made_without_a_yes(aws: Emulator) -> None:
    result = CliRunner().invoke(app, ["probe"], input="n\n")
    assert result.exit_code == 1
    assert "It costs nothing" in result.output
    assert left(aws) == []


@pytest.mark.usefixtures("as_administrator")
def test_what_a_killed_run_left_is_removed_by_the_next(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(command, "remove", lambda _: [])
        run("--output", str(tmp_path / "killed.json"))
    assert left(aws)

    said = run("--output", str(tmp_path / "answers.json"))

    assert ": removed" in said
    assert left(aws) == []


@pytest.mark.usefixtures("as_administrator")
def test_an_interrupted_run_removes_what_it_made(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(_: Scene) -> list[Any]:
        raise KeyboardInterrupt

    probes = (*command.PROBES[:3], Probe(keys=("key-alias",), makes="", ask=interrupt))
    monkeypatch.setattr(command, "PROBES", probes)
    result = CliRunner().invoke(app, ["probe", "--yes", "--output", str(tmp_path / "answers.json")])
    assert result.exit_code != 0
    assert left(aws) == []


def test_who_may_not_ask_is_told_that_nothing_is_known(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    role = aws.role(account=aws.hub)
    credentials = aws.client("sts", account=aws.hub).assume_role(RoleArn=role, RoleSessionName="ada")[
        "Credentials"
    ]
    for name, value in {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "answers.json"

    run("--output", str(file))

    answers = json.loads(file.read_text(encoding="utf-8"))
    assert {each["holds"] for each in answers["answers"]} == {None}
    assert answers["settings"] == {}


def test_instance_quota() -> None:
    wanted = accounts.instances()
    assert wanted == {
        "processing job usage": {"ml.m5.large"},
        "training job usage": {"ml.m5.large"},
        "endpoint usage": {"ml.m5.large"},
    }


def test_names_keep_to_the_shortest_limit() -> None:
    settings = SETTINGS.model_copy(update={"name_prefix": "abcdefghijkl"})
    scene = Scene(session=None, settings=settings, account="222222222222")  # type: ignore[arg-type]
    # A managed permission of AWS RAM: 36 characters.
    assert len(scene.name("policy")) <= 36
