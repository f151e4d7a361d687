"""`python app.py` gives the same bytes each time: from any folder, offline, without credentials."""

import os
import subprocess
import sys
from pathlib import Path

from tests.hangs import HANGS

APP = Path(__file__).parents[2] / "app.py"


def start(outdir: Path, folder: Path, seed: str) -> "subprocess.Popen[bytes]":
    folder.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "CDK_OUTDIR": str(outdir),
        # A set is walked through in another order under another seed.
        "PYTHONHASHSEED": seed,
        # Nothing answers there.
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    return subprocess.Popen([sys.executable, str(APP)], cwd=folder, env=environment)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_syntheses_are_equal(tmp_path: Path) -> None:
    outdirs = [tmp_path / "first", tmp_path / "second"]
    runs = [start(outdir, tmp_path / f"from-{number}", str(number)) for number, outdir in enumerate(outdirs)]
    assert [run.wait(timeout=HANGS) for run in runs] == [0, 0]
    first, second = map(contents, outdirs)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert any(name.endswith("portfolios.template.json") for name in first)
