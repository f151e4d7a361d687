"""The folders that builds work in: whose they are, and what becomes of them."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from base.places import REPOSITORY
from emulator.codebuild.folders import build_folder
from emulator.machine import environments

OTHER_PROCESS = """
import sys
from pathlib import Path
from emulator.codebuild.folders import build_folder
from emulator.machine import environments
environments.FOLDER = Path(sys.argv[1])
with build_folder() as folder:
    print(folder.name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    return tmp_path / "builds"


def wait_for_removal() -> None:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon and "_remove" in thread.name:
            thread.join()


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_dir())


def test_builds_that_follow_one_another_get_the_same_empty_folder(root: Path) -> None:
    with build_folder() as first:
        (first / "left").touch()
    with build_folder() as second:
        assert second == first
        assert list(second.iterdir()) == []
    wait_for_removal()
    assert folders(root) == []


def test_builds_at_the_same_time_get_folders_of_their_own() -> None:
    with build_folder() as first, build_folder() as second:
        assert [first.name, second.name] == ["1", "2"]


def test_another_process_takes_the_next_folder_and_gives_it_back_when_killed(root: Path) -> None:
    command = [sys.executable, "-c", OTHER_PROCESS, str(root.parent)]
    with (
        build_folder() as own,
        subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other,
    ):
        assert other.stdout is not None
        assert [own.name, other.stdout.readline().strip()] == ["1", "2"]
        (root / "2" / "left").touch()
        other.kill()
        other.wait()
        with build_folder() as next_one:
            assert next_one.name == "2"
            assert list(next_one.iterdir()) == []
    wait_for_removal()
    assert folders(root) == []


def test_a_build_that_fails_leaves_nothing(root: Path) -> None:
    def fail() -> None:
        with build_folder() as folder:
            (folder / "left").touch()
            raise RuntimeError("failed")

    with pytest.raises(RuntimeError, match="failed"):
        fail()
    wait_for_removal()
    assert folders(root) == []
