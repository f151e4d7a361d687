"""Environments of child processes: complete, reused, renewed, and never changed by whoever uses them."""

import json
import subprocess
from pathlib import Path

import pytest

from emulator.machine import environments


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("environments")


@pytest.fixture(scope="module")
def prepared(root: Path) -> environments.Environment:
    return environments.prepare("codebuild", root=root)


def installed(environment: environments.Environment) -> dict[str, str]:
    """Return the packages of an environment, by its own pip."""
    command = [str(environment.python), "-m", "pip", "list", "--format", "json"]
    listed = json.loads(subprocess.check_output(command, text=True))
    return {package["name"]: package["version"] for package in listed}


def test_contains_exactly_what_is_locked(prepared: environments.Environment) -> None:
    lock = (environments.LOCKS / "codebuild.lock").read_text(encoding="utf-8")
    locked = dict(line.split(" ")[0].split("==") for line in lock.splitlines() if "==" in line)

    assert installed(prepared) == locked


def test_is_reused_until_the_lock_changes(
    prepared: environments.Environment, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    marker = prepared.folder / "kept"
    marker.touch()

    environments.prepare("codebuild", root=root, tell=told.append)
    assert (told, marker.exists()) == ([], True)

    changed = (environments.LOCKS / "codebuild.lock").read_text(encoding="utf-8") + "# changed\n"
    (tmp_path / "codebuild.lock").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(environments, "LOCKS", tmp_path)
    environments.prepare("codebuild", root=root, tell=told.append)
    assert (len(told), marker.exists()) == (1, False)


def test_is_created_again_after_one_was_left_half_way(root: Path, prepared: environments.Environment) -> None:
    (prepared.folder / ".complete").unlink()
    (prepared.bin / "pip").unlink()

    assert (environments.prepare("codebuild", root=root).bin / "pip").exists()


def test_a_copy_works_and_keeps_its_changes_to_itself(
    root: Path, prepared: environments.Environment, tmp_path: Path
) -> None:
    copy = prepared.copy(tmp_path / "copy")

    located = subprocess.check_output([str(copy.bin / "pip"), "--version"], text=True)
    assert str(copy.folder) in located
    subprocess.check_call([str(copy.bin / "pip"), "uninstall", "--quiet", "--yes", "uv"])
    assert "uv" not in installed(copy)
    assert "uv" in installed(prepared)


def test_says_what_the_installer_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lambda.lock").write_text("boto3==1.40.4\n", encoding="utf-8")
    monkeypatch.setattr(environments, "LOCKS", tmp_path)

    with pytest.raises(environments.EnvironmentSetupError, match=r"(?s)uv pip sync.*must have a hash"):
        environments.prepare("lambda", root=tmp_path / "environments")


@pytest.mark.parametrize("name", environments.NAMES)
def test_locks_name_hashes_and_no_host(name: str) -> None:
    lock = (environments.LOCKS / f"{name}.lock").read_text(encoding="utf-8")

    assert "--hash=sha256:" in lock
    assert "http" not in lock
    assert "index" not in lock


@pytest.mark.parametrize("name", environments.NAMES)
def test_locks_hold_what_their_requirements_say(name: str) -> None:
    """A library that is pinned apart from the one it belongs to drifts away from it."""
    wanted, locked = (
        {
            line.split(" ")[0]
            for line in (environments.LOCKS / f"{name}.{kind}").read_text("utf-8").splitlines()
        }
        for kind in ("in", "lock")
    )
    assert {line for line in wanted if "==" in line} <= locked
    versions = dict(line.split("==") for line in locked if "==" in line)
    if "boto3" in versions:
        # AWS releases both together, and every runtime and image has them so.
        assert versions["boto3"].split(".")[:2] == versions["botocore"].split(".")[:2]


def test_download_settings_keep_the_way_to_the_index_and_nothing_else(tmp_path: Path) -> None:
    surroundings = {
        "PIP_INDEX_URL": "https://mirror.example/simple",
        "AWS_PROFILE": "personal",
        "HOME": "/home/me",
    }

    settings = environments.download_settings(root=tmp_path, surroundings=surroundings)

    assert settings["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert settings["NO_PROXY"] == "127.0.0.1"
    assert not {"AWS_PROFILE", "HOME"} & settings.keys()
