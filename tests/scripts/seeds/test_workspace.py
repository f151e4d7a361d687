"""A seed is opened in a folder, and what is changed there goes back to the layers, or nowhere."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from base.seeds import SEED_CODE, Layer, Seed
from scripts.catalog import app
from scripts.console.change import OperatorError
from scripts.seeds.saving import save_seed
from scripts.seeds.workspace import open_seed
from tests.base.test_seeds import content, write
from tests.scripts.seeds.layers import SEED, SEEDS, change, composed, save, work


def test_a_seed_is_opened_as_it_is_composed(root: Path, folder: Path) -> None:
    assert work(folder) == composed(root)


def test_a_folder_that_holds_something_is_left_alone(root: Path, folder: Path) -> None:
    before = content(folder)
    with pytest.raises(OperatorError, match="is not empty"):
        list(open_seed("product", SEED, folder, root=root))
    assert content(folder) == before


CHANGES: Mapping[str, tuple[Mapping[str, str | None], str | None, list[str]]] = {
    "file of the base": ({"src/read.py": "new"}, None, ["update base/src/read.py"]),
    "file of the layer": ({"src/more.py": "new"}, None, ["update top/src/more.py"]),
    "file that the layer replaces": ({"README.md": "new"}, None, ["update top/README.md"]),
    "new file": ({"src/new.py": "new"}, None, ["create top/src/new.py", "update top/layer.toml"]),
    "new file of the base": ({"src/new.py": "new"}, "base", ["create base/src/new.py"]),
    "deleted file": ({"src/more.py": None}, None, ["delete top/src/more.py", "update top/layer.toml"]),
    "deleted file of the base": ({"src/read.py": None}, None, ["delete base/src/read.py"]),
}


@pytest.mark.parametrize(("files", "layer", "expected"), CHANGES.values(), ids=list(CHANGES))
def test_each_change_goes_to_its_layer(
    root: Path, folder: Path, files: Mapping[str, str | None], layer: str | None, expected: list[str]
) -> None:
    change(folder, files)
    write(folder, {"src/__pycache__/left.pyc": "by a tool"})
    assert save(folder, root, layer) == expected
    assert composed(root) == work(folder)
    # Twice changes nothing more.
    assert save(folder, root, layer) == [f"identical {folder}"]


SIDE = {
    "side/layer.toml": 'about = "S."\non = "base"\nreplaces = ["src/read.py"]',
    "side/src/read.py": "",
}
TOP = 'about = "A layer."\non = "base"\n'
REPLACED = {
    "top/layer.toml": f'{TOP}adds = ["src/more.py"]\nreplaces = ["README.md", "src/read.py"]',
    "top/src/read.py": "theirs",
}
MOVED = {
    "top/layer.toml": f'{TOP}adds = ["src/more.py", "src/read.py"]\nreplaces = ["README.md"]',
    "top/src/read.py": "base",
    "base/src/read.py": None,
}
Misfit = tuple[Mapping[str, str | None], Mapping[str, str | None], str | None, str]
"""Changes in the layers, changes in the workspace, where new files go, and what is said."""

MISFITS: Mapping[str, Misfit] = {
    "changed in both places": (
        {"base/src/read.py": "theirs"},
        {"src/read.py": "mine"},
        None,
        "has changed in the layer base",
    ),
    "new in both places": (
        {"top/src/new.py": "theirs"},
        {"src/new.py": "mine"},
        None,
        "has changed in the layer top",
    ),
    "deletes a replacement": ({}, {"README.md": None}, None, "would be there again"),
    "another layer": ({}, {"a.py": ""}, "other", "name one of base, top"),
    "another layer has replaced it": (
        REPLACED,
        {"src/read.py": "mine"},
        None,
        r"src/read\.py was of the layer base when .* is now of the layer top",
    ),
    "changed after it moved": (
        MOVED,
        {"src/read.py": "mine"},
        None,
        r"src/read\.py has changed in the layer base",
    ),
    "deleted after it moved": (
        MOVED,
        {"src/read.py": None},
        None,
        r"src/read\.py .* is now of the layer top",
    ),
    "new where another layer adds it": (
        {"base/src/new.py": "theirs"},
        {"src/new.py": "mine"},
        None,
        r"The layer top adds src/new\.py, which base has already",
    ),
    "a manifest of its own": ({}, {"layer.toml": ""}, None, "what a layer's manifest is called"),
    "a file where a layer has a folder": (
        {
            "top/src/new/a.py": "",
            "top/layer.toml": f'{TOP}adds = ["src/more.py", "src/new/a.py"]\nreplaces = ["README.md"]',
        },
        {"src/new": "mine"},
        None,
        "cannot have one name",
    ),
    "the layers do not fit": (
        {"top/lost.py": ""},
        {"src/new.py": ""},
        None,
        r"layers/top/layer\.toml does not name lost\.py",
    ),
    "another seed needs it": (SIDE, {"src/read.py": None}, None, "Nothing has been saved"),
}


@pytest.mark.parametrize("misfit", MISFITS.values(), ids=list(MISFITS))
def test_what_does_not_fit_changes_nothing(root: Path, folder: Path, misfit: Misfit) -> None:
    in_layers, files, layer, sentence = misfit
    change(root, in_layers)
    change(folder, files)
    before = content(root), content(folder)
    seeds = (*SEEDS, Seed("base", "side")) if in_layers is SIDE else SEEDS
    with pytest.raises(OperatorError, match=sentence) as raised:
        list(save_seed(folder, seeds=seeds, root=root, layer=layer))
    assert "\n" not in str(raised.value)
    assert (content(root), content(folder)) == before


def test_pretending_changes_nothing(root: Path, folder: Path, tmp_path: Path) -> None:
    change(folder, {"src/new.py": "new"})
    before = content(root), content(folder)
    pretended = list(save_seed(folder, seeds=SEEDS, root=root, pretend=True))
    assert [each.outcome for each in pretended] == ["create", "update"]
    assert (content(root), content(folder)) == before
    list(open_seed("product", SEED, tmp_path / "other", root=root, pretend=True))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    "arguments", [["save", "."], ["open", "no_such_product", "new"]], ids=lambda each: str(each[0])
)
def test_a_mistake_is_a_sentence(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["seed", *arguments])
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1


def test_manifests_stand_in_their_files_as_they_are_written() -> None:
    """So that saving changes no line but those that it has to."""
    manifests = [path.parent for path in SEED_CODE.rglob("layer.toml")]
    assert manifests
    for folder in manifests:
        manifest = Layer.manifest_of(folder.relative_to(SEED_CODE).as_posix())
        assert (folder / "layer.toml").read_text("utf-8") == manifest.to_toml()
