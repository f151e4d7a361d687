"""Archives of folders: the same each time, complete, and readable for Lambda."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from base.archives import archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "functions-0123456789abcdef"
    for name in ("app.py", "library/build/model.json", "library/__pycache__/x.cpython-311.pyc"):
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (made / "app.py").chmod(0o600)
    return made


def test_everything_but_compiled_modules_is_in_it(folder: Path) -> None:
    with zipfile.ZipFile(archive(folder)) as zipped:
        held = {entry.filename: zipped.read(entry).decode() for entry in zipped.infolist()}
        assert held == {name: name for name in ("app.py", "library/build/model.json")}
        assert {entry.external_attr >> 16 for entry in zipped.infolist()} == {0o644}


def test_equal_files_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / folder.name
    other.parent.mkdir()
    first = archive(folder).read_bytes()
    folder.rename(other)
    (other / "app.py").chmod(0o755)
    (other / "app.py").touch()
    assert archive(other).read_bytes() == first


def test_it_is_made_once_however_many_ask(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(archive, [folder] * 16))
    assert made == {folder.with_name(f"{folder.name}.zip")}
    assert sorted(path.name for path in folder.parent.iterdir()) == [folder.name, f"{folder.name}.zip"]
    written = archive(folder).stat().st_mtime_ns
    assert archive(folder).stat().st_mtime_ns == written
