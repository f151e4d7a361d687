"""Each seed passes the checks of its own buildspec, in an environment from its own lock."""

from pathlib import Path

import pytest

from tests.seed_code.mistakes import MISTAKES, Mistake
from tests.seed_code.seeds import SEEDS, Seed

# Nothing but a lock, which every environment of a seed is made from.
LOCKS = {"tools/uv"}
CHECKS = [(name, command) for name in SEEDS for command in Seed(name).checks]


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: Seed(name).copy(tmp_path_factory.mktemp(name)) for name in SEEDS}


@pytest.mark.parametrize("name", SEEDS)
def test_the_build_runs_the_checks(name: str) -> None:
    commands: list[str] = Seed(name).buildspec("buildspec.yml")["phases"]["pre_build"]["commands"]
    assert any(command.endswith("make --jobs --output-sync check") for command in commands)


@pytest.mark.parametrize(("name", "command"), CHECKS, ids=[f"{name}: {command}" for name, command in CHECKS])
def test_a_seed_passes_its_own_checks(repositories: dict[str, Path], name: str, command: str) -> None:
    done = Seed(name).run(command, repositories[name])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_can_still_be_made(name: str) -> None:
    """In a moment, and of all at once: whoever changes a seed sees which mistakes to write anew."""
    seed = Seed(name)
    texts = {
        each.name: (seed.folder / each.file).read_text(encoding="utf-8").count(each.old)
        for each in MISTAKES[name]
    }
    assert texts == dict.fromkeys(texts, 1)
    assert all(any(each.check.startswith(check) for check in seed.checks) for each in MISTAKES[name])


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        pytest.param(name, mistake, id=f"{name}: {mistake.name}")
        for name, mistakes in MISTAKES.items()
        for mistake in mistakes
    ],
)
def test_a_mistake_in_a_seed_is_noticed(tmp_path: Path, name: str, mistake: Mistake) -> None:
    seed = Seed(name)
    path = seed.copy(tmp_path) / mistake.file
    text = path.read_text(encoding="utf-8")
    assert text.count(mistake.old) == 1
    path.write_text(text.replace(mistake.old, mistake.new), encoding="utf-8")
    assert any(mistake.check.startswith(check) for check in seed.checks)
    done = seed.run(mistake.check, tmp_path)
    # 1: findings of ruff, or failed tests; 2 would be a check that could not run.
    assert done.returncode == 1, done.stdout + done.stderr


def test_every_layer_is_tried_with_mistakes() -> None:
    """What a layer is there for, its seed's own checks must hold."""
    tried = {
        SEEDS[name].origins()[each.file].name for name, mistakes in MISTAKES.items() for each in mistakes
    }
    assert {layer for seed in SEEDS.values() for layer in seed.layers} - LOCKS == tried
