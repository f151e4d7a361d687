"""What is made once is made by one, however many ask, and is whole or not there."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.sharing import made_once


def make(folder: Path) -> dict[str, Path]:
    with folder.parents[2].joinpath("makers").open("a", encoding="utf-8") as makers:
        makers.write("made\n")
    folder.joinpath("file").write_text("content", encoding="utf-8")
    return {"file": folder / "file"}


def ask(root: Path) -> str:
    return made_once("thing", make, root=root)["file"].read_text("utf-8")


def makers(root: Path) -> int:
    return len(root.joinpath("makers").read_text("utf-8").splitlines())


def test_one_makes_it_for_all(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(ask, [tmp_path] * 4)) == ["content"] * 4
    assert makers(tmp_path) == 1


def test_what_failed_half_way_is_made_anew(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        folder.joinpath("half").write_text("", encoding="utf-8")
        raise RuntimeError("a finding")

    with pytest.raises(RuntimeError, match="a finding"):
        made_once("thing", fail, root=tmp_path)
    assert ask(tmp_path) == "content"
    assert not list(tmp_path.rglob("half"))
