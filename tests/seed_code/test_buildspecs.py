"""What the buildspecs of the seeds run, in which order: stand-ins note each call of a program."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.seed_code.seeds import Seed

# Notes the call, prints what the program would print, and ends as the program would.
PROGRAM = """#!/bin/bash
echo "$(basename "$0") $*" >> "$CALLS"
for answer in "$ANSWERS"/*; do
  if test "$(basename "$0") $*" = "$(head -n 1 "$answer")"; then
    tail -n +3 "$answer"
    exit "$(sed -n 2p "$answer")"
  fi
done
exit 0
"""
PROGRAMS = ("cfn-lint", "make", "python", "uv")

_LOCKED = "--require-hashes --requirement"
SET_UP = [
    f"python -m pip install --quiet --disable-pip-version-check {_LOCKED} requirements-uv.lock",
    "uv venv --quiet --allow-existing $VIRTUAL_ENV",
    "uv pip sync --quiet --require-hashes requirements.lock",
]
CHECK = "make --jobs --output-sync check"
RESOLVE = "python -m deploy.resolve_model"
A_MODEL = "export MODEL_PACKAGE_ARN=arn:model\nexport MODEL_PACKAGE_VERSION=7\nexport NOTE='Version 7.'\n"
NO_MODEL = "export MODEL_PACKAGE_ARN=none\nexport MODEL_PACKAGE_VERSION=none\nexport NOTE='Nothing yet.'\n"


@dataclass
class Build:
    """A build machine on which nothing is installed, with a home folder that outlives a build."""

    home: Path
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)

    def run(self, seed: str, buildspec: str, *, commit: str = "c1") -> tuple[int, list[str]]:
        """Run a buildspec, phase by phase until a command fails.

        Returns:
            The exit code, and the calls of programs in their order.
        """
        content = Seed(seed).buildspec(buildspec)
        source = self.home / "source"
        for folder in (source, self.home / "bin", self.home / "answers"):
            folder.mkdir(exist_ok=True)
        for program in PROGRAMS:
            (self.home / "bin" / program).write_text(PROGRAM, encoding="utf-8")
            (self.home / "bin" / program).chmod(0o755)
        for number, (call, (code, text)) in enumerate(self.answers.items()):
            (self.home / "answers" / str(number)).write_text(f"{call}\n{code}\n{text}", encoding="utf-8")
        calls = self.home / "calls"
        calls.write_text("", encoding="utf-8")
        done = subprocess.run(
            ["bash", "-c", script(content)],
            cwd=source,
            env={
                **content["env"].get("variables", {}),
                "HOME": str(self.home),
                "PATH": f"{self.home / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin",
                "CALLS": str(calls),
                "ANSWERS": str(self.home / "answers"),
                "CODEBUILD_RESOLVED_SOURCE_VERSION": commit,
            },
            check=False,
            capture_output=True,
            text=True,
        )
        environments = str(self.home / "environments")
        noted = calls.read_text(encoding="utf-8").splitlines()
        return done.returncode, [
            "uv venv --quiet --allow-existing $VIRTUAL_ENV" if environments in call else call
            for call in noted
        ]


def script(buildspec: dict[str, Any]) -> str:
    """The commands of all phases in the order of the phases; like CodeBuild, end with the first that fails.

    https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
    """
    return "\n".join(
        f"{{ {command}\n}} || exit 1"
        for phase in ("install", "pre_build", "build", "post_build")
        for command in buildspec["phases"].get(phase, {}).get("commands", [])
    )


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


def test_a_training_pipeline_starts_after_all_checks(build: Build) -> None:
    code, calls = build.run("build_from_s3", "buildspec.yml")
    assert code == 0
    assert calls == [*SET_UP, CHECK, "python -m pipelines.run upsert", "python -m pipelines.run start"]


def test_an_image_is_published_after_its_dockerfile_is_checked(build: Build) -> None:
    publish = "python -m pipelines.publication"
    build.answers[publish] = (0, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:0\n")
    code, calls = build.run("build_own_container", "buildspec-image.yml")
    assert code == 0
    assert calls == [*SET_UP, "python -m pipelines.dockerfile", publish]


def test_a_build_of_an_image_that_fails_hands_nothing_on(build: Build) -> None:
    build.answers["python -m pipelines.publication"] = (2, "")
    code, calls = build.run("build_own_container", "buildspec-image.yml")
    assert code != 0
    assert calls[-1] == "python -m pipelines.publication"


@pytest.mark.parametrize(
    ("model", "then"),
    [
        pytest.param(A_MODEL, ["python app.py"], id="a model"),
        pytest.param(NO_MODEL, [], id="no model yet"),
    ],
)
def test_templates_are_written_after_all_checks_for_the_resolved_version(
    build: Build, model: str, then: list[str]
) -> None:
    build.answers[RESOLVE] = (0, model)
    code, calls = build.run("deploy_realtime", "buildspec.yml")
    assert code == 0
    lint = [f"cfn-lint {'cdk.out/*.template.json'}"] if then else []
    assert calls == [*SET_UP, CHECK, RESOLVE, *then, *lint]


@pytest.mark.parametrize(
    ("seed", "failing", "last"),
    [
        pytest.param("build_from_s3", CHECK, CHECK, id="build_from_s3: a check"),
        pytest.param(
            "build_from_s3",
            "python -m pipelines.run upsert",
            "python -m pipelines.run upsert",
            id="build_from_s3: upsert",
        ),
        pytest.param(
            "build_from_s3",
            "python -m pipelines.run start",
            "python -m pipelines.run start",
            id="build_from_s3: start",
        ),
        pytest.param("deploy_realtime", CHECK, CHECK, id="deploy_realtime: a check"),
        pytest.param("deploy_realtime", RESOLVE, RESOLVE, id="deploy_realtime: no such version"),
        pytest.param("deploy_realtime", "python app.py", "python app.py", id="deploy_realtime: templates"),
    ],
)
def test_nothing_follows_a_failure(build: Build, seed: str, failing: str, last: str) -> None:
    build.answers = {RESOLVE: (0, A_MODEL)} | {failing: (1, "")}
    code, calls = build.run(seed, "buildspec.yml")
    assert code != 0
    assert calls[-1] == last


def test_each_commit_is_checked_and_no_commit_twice(build: Build) -> None:
    """A version that is released finds checked code; the mark of one commit says nothing of another."""
    build.answers[RESOLVE] = (0, A_MODEL)
    checked = [
        CHECK in build.run("deploy_realtime", "buildspec.yml", commit=name)[1] for name in ("c1", "c1", "c2")
    ]
    assert checked == [True, False, True]


def test_code_that_failed_its_checks_is_checked_again(build: Build) -> None:
    build.answers = {RESOLVE: (0, A_MODEL), CHECK: (1, "")}
    for _ in range(2):
        code, calls = build.run("deploy_realtime", "buildspec.yml")
        assert (code != 0, calls[-1]) == (True, CHECK)


@pytest.mark.parametrize("seed", ["build_from_s3", "deploy_realtime"])
def test_what_is_kept_between_builds_holds_no_result_but_the_marks(seed: str) -> None:
    """A cached folder that a check wrote its verdict to could let another commit pass."""
    kept = {
        "build_from_s3": [".mypy_cache/**/*", "/root/.cache/uv/**/*"],
        "deploy_realtime": [".mypy_cache/**/*", "/root/.cache/checked/**/*", "/root/.cache/uv/**/*"],
    }
    assert Seed(seed).buildspec("buildspec.yml")["cache"]["paths"] == kept[seed]
