"""A seed of two layers, and what is done to its workspace."""

from collections.abc import Mapping
from pathlib import Path

from base.seeds import Seed
from scripts.seeds.opened import RECORD
from scripts.seeds.saving import save_seed
from tests.base.test_seeds import content, write

SEED, BASE = Seed("base", "top"), Seed("base")
SEEDS = (SEED, BASE)


def save(folder: Path, root: Path, layer: str | None = None) -> list[str]:
    changes = save_seed(folder, seeds=SEEDS, root=root, layer=layer)
    return [f"{each.outcome} {each.subject}".replace(f"{root}/", "") for each in changes]


def composed(root: Path) -> dict[str, str]:
    return {file: layer.files[file].read_text("utf-8") for file, layer in sorted(SEED.origins(root).items())}


def work(folder: Path) -> dict[str, str]:
    """What is in a workspace, without its record and what tools leave."""
    found = content(folder).items()
    return {name: text for name, text in found if name != RECORD and "__pycache__" not in name}


def change(folder: Path, files: Mapping[str, str | None]) -> None:
    for name, text in files.items():
        if text is None:
            (folder / name).unlink()
        else:
            write(folder, {name: text})
