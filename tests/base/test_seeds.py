"""Seeds are composed of whole files, and layers that do not fit are refused in a sentence."""

import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from base import seeds
from base.seeds import Seed, SeedError

LAYERS: Mapping[str, str] = {
    "base/layer.toml": 'about = "A base."',
    "base/README.md": "base",
    "base/src/read.py": "base",
    "base/src/__pycache__/read.pyc": "left by a tool",
    "top/layer.toml": 'about = "A layer."\non = "base"\nadds = ["src/more.py"]\nreplaces = ["README.md"]',
    "top/README.md": "top",
    "top/src/more.py": "top",
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    return root


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(seeds, "SEEDS", tmp_path / "composed")
    return write(tmp_path / "layers", LAYERS)


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_layer_adds_and_replaces_whole_files(root: Path) -> None:
    assert content(Seed("base").compose(root)) == {"README.md": "base", "src/read.py": "base"}
    assert content(Seed("base", "top").compose(root)) == {
        "README.md": "top",
        "src/more.py": "top",
        "src/read.py": "base",
    }


def test_each_file_knows_its_layer(root: Path) -> None:
    origins = Seed("base", "top").origins(root)
    assert {file: layer.name for file, layer in origins.items()} == {
        "README.md": "top",
        "src/more.py": "top",
        "src/read.py": "base",
    }


def test_a_layer_lies_on_one_of_several(root: Path) -> None:
    tool = {
        "tool/layer.toml": 'about = "A tool."\non = ["other", "base"]\nadds = ["tool.lock"]',
        "tool/tool.lock": "1",
    }
    write(root, {**tool, "other/layer.toml": 'about = "Another base."', "other/a.py": ""})
    for seed in (Seed("base", "tool", "top"), Seed("base", "top", "tool"), Seed("other", "tool")):
        assert content(seed.compose(root))["tool.lock"] == "1"


def test_a_half_written_file_is_of_no_layer(root: Path) -> None:
    before = Seed("base", "top").compose(root)
    write(root, {"top/src/more.py.part": "ha", "base/a.part": "", "base/layer.toml.part": "about ="})
    assert Seed("base", "top").compose(root) == before


def test_equal_content_gives_the_same_folder_also_at_once(root: Path) -> None:
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(Seed("base", "top").compose(root))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    write(root, {"top/README.md": "changed"})
    assert Seed("base", "top").compose(root) not in found


ON_BASE = 'about = "A layer."\non = "base"\n'
MISTAKES: Mapping[str, tuple[Mapping[str, str], Seed, str]] = {
    "no such layer": ({}, Seed("base", "nowhere"), "There is no layer nowhere"),
    "manifest is no TOML": ({"top/layer.toml": "about ="}, Seed("base", "top"), "cannot be read"),
    "unknown key": ({"top/layer.toml": ON_BASE + "moves = []"}, Seed("base", "top"), "moves"),
    "file of no manifest": ({"top/new.py": ""}, Seed("base", "top"), r"does not name new\.py"),
    "manifest of no file": (
        {"top/layer.toml": ON_BASE + 'adds = ["src/more.py", "gone.py"]\nreplaces = ["README.md"]'},
        Seed("base", "top"),
        r"names gone\.py, and there is no such file",
    ),
    "named twice": (
        {"top/layer.toml": ON_BASE + 'adds = ["src/more.py", "README.md"]\nreplaces = ["README.md"]'},
        Seed("base", "top"),
        r"names README\.md twice",
    ),
    "replaces nothing": (
        {"top/layer.toml": ON_BASE + 'replaces = ["src/more.py", "README.md"]'},
        Seed("base", "top"),
        r"replaces src/more\.py, which no layer below it has",
    ),
    "adds what is there": (
        {"top/layer.toml": ON_BASE + 'adds = ["src/more.py", "README.md"]'},
        Seed("base", "top"),
        r"adds README\.md, which base has already",
    ),
    "base with a list": (
        {"base/layer.toml": 'about = "A base."\nadds = ["README.md"]'},
        Seed("base"),
        "all files of a base belong to it",
    ),
    "no base": ({}, Seed("top"), "lies on base: name that one first"),
    "one of two, and neither is there": (
        {
            "other/layer.toml": 'about = "Another base."',
            "other/a.py": "",
            "two/layer.toml": 'about = "A layer."\non = ["base", "third"]\nadds = ["b.py"]',
            "two/b.py": "",
        },
        Seed("other", "two"),
        "lies on base or third, and not on other, two",
    ),
    "manifest in another encoding": ({"top/layer.toml": "\udcff"}, Seed("base", "top"), "cannot be read"),
    "another base": (
        {"other/layer.toml": 'about = "Another base."', "other/a.py": ""},
        Seed("other", "top"),
        "lies on base, and not on other, top",
    ),
}


@pytest.mark.parametrize(("files", "seed", "sentence"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_one_sentence(root: Path, files: Mapping[str, str], seed: Seed, sentence: str) -> None:
    write(root, files)
    with pytest.raises(SeedError, match=sentence) as raised:
        seed.compose(root)
    assert "\n" not in str(raised.value)
