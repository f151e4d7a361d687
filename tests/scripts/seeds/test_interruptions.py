"""Saves that are killed come to their end when they are repeated, and two at once lose nothing."""

import fcntl
import os
import threading
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest

from base.seeds import Layer, Seed, SeedError
from scripts.console.change import OperatorError
from scripts.seeds import commands, files, saving
from scripts.seeds.opened import RECORD
from scripts.seeds.saving import save_seed
from scripts.seeds.workspace import open_seed
from tests.base.test_seeds import write
from tests.scripts.seeds.layers import SEED, SEEDS, change, composed, save, work


class Killed(BaseException):
    """The process ends here."""


CHANGES = {"src/new.py": "new", "src/read.py": "changed", "src/more.py": None}
AFTERWARDS: Mapping[str, Mapping[str, str | None]] = {
    "as it was": {},
    "new file changed once more": {"src/new.py": "newer"},
    "new file gone again": {"src/new.py": None},
    "deleted file there again": {"src/more.py": "top"},
    "another file deleted": {"src/read.py": None},
    "changed file as it was": {"src/read.py": "base"},
}


def kill_at(monkeypatch: pytest.MonkeyPatch, root: Path, folder: Path, step: int, *, after: bool) -> bool:
    """Save, and be killed before or after a file of a layer or of the workspace changes."""
    steps = count()

    def killed(path: Path) -> bool:
        return (path.is_relative_to(root) or path.is_relative_to(folder)) and next(steps) == step

    def dying(real: object) -> object:
        def call(path: Path, *rest: object) -> None:
            dies = killed(path)
            if dies and not after:
                raise Killed
            real(path, *rest)  # type: ignore[operator]
            if dies:
                raise Killed

        return call

    with monkeypatch.context() as patched:
        for name in ("write", "remove"):
            patched.setattr(saving, name, dying(getattr(files, name)))
        patched.setattr("scripts.seeds.opened.write", dying(files.write))
        try:
            save(folder, root)
        except Killed:
            return True
    return False


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("afterwards", AFTERWARDS.values(), ids=list(AFTERWARDS))
def test_a_killed_save_is_finished_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    root: Path,
    afterwards: Mapping[str, str | None],
    after: bool,
) -> None:
    kept = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    for step in count():
        for path in root.rglob("*"):
            if path.is_file() and path not in kept:
                path.unlink()
        for path, before in kept.items():
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_bytes(before)
        folder = tmp_path / f"work{step}"
        list(open_seed("product", SEED, folder, root=root))
        change(folder, CHANGES)
        killed = kill_at(monkeypatch, root, folder, step, after=after)
        change(folder, afterwards)
        # Killed once more, at the first file of a layer.
        kill_at(monkeypatch, root, folder, 1, after=after)
        save(folder, root)
        assert composed(root) == work(folder)
        assert save(folder, root) == [f"identical {folder}"]
        if not killed:
            # The record, three files, a manifest, and the record.
            assert step == 6
            return


def test_a_save_that_is_repeated_with_another_layer_is_told_of_the_first(
    monkeypatch: pytest.MonkeyPatch, root: Path, folder: Path
) -> None:
    change(folder, {"src/new.py": "new"})
    assert kill_at(monkeypatch, root, folder, 1, after=True)
    with pytest.raises(
        OperatorError, match=r"has begun to write src/new\.py into the layer top.*--layer top"
    ):
        save(folder, root, "base")


def test_a_seed_is_found_while_its_layers_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the command that mends them could not start."""

    def misfit(*_: object) -> None:
        raise SeedError("The layers do not fit.")

    monkeypatch.setattr(Seed, "origins", misfit)
    assert "build_from_s3" in commands._seeds()


def test_half_written_files_of_a_layer_are_none_of_a_seed(root: Path, folder: Path) -> None:
    write(root, {"top/src/more.py.part": "ha", "base/layer.toml.part": "ha", "base/src/x.py.part": "ha"})
    change(folder, {"src/more.py": "new", "src/new.py": "new"})
    write(folder, {"src/read.py.part": "ha", f"{RECORD}.part": "ha"})
    assert save(folder, root) == ["update top/src/more.py", "create top/src/new.py", "update top/layer.toml"]
    assert not [name for name in composed(root) if name.endswith(".part")]


def test_saves_wait_for_one_another(root: Path, tmp_path: Path) -> None:
    folders = [tmp_path / f"work{number}" for number in range(6)]
    for number, folder in enumerate(folders):
        list(open_seed("product", SEED, folder, root=root))
        change(folder, {f"src/new{number}.py": "new"})
    first = save_seed(folders[0], seeds=SEEDS, root=root)
    next(first)
    handle = os.open(root, os.O_RDONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    threads = [threading.Thread(target=save, args=(folder, root)) for folder in folders[1:]]
    for thread in threads:
        thread.start()
    list(first)
    for thread in threads:
        thread.join()
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
    assert {f"src/new{number}.py" for number in range(6)} <= set(Layer.read("top", root).manifest.adds)
    assert save(folders[0], root) == [f"identical {folders[0]}"]


def test_one_change_in_two_workspaces_is_saved_by_one(root: Path, tmp_path: Path) -> None:
    for name in ("mine", "theirs"):
        list(open_seed("product", SEED, tmp_path / name, root=root))
        change(tmp_path / name, {"src/read.py": name})
    save(tmp_path / "theirs", root)
    with pytest.raises(OperatorError, match=r"src/read\.py has changed in the layer base"):
        save(tmp_path / "mine", root)
