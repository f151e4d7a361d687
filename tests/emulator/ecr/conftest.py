"""A repository, and docker as a build has it."""

import base64
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulator.docker import installation
from tests.emulator.sagemaker_support import unique
from tests.emulator.support import Emulator

DOCKERFILE = """
# What a team writes.
FROM public.ecr.aws/docker/library/python:3.12-slim
ENV PYTHONUNBUFFERED=1 \\
    GREETING=hello
WORKDIR /opt/program
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY program/ /opt/program/
ENTRYPOINT ["python", "/opt/program/entry.py"]
"""
LOCK = "iniconfig==2.3.0 --hash=sha256:f631c04d2c48c52b84d0d0549c99ff3859c98df65b3101406327ecc7d53fbf12\n"
"""A package that no environment of the emulator has."""


@dataclass(frozen=True)
class Docker:
    """docker in a folder of its own, in privileged mode.

    Attributes:
        folder: The home folder and the build contexts.
        endpoint: The emulator's.
    """

    folder: Path
    endpoint: str

    def run(self, *arguments: str, standard_input: str = "") -> subprocess.CompletedProcess[str]:
        """Run docker."""
        if not (self.folder / "bin").exists():
            installation.install(self.folder / "bin", privileged=True)
        surroundings = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.endpoint,
        }
        return subprocess.run(
            [str(self.folder / "bin/docker"), *arguments],
            input=standard_input,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )

    def login(self, ecr: Any) -> None:
        """Log in to the registry of a client's account."""
        (authorization,) = ecr.get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(authorization["authorizationToken"]).decode().partition(":")
        host = authorization["proxyEndpoint"].removeprefix("https://")
        done = self.run("login", "--username", user, "--password-stdin", host, standard_input=password)
        assert done.stdout == "Login Succeeded\n", done.stderr

    def build(self, reference: str, files: Mapping[str, str], *options: str) -> None:
        """Build an image of files."""
        context = self.folder / unique("context")
        for name, text in {"Dockerfile": DOCKERFILE, "requirements.lock": LOCK, **files}.items():
            (context / name).parent.mkdir(parents=True, exist_ok=True)
            (context / name).write_text(text, encoding="utf-8")
        done = self.run("build", "--tag", reference, *options, str(context))
        assert done.returncode == 0, done.stderr


@pytest.fixture
def docker(emulator: Emulator, tmp_path: Path) -> Docker:
    return Docker(tmp_path, emulator.endpoint)


@pytest.fixture
def repository(emulator: Emulator) -> str:
    """A repository of the development account with immutable tags: what names of its images begin with."""
    name = unique("team/model")
    emulator.client("ecr").create_repository(
        repositoryName=name, imageTagMutability="IMMUTABLE", imageScanningConfiguration={"scanOnPush": True}
    )
    return f"{emulator.development}.dkr.ecr.{emulator.region}.amazonaws.com/{name}"


def name_of(repository: str) -> str:
    return repository.partition("/")[2]


def policy(principal: str, *actions: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions)}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
