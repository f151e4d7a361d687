"""The seeds, each with an environment from its own lock and its commands, as its buildspec runs them."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from base.trees import files_of
from emulator.machine import environments
from pipelines.assets import SEED
from products.discovery import discover

SEEDS = {product.identifier: product.seeds[SEED] for product in discover() if SEED in product.seeds}
"""What each project begins with, by the identifier of its product."""


# Builds run the checks amid the variables of their project, which no check may depend on.
SET_BY_PROJECTS = (
    "ARTIFACT_BUCKET",
    "ARTIFACT_KMS_KEY_ARN",
    "ARTIFACT_LOCATION",
    "CODEBUILD_RESOLVED_SOURCE_VERSION",
    "ENDPOINT_NAME",
    "IMAGE_REPOSITORY_URI",
    "IMAGE_URI",
    "INTEGRATION_TEST_ROLE_ARN",
    "KMS_KEY_ARN",
    "MODEL_CARD_ARN",
    "MODEL_PACKAGE_ARN",
    "MODEL_PACKAGE_GROUP_NAME",
    "PIPELINE_NAME",
    "PRODUCTION_ACCOUNT_ID",
    "SAGEMAKER_PROJECT_ID",
    "SAGEMAKER_PROJECT_NAME",
    "TEST_ACCOUNT_ID",
)


@dataclass(frozen=True)
class Seed:
    """A seed.

    Attributes:
        name: The identifier of its product.
    """

    name: str

    @property
    def folder(self) -> Path:
        """Where it lies, composed of its layers."""
        return SEEDS[self.name].compose()

    @property
    def files(self) -> list[Path]:
        """All of it, relative to its folder."""
        return [Path(name) for name, _ in files_of(self.folder)]

    @property
    def modules(self) -> list[Path]:
        """Its Python files, relative to its folder."""
        return [path for path in self.files if path.suffix == ".py"]

    @property
    def checks(self) -> list[str]:
        """The commands of its `make check`, which its buildspec runs."""
        # Called by `make test`, this make would speak of the folders it enters.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        done = subprocess.run(
            ["make", "--dry-run", "--no-print-directory", "check"],
            cwd=self.folder,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.splitlines()

    def buildspec(self, name: str) -> dict[str, Any]:
        """Read one of its buildspecs."""
        content: dict[str, Any] = yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))
        return content

    def copy(self, folder: Path) -> Path:
        """Copy it, as a project's repository starts, so that nothing is left behind in its own folder."""
        for path in self.files:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((self.folder / path).read_bytes())
        return folder

    def environment(self) -> Path:
        """Return an environment of its lock, made first unless the lock and the interpreter are unchanged."""
        lock = self.folder / "requirements.lock"
        wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
        # Seeds of one base have one lock, and so one environment.
        folder = environments.FOLDER / f"seed-{wanted[:12]}"
        stamp = folder / ".complete"
        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder.with_suffix(".lock").open("a", encoding="utf-8") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
                stamp.unlink(missing_ok=True)
                _uv("venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder))
                python = str(folder / "bin" / "python")
                _uv("pip", "sync", "--quiet", "--python", python, "--require-hashes", str(lock))
                stamp.write_text(wanted, encoding="utf-8")
        return folder

    def run(
        self, command: str, folder: Path, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the buildspec.

        Args:
            command: A line of bash.
            folder: A copy of the seed.
            variables: Environment variables besides those that every build has.
        """
        environment = self.environment()
        surroundings = {
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PATH": f"{environment / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin",
            **environments.kept_between_runs(),
            **dict.fromkeys(SET_BY_PROJECTS, "of-a-project"),
            "VIRTUAL_ENV": str(environment),
            **(variables or {}),
        }
        return subprocess.run(
            ["bash", "-c", command], cwd=folder, env=surroundings, check=False, capture_output=True, text=True
        )


def _uv(*arguments: str) -> None:
    program = str(Path(sys.executable).with_name("uv"))
    subprocess.run([program, *arguments], env={**os.environ, **environments.download_settings()}, check=True)
