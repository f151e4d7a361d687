"""`python app.py` gives the same bytes from any folder, offline, without credentials, kept or made anew."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from base import assemblies
from base.places import BUILD, REPOSITORY
from tests.hangs import HANGS

APP = REPOSITORY / "app.py"
# Writes the name of each file that the app opens, and runs the app as Python runs a program.
LISTENING = """
import os, runpy, sys
_, log, program = sys.argv
heard = open(log, "w", buffering=1)
def hear(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        heard.write(os.path.abspath(os.fsdecode(arguments[0])) + chr(10))
sys.addaudithook(hear)
sys.argv = [program]
sys.path[0] = os.path.dirname(program)
runpy.run_path(program, run_name="__main__")
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A synthesis in a process of its own.

    Attributes:
        folder: All that it uses: where it starts, what it writes, and the assemblies that it keeps.
    """

    folder: Path

    @property
    def outdir(self) -> Path:
        return self.folder / "out"

    @property
    def opened(self) -> Path:
        return self.folder / "opened"

    def start(self, *, seed: str, kept: Path, **variables: str) -> "subprocess.Popen[bytes]":
        self.folder.mkdir()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "CDK_OUTDIR": str(self.outdir),
            assemblies.FOLDER_VARIABLE: str(kept),
            # A set is walked through in another order under another seed.
            "PYTHONHASHSEED": seed,
            # Nothing answers there.
            "HTTPS_PROXY": "http://127.0.0.1:9",
        }
        return subprocess.Popen(
            [sys.executable, "-c", LISTENING, str(self.opened), str(APP)],
            cwd=self.folder,
            env=environment | variables,
        )

    def contents(self) -> Mapping[str, bytes]:
        return {
            str(path.relative_to(self.outdir)): path.read_bytes()
            for path in self.outdir.rglob("*")
            if path.is_file()
        }


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Two syntheses, each of which finds nothing kept."""
    folder = tmp_path_factory.mktemp("syntheses")
    made = (Run(folder=folder / "first"), Run(folder=folder / "second"))
    # The one for a command that names a stack, and thus with another context.
    contexts = ('{"aws:cdk:bundling-stacks": ["**"]}', '{"aws:cdk:bundling-stacks": ["mlplatform-registry"]}')
    started = [
        run.start(seed=str(number), kept=run.folder / "kept", CDK_CONTEXT_JSON=context)
        for number, (run, context) in enumerate(zip(made, contexts, strict=True))
    ]
    assert [process.wait(timeout=HANGS) for process in started] == [0, 0]
    return made


def differences(first: Mapping[str, bytes], second: Mapping[str, bytes]) -> list[str]:
    return [name for name in {**first, **second} if first.get(name) != second.get(name)]


def test_two_syntheses_are_equal(runs: tuple[Run, Run]) -> None:
    first, second = (run.contents() for run in runs)
    assert differences(first, second) == []
    assert any(name.endswith("portfolios.template.json") for name in first)


def test_a_kept_assembly_is_that_of_a_synthesis(runs: tuple[Run, Run], tmp_path: Path) -> None:
    new, _ = runs
    again = Run(folder=tmp_path / "again")
    context = '{"aws:cdk:bundling-stacks": ["mlplatform-foundation"]}'
    # Without Node.js there is no CDK.
    process = again.start(
        seed="2", kept=new.folder / "kept", CDK_CONTEXT_JSON=context, JSII_NODE="/nowhere/node"
    )
    assert process.wait(timeout=HANGS) == 0
    assert differences(new.contents(), again.contents()) == []


def test_a_synthesis_reads_nothing_that_the_name_of_its_assembly_does_not_follow_from(
    runs: tuple[Run, Run],
) -> None:
    opened = {source_of(Path(line)) for run in runs for line in run.opened.read_text("utf-8").splitlines()}
    made = (BUILD, REPOSITORY / ".venv")
    own = {
        path for path in opened if path.is_relative_to(REPOSITORY) and not any(map(path.is_relative_to, made))
    }
    known = {path for _, path in assemblies.inputs({})}
    assert {REPOSITORY / "catalog.yaml", APP} < own
    assert sorted(path.relative_to(REPOSITORY).as_posix() for path in own - known) == []


def source_of(path: Path) -> Path:
    """The module of a compiled one, also while it is being written."""
    if path.parent.name != "__pycache__":
        return path
    return path.parent.parent / f"{path.name.partition('.')[0]}.py"
