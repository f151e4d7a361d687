from pathlib import Path

import pytest

from base.seeds import Layer
from scripts.seeds.workspace import open_seed
from tests.base.test_seeds import LAYERS, write
from tests.scripts.seeds.layers import SEED


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write(tmp_path / "layers", LAYERS)
    write(root, {f"{name}/layer.toml": Layer.manifest_of(name, root).to_toml() for name in ("base", "top")})
    return root


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    list(open_seed("product", SEED, tmp_path / "work", root=root))
    return tmp_path / "work"
