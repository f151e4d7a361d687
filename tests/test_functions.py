"""Functions are bundled with their library, the same way each time."""

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import functions
from functions import bundle


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(functions, "BUNDLES", tmp_path / "bundles")
    code = tmp_path / "greeting"
    (code / "words").mkdir(parents=True)
    (code / "app.py").write_text("from aws_lambda_powertools import Logger\nimport words.hello\n")
    (code / "words" / "hello.py").write_text("HELLO = 'hello'\n")
    (code / "__pycache__").mkdir()
    (code / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"\0")
    return code


def names(bundled: Path) -> set[str]:
    return {path.relative_to(bundled).as_posix() for path in bundled.rglob("*") if path.is_file()}


def test_bundle_holds_the_code_and_what_it_imports(folder: Path) -> None:
    found = names(bundle(folder))
    assert {"app.py", "words/hello.py"} < found
    assert {"aws_lambda_powertools/__init__.py", "jmespath/__init__.py", "typing_extensions.py"} < found
    assert not [name for name in found if "__pycache__" in name or name.endswith((".pyc", ".pth", "RECORD"))]
    # Licences travel with the code they cover.
    assert [name for name in found if name.startswith("jmespath-") and "LICENSE" in name]


def test_bundle_runs_on_its_own(folder: Path) -> None:
    # -I and -S: neither this environment's packages nor the current folder.
    program = (
        f"import sys; sys.path.insert(0, {str(bundle(folder))!r}); import app; print(app.words.hello.HELLO)"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "hello\n"


def test_equal_code_gives_one_bundle(folder: Path) -> None:
    first = bundle(folder)
    written = first.stat().st_mtime_ns
    time.sleep(0.01)
    (folder / "app.py").touch()
    assert bundle(folder) == first
    assert first.stat().st_mtime_ns == written
    (folder / "app.py").write_text("CHANGED = True\n")
    assert bundle(folder) != first


def test_several_at_once_leave_one_whole_bundle(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        (target,) = set(pool.map(bundle, [folder] * 8))
    assert [path.name for path in functions.BUNDLES.iterdir()] == [target.name]
    assert "aws_lambda_powertools/__init__.py" in names(target)


def test_an_interrupted_bundle_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bundle(folder)
    assert "app.py" in names(bundle(folder))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing-here"):
        bundle(tmp_path / "nothing-here")
