"""Each seed passes the checks of its own buildspec, in an environment from its own lock."""

from pathlib import Path

import pytest

from tests.seed_code.seeds import NAMES, Seed

CHECKS = [(name, command) for name in NAMES for command in Seed(name).checks]

# What somebody may do to a seed, and the part of its checks that must notice.
MISTAKES = [
    pytest.param(
        "build", ("src/train.py", "import folders", "import folders, os"), "ruff check .", id="unused import"
    ),
    pytest.param(
        "build",
        ("src/preprocess.py", "MINIMUM_ROWS = 30", "MINIMUM_ROWS = 0"),
        "python -m pytest tests/test_preprocess.py",
        id="unusable data is accepted",
    ),
    pytest.param(
        "deploy_realtime",
        ("app.py", "StageConfiguration.load(stage)", 'StageConfiguration.load("test")'),
        "python -m pytest tests/test_endpoint_stack.py",
        id="production gets the configuration of test",
    ),
]


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: Seed(name).copy(tmp_path_factory.mktemp(name)) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_build_runs_the_checks(name: str) -> None:
    commands: list[str] = Seed(name).buildspec("buildspec.yml")["phases"]["pre_build"]["commands"]
    assert any(command.endswith("make --jobs --output-sync check") for command in commands)


@pytest.mark.parametrize(("name", "command"), CHECKS, ids=[f"{name}: {command}" for name, command in CHECKS])
def test_a_seed_passes_its_own_checks(repositories: dict[str, Path], name: str, command: str) -> None:
    done = Seed(name).run(command, repositories[name])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "mistake", "command"), MISTAKES)
def test_a_mistake_in_a_seed_is_noticed(
    tmp_path: Path, name: str, mistake: tuple[str, str, str], command: str
) -> None:
    seed = Seed(name)
    file, old, new = mistake
    path = seed.copy(tmp_path) / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert any(command.startswith(check) for check in seed.checks)
    assert seed.run(command, tmp_path).returncode == 1
