"""The command line ends with a sentence and exit code 2 where the operator can correct something."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from base.settings import CATALOG
from scripts.catalog import app
from scripts.console.change import Change, Outcome
from scripts.console.command import report

REACH_AWS = [
    "card show --group churn",
    "prepare",
    "project create churn",
    "project delete churn",
    "project list",
    "project show churn",
    "project update churn",
    "replay",
    "rollback --group churn",
    "share",
]
COMMANDS = ["check", *REACH_AWS]


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither credentials nor a network: the port is closed."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")


def test_the_example_is_complete() -> None:
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 0
    assert "222222222222" in result.output
    assert "It describes the example: write your own ids" in result.output


def test_a_file_of_somebody_is_not_called_the_example(tmp_path: Path) -> None:
    own = CATALOG.read_text(encoding="utf-8").replace("example: true", "")
    for account, digit in enumerate("12345"):
        own = own.replace(digit * 12, f"98765432100{account}")
    path = tmp_path / "catalog.yaml"
    path.write_text(
        own.replace("o-mlplatform1", "o-0a1b2c3d4e").replace("ou-ml01", "ou-x9y8"), encoding="utf-8"
    )
    result = CliRunner().invoke(app, ["check", "--catalog", str(path)])
    assert result.exit_code == 0
    assert "example" not in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_mistake_in_the_catalog_ends_with_exit_code_2(command: str, tmp_path: Path) -> None:
    wrong = tmp_path / "catalog.yaml"
    wrong.write_text(CATALOG.read_text(encoding="utf-8").replace("region:", "regoin:"), encoding="utf-8")
    result = CliRunner().invoke(app, [*command.split(), "--catalog", str(wrong)])
    assert result.exit_code == 2
    assert f"{wrong}:" in result.output
    assert "did you mean 'region'?" in result.output


@pytest.mark.parametrize("command", REACH_AWS)
def test_missing_credentials_end_with_exit_code_2(command: str) -> None:
    result = CliRunner().invoke(app, command.split())
    assert result.exit_code == 2
    assert result.output.startswith("There are no AWS credentials on this machine: sign in")


def test_pretending_tells_what_would_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    changes = [
        Change(Outcome.CREATE, "this"),
        Change(Outcome.UPDATE, "that"),
        Change(Outcome.IDENTICAL, "rest"),
    ]
    report(changes, pretend=True)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["would", "create", "this"],
        ["would", "update", "that"],
        ["identical", "rest"],
    ]
    report(changes)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "create",
        "update",
        "identical",
    ]
