"""What belongs to an algorithm or a source of data lies in its layer, and nowhere else."""

from base.seeds import Layer
from pipelines import model_build
from tests.seed_code.test_repository import imports

OF_ALGORITHMS = {"xgboost"}
"""Packages that one algorithm needs, and another does not."""


def test_what_every_build_repository_has_needs_no_algorithm() -> None:
    for name in model_build.LAYERS:
        for file, path in Layer.read(name).files.items():
            if path.suffix == ".py":
                assert not imports(path.read_text(encoding="utf-8")) & OF_ALGORITHMS, file
