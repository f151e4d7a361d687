import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from base.places import REPOSITORY
from rehearsal.processes import AlreadyRunningError, ProcessError, run, single_run
from tests.hangs import HANGS


def gone(process_id: int) -> bool:
    """Whether a process ends in time."""
    deadline = time.monotonic() + HANGS
    while time.monotonic() < deadline:
        if not psutil.pid_exists(process_id) or psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_a_command_passes_on_its_lines_and_its_environment() -> None:
    told: list[str] = []
    script = "import os; print('one'); print(); print(sorted(os.environ)[:1]); print(os.getcwd())"
    lines = run([sys.executable, "-c", script], environment={"ONLY": "this"}, tell=told.append)
    assert lines == told
    assert lines[0] == "one"
    assert lines[-1] == str(REPOSITORY)


def test_a_failed_command_says_what_it_said_last() -> None:
    script = "import sys; print('begun', flush=True); sys.exit('the reason')"
    with pytest.raises(ProcessError, match=r"failed:\nbegun\nthe reason"):
        run([sys.executable, "-c", script], environment={})


def test_a_command_ends_with_all_it_started() -> None:
    script = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid)"
    [line] = run([sys.executable, "-c", script], environment={"PATH": os.environ["PATH"]})
    assert gone(int(line))


def test_a_command_does_not_outlive_its_killed_starter(tmp_path: Path) -> None:
    pids = tmp_path / "pids.json"
    command_script = (
        "import json, os, pathlib, subprocess; child = subprocess.Popen(['sleep', '60']); "
        f"pathlib.Path({str(pids)!r}).write_text(json.dumps([os.getpid(), child.pid])); child.wait()"
    )
    starter_script = (
        "import sys; from rehearsal.processes import run; "
        f"run([sys.executable, '-c', {command_script!r}], environment={{}})"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", starter_script],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
    )
    deadline = time.monotonic() + HANGS
    while not (pids.exists() and pids.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    command, child = json.loads(pids.read_text())
    starter.kill()
    starter.wait()
    assert gone(command)
    assert gone(child)


def test_a_folder_is_held_by_one_run_at_a_time(tmp_path: Path) -> None:
    refused = pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}")
    with single_run(tmp_path), refused, single_run(tmp_path):
        pytest.fail("both hold it")
    with single_run(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
