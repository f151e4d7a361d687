"""The commands that push a seed, run by bash against a repository of this machine."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from pipelines.codeconnections import SEEDING_BUILDSPEC

URL = "https://codeconnections.eu-west-1.amazonaws.com/git-http/222222222222/eu-west-1/id/team/churn.git"


@dataclass(frozen=True)
class Seeding:
    """A seed, the repository it goes to, and a home for git's settings."""

    seed: Path
    remote: Path
    environment: dict[str, str]

    def git(self, *arguments: str) -> str:
        """Ask the repository."""
        command = ["git", "-C", str(self.remote), *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run the commands as CodeBuild does: in one shell, until one fails."""
        phases = yaml.safe_load(SEEDING_BUILDSPEC.read_text(encoding="utf-8"))["phases"]
        commands = [command for phase in phases.values() for command in phase["commands"]]
        script = "\n".join(f"{{ {command}\n}} || exit $?" for command in commands)
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.seed,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def commit_elsewhere(self) -> str:
        """A commit of the team's own."""
        tree = self.git("hash-object", "-t", "tree", "-w", os.devnull)
        commit = self.git(
            "-c", "user.name=Team", "-c", "user.email=team@example.com", "commit-tree", tree, "-m", "Own"
        )
        self.git("update-ref", "refs/heads/trunk", commit)
        return commit


@pytest.fixture
def seeding(tmp_path: Path) -> Seeding:
    home, seed, remote = (tmp_path / name for name in ("home", "seed", "remote.git"))
    home.mkdir()
    seed.mkdir()
    (seed / "buildspec.yml").write_text("version: 0.2\n", encoding="utf-8")
    (seed / ".gitignore").write_text("build/\n", encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "REPOSITORY_URL": URL,
        "BRANCH": "main",
        "AUTHOR_NAME": "ML platform team",
        "AUTHOR_EMAIL": "ml-platform@example.com",
        "MESSAGE": "Start churn",
    }
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], env=environment, check=True)
    (home / ".gitconfig").write_text(f'[url "file://{remote}"]\n\tinsteadOf = {URL}\n', encoding="utf-8")
    return Seeding(seed, remote, environment)


def test_an_empty_repository_gets_the_seed(seeding: Seeding) -> None:
    ran = seeding.run()
    assert ran.returncode == 0, ran.stderr
    assert seeding.git("log", "--format=%an <%ae> %s", "main") == (
        "ML platform team <ml-platform@example.com> Start churn"
    )
    assert seeding.git("ls-tree", "--name-only", "main").split() == [".gitignore", "buildspec.yml"]


def test_git_asks_aws_for_credentials(seeding: Seeding) -> None:
    seeding.run()
    settings = Path(seeding.environment["HOME"], ".gitconfig").read_text(encoding="utf-8")
    assert "aws codecommit credential-helper" in settings
    assert "UseHttpPath = true" in settings


def test_a_repository_with_commits_is_left_as_it_is(seeding: Seeding) -> None:
    own = seeding.commit_elsewhere()
    ran = seeding.run()
    assert ran.returncode == 0, ran.stderr
    assert "already has commits" in ran.stdout
    assert seeding.git("for-each-ref", "--format=%(refname) %(objectname)") == f"refs/heads/trunk {own}"


def test_seeding_again_changes_nothing(seeding: Seeding) -> None:
    seeding.run()
    before = seeding.git("rev-parse", "main")
    assert seeding.run().returncode == 0
    assert seeding.git("rev-parse", "main") == before


def test_whoever_pushes_first_wins_and_nobody_fails(seeding: Seeding) -> None:
    own = seeding.commit_elsewhere()
    seeding.git("update-ref", "-d", "refs/heads/trunk")
    # The team's commit arrives between the look at the repository and the push.
    hooks = Path(seeding.environment["HOME"], "hooks")
    hooks.mkdir()
    arrival = f"git -C {seeding.remote} update-ref refs/heads/main {own}"
    (hooks / "pre-push").write_text(f"#!/bin/sh\nunset GIT_DIR\n{arrival}\n", encoding="utf-8")
    (hooks / "pre-push").chmod(0o755)
    with Path(seeding.environment["HOME"], ".gitconfig").open("a", encoding="utf-8") as settings:
        settings.write(f"[core]\n\thooksPath = {hooks}\n")
    ran = seeding.run()
    assert ran.returncode == 0, ran.stderr
    assert "rejected" in ran.stderr
    assert seeding.git("rev-parse", "main") == own


def test_a_refused_push_fails(seeding: Seeding) -> None:
    hook = seeding.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'The organisation forbids it.' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    ran = seeding.run()
    assert ran.returncode != 0
    assert "The organisation forbids it." in ran.stderr


def test_an_unreachable_repository_fails(seeding: Seeding) -> None:
    seeding.remote.rename(seeding.remote.with_suffix(".gone"))
    assert seeding.run().returncode != 0
