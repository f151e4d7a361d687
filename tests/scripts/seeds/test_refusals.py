"""Whatever is damaged or cannot be written, a command says it in one sentence."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from base.seeds import Seed
from scripts.catalog import app
from scripts.console.change import OperatorError
from scripts.seeds.opened import RECORD
from scripts.seeds.saving import save_seed
from scripts.seeds.workspace import open_seed
from tests.base.test_seeds import content
from tests.scripts.seeds.layers import SEED, SEEDS, change, save

Damage = Callable[[str], str | bytes]


def with_(**changes: object) -> Damage:
    return lambda text: json.dumps(json.loads(text) | changes)


DAMAGES: Mapping[str, Damage] = {
    "empty": lambda _: "",
    "cut off": lambda text: text[: len(text) // 2],
    "no JSON": lambda _: "product: a",
    "another encoding": lambda _: b"\xff\xfe",
    "a list": lambda _: "[]",
    "unknown key": with_(more=1),
    "no layers": with_(layers=[]),
    "layer of another seed": with_(layers=["base"]),
    "layer elsewhere": with_(layers=["../base", "top"], files={}),
    "file elsewhere": with_(files={"../base/README.md": {"layer": "top", "digest": "0"}}),
    "absolute file": with_(files={"/etc/passwd": {"layer": "top", "digest": "0"}}),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_a_damaged_record(root: Path, folder: Path, damage: Damage) -> None:
    damaged = damage((folder / RECORD).read_text("utf-8"))
    (folder / RECORD).write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    change(folder, {"src/more.py": "new"})
    before = content(root)
    with pytest.raises(OperatorError, match=r"\.seed\.json is damaged or cannot be read") as raised:
        save(folder, root)
    assert "\n" not in str(raised.value)
    assert content(root) == before


def test_the_command_ends_with_exit_code_2(folder: Path) -> None:
    (folder / RECORD).write_text("{}", "utf-8")
    result = CliRunner().invoke(app, ["seed", "save", str(folder)])
    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)


def test_a_damaged_manifest_of_a_layer(root: Path, folder: Path) -> None:
    change(folder, {"src/new.py": "new"})
    for damage in (b"about =", b"\xff\xfe"):
        (root / "top" / "layer.toml").write_bytes(damage)
        with pytest.raises(OperatorError, match=r"top/layer\.toml cannot be read.*Nothing has been saved"):
            save(folder, root)
    with pytest.raises(OperatorError, match=r"top/layer\.toml cannot be read"):
        list(open_seed("product", SEED, root.parent / "other", root=root))


def test_layers_that_no_product_begins_with(root: Path, folder: Path) -> None:
    with pytest.raises(OperatorError, match="No product begins with base, top any more"):
        list(save_seed(folder, seeds=[Seed("base")], root=root))


@pytest.mark.parametrize("place", ["/dev/null/new", "/dev/null"])
def test_a_folder_that_cannot_be_made(root: Path, place: str) -> None:
    with pytest.raises(OperatorError, match="/dev/null"):
        list(open_seed("product", SEED, Path(place), root=root))


def test_a_folder_among_the_layers(root: Path) -> None:
    before = content(root)
    with pytest.raises(OperatorError, match="is among the layers"):
        list(open_seed("product", SEED, root / "top" / "work", root=root))
    assert content(root) == before


def test_a_folder_that_is_not_writable_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, root: Path, folder: Path
) -> None:
    change(folder, {"src/new.py": "new", "src/read.py": "new"})
    before = content(root), content(folder)
    for closed in (root / "top" / "src", folder):
        monkeypatch.setattr(os, "access", lambda path, mode, closed=closed: path != closed)
        with pytest.raises(OperatorError, match=r"cannot be written: make .* writable.*Nothing has changed"):
            save(folder, root)
        assert (content(root), content(folder)) == before


def test_what_cannot_be_written_after_all_is_saved_by_the_next(root: Path, folder: Path) -> None:
    change(folder, {"src/new.py": "new", "src/more.py": "new"})
    (root / "top" / "src" / "new.py.part").mkdir()
    with pytest.raises(OperatorError, match=r"new\.py\.part: Is a directory\. Mend this, and repeat"):
        save(folder, root)
    (root / "top" / "src" / "new.py.part").rmdir()
    save(folder, root)
    assert save(folder, root) == [f"identical {folder}"]


def test_a_layer_whose_folder_is_missing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="No such file or directory"):
        list(save_seed(folder, seeds=SEEDS, root=tmp_path / "nowhere"))
