"""What belongs to an algorithm, a source or a tool is in its layer, and nowhere else."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path

from base.seeds import SEED_CODE, Layer
from pipelines import model_build

ALGORITHMS = ("xgboost", "booster")
"""Words of one algorithm, which another has no use for."""

NEAR = 0.5
"""Two files are near copies when so many of the lines of the shorter one stand in the other, too."""
FEWEST = 4

ALIKE: Mapping[tuple[str, str], str] = {
    (
        "build/base/.gitignore",
        "deploy/base/.gitignore",
    ): "Git reads one file in a folder; the tools leave the same folders everywhere.",
    (
        "build/base/Makefile",
        "deploy/base/Makefile",
    ): "Each repository has the same three checks, one line each, beside targets of its own.",
    (
        "build/base/buildspec.yml",
        "deploy/base/buildspec.yml",
    ): "CodeBuild reads one file and includes no other; what installs the lock stands in each.",
    (
        "build/base/buildspec.yml",
        "deploy/base/buildspec-integration-test.yml",
    ): "As before: it installs the lock in the same way.",
    (
        "build/base/buildspec.yml",
        "build/container/buildspec-image.yml",
    ): "As before: it installs the lock in the same way.",
    (
        "build/container/buildspec-image.yml",
        "deploy/base/buildspec-integration-test.yml",
    ): "As before: it installs the lock in the same way.",
    (
        "build/container/buildspec-image.yml",
        "deploy/base/buildspec.yml",
    ): "As before: it installs the lock in the same way.",
    (
        "build/container/pyproject.toml",
        "build/tensorflow/pyproject.toml",
    ): "Tools read their settings from one file, beside the dependencies, which differ.",
    (
        "build/container/requirements-image.lock",
        "build/tensorflow/requirements.lock",
    ): "A lock is resolved as a whole; a version that is in both has the same hashes in both.",
    (
        "build/container/requirements.lock",
        "build/tensorflow/requirements.lock",
    ): "A lock is resolved as a whole; a version that is in both has the same hashes in both.",
    (
        "build/container/src/model.py",
        "build/tensorflow/src/model.py",
    ): "Each algorithm declares the same class, which the scripts of every build repository use.",
    (
        "build/container/pyproject.toml",
        "build/xgboost/pyproject.toml",
    ): "Tools read their settings from one file, beside the dependencies, which differ.",
    (
        "build/container/pyproject.toml",
        "deploy/base/pyproject.toml",
    ): "Tools read their settings from one file, beside the dependencies, which differ.",
    (
        "build/container/requirements-image.lock",
        "build/xgboost/requirements.lock",
    ): "A lock is resolved as a whole; a version that is in both has the same hashes in both.",
    (
        "build/container/requirements.lock",
        "build/xgboost/requirements.lock",
    ): "A lock is resolved as a whole; a version that is in both has the same hashes in both.",
    (
        "build/container/requirements.lock",
        "deploy/base/requirements.lock",
    ): "A lock is resolved as a whole; a version that is in both has the same hashes in both.",
    (
        "build/feature_group_data/pipelines/data.py",
        "build/lake_data/pipelines/data.py",
    ): "Each source of data declares the same class, which the pipeline's definition uses.",
    (
        "build/feature_group_data/src/join.py",
        "build/lake_data/src/query.py",
    ): "Both are a step that asks Athena; the one asks SageMaker before.",
    (
        "build/lake_data/pipelines/data.py",
        "build/s3_data/pipelines/data.py",
    ): "Each source of data declares the same class, which the pipeline's definition uses.",
    (
        "build/tensorflow/pyproject.toml",
        "build/xgboost/pyproject.toml",
    ): "Tools read their settings from one file, beside the dependencies, which differ.",
    (
        "build/tensorflow/pyproject.toml",
        "deploy/base/pyproject.toml",
    ): "As before.",
    (
        "build/tensorflow/requirements.lock",
        "build/xgboost/requirements.lock",
    ): "A lock is resolved as a whole; a version that is in both has the same hashes in both.",
    (
        "build/xgboost/pyproject.toml",
        "deploy/base/pyproject.toml",
    ): "Tools read their settings from one file, beside the dependencies, which differ.",
    (
        "build/xgboost/requirements.lock",
        "deploy/base/requirements.lock",
    ): "A lock is resolved as a whole; a version that is in both has the same hashes in both.",
    (
        "deploy/batch/README.md",
        "deploy/realtime/README.md",
    ): "A README is read as a whole; the stages of both pipelines are the same.",
    (
        "deploy/batch/deploy/configuration.py",
        "deploy/realtime/deploy/configuration.py",
    ): "Both read one file a stage, into fields of their own.",
}
"""Files of two layers that are near copies, and why that is right."""


@cache
def layers() -> tuple[Layer, ...]:
    manifests = sorted(SEED_CODE.rglob("layer.toml"))
    return tuple(Layer.read(path.parent.relative_to(SEED_CODE).as_posix()) for path in manifests)


def pairs() -> Iterator[tuple[tuple[str, Path], tuple[str, Path]]]:
    """Two files of two layers, each with its name below the folder of all layers."""
    for one, other in combinations(layers(), 2):
        for file, path in one.files.items():
            for its_file, its_path in other.files.items():
                yield (f"{one.name}/{file}", path), (f"{other.name}/{its_file}", its_path)


@cache
def lines(path: Path) -> Counter[str]:
    """The lines that say something."""
    return Counter(
        line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip(" \n()[]{},")
    )


def near(one: Path, other: Path) -> bool:
    shorter = min(lines(one).total(), lines(other).total())
    shared = (lines(one) & lines(other)).total()
    return shared >= max(FEWEST, NEAR * shorter)


def test_what_every_build_repository_has_needs_no_algorithm() -> None:
    for name in model_build.LAYERS:
        for file, path in Layer.read(name).files.items():
            text = path.read_text(encoding="utf-8").lower()
            assert not [word for word in ALGORITHMS if word in text], file


def test_no_content_lies_in_two_layers() -> None:
    same = [
        (name, its_name)
        for (name, path), (its_name, its_path) in pairs()
        if path.stat().st_size and path.read_bytes() == its_path.read_bytes()
    ]
    assert same == []


def test_near_copies_have_a_reason() -> None:
    """Each pair of the table is one, so that none stays there which is mended."""
    found = [(name, its_name) for (name, path), (its_name, its_path) in pairs() if near(path, its_path)]
    assert sorted(found) == sorted(ALIKE)


def test_a_copy_with_other_words_is_near(tmp_path: Path) -> None:
    text = (SEED_CODE / "build" / "xgboost" / "src" / "train.py").read_text(encoding="utf-8")
    own, copy = tmp_path / "own.py", tmp_path / "copy.py"
    own.write_text(text, encoding="utf-8")
    copy.write_text(text.replace("xgboost", "lightgbm").replace("Booster", "Model"), encoding="utf-8")
    assert near(own, copy)
