"""What SageMaker's containers are on one machine: an interpreter, a private folder, a clean environment.

A container image stands for a Python environment of the rehearsal with the packages that matter; what a
container installs stays in a layer of its own upon it. A container has no network but the emulator's, as in
a VPC without a way out, which is the harder of the cases that AWS offers. `/opt/ml` stands for a folder of
the job or endpoint. Mounting that folder at `/opt/ml` takes privileges on Linux and is impossible on macOS,
so there is one way for all machines: `SAGEMAKER_BASE_DIR`, the variable by which SageMaker's own training
and inference toolkits find their base folder, names the folder, and `/opt/ml` in arguments and variables is
rewritten. A script that insists on `/opt/ml` therefore works on AWS only.

An image that a team has built stands for its own files, below a folder of the container, and for an
environment of the requirements that it installs. Its paths are rewritten alike, wherever they name one of its
files.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from emulator.machine import environments
from emulator.machine.guard import GUARD
from emulator.machine.isolation import clean_environment
from emulator.sagemaker.jobs.own_images import ImageError, OwnImage, own_image

IMAGE_ENVIRONMENTS: dict[str, environments.Name] = {
    "xgboost": "xgboost",
    "tensorflow-training": "tensorflow",
    "tensorflow-inference": "tensorflow_serving",
}
"""Environment by a word in the image's repository name."""

TOOLKIT = Path(__file__).parents[1] / "toolkit"
"""The programs of the image."""

PROGRAMS: dict[tuple[str, str], str] = {
    ("tensorflow", "train"): "run_script.py",
    ("tensorflow_serving", "serve"): "serve_tensorflow.py",
}
"""What an image trains or serves with, where it is not the program of that name."""

BASE = "/opt/ml"
NOWHERE = "http://127.0.0.1:9"
"""The discard port, on which nothing answers."""
THREADS = "2"
FAILURE_REASON_LENGTH = 1024
"""Characters of a FailureReason
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html)."""

_BASE_PATH = re.compile(r"(?<![\w./-])/opt/ml(?![\w.-])", re.ASCII)
_PATH = re.compile(r"(?<![\w./-])/[\w.-]+(?:/[\w.-]+)*", re.ASCII)


class ContainerError(Exception):
    """A container that cannot be started."""


def container_of(image: str, folder: Path) -> "Container":
    """Prepare a container of an image.

    Args:
        image: URI of the image.
        folder: The container's private folder.

    Raises:
        ContainerError: There is no such image, or it cannot be started here.
    """
    try:
        own = own_image(image)
    except ImageError as error:
        raise ContainerError(str(error)) from None
    return Container(image_environment(image, own), folder, own)


def image_environment(image: str, own: OwnImage | None = None) -> environments.Environment:
    """The environment that stands for a container image.

    Args:
        image: URI of the image, such as
            `141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0`.
        own: The image, if a team has built it.

    Raises:
        ContainerError: No environment stands for the image, or it cannot be set up.
    """
    repository = image.rsplit("/", 1)[-1].partition(":")[0].partition("@")[0]
    try:
        if own is not None:
            return environments.prepare_requirements(own.lock)
        for word, name in IMAGE_ENVIRONMENTS.items():
            if word in repository:
                return environments.prepare(name)
    except environments.EnvironmentSetupError as error:
        raise ContainerError(f"The environment that stands for image {image} is missing: {error}") from error
    raise ContainerError(
        f"No environment on this machine stands for image {image}; "
        f"the emulator knows images named {', '.join(IMAGE_ENVIRONMENTS)}, and those that were pushed to it."
    )


class Container:
    """A container of a job or an endpoint, which runs one process."""

    def __init__(self, image: environments.Environment, folder: Path, own: OwnImage | None = None) -> None:
        """Prepare a container.

        Args:
            image: The environment that stands for the image.
            folder: The container's private folder; created.
            own: The image, if a team has built it; its files are laid out.
        """
        self.own = own
        self._root = folder / "image"
        self._name = image.name
        self.python = image.layer(folder / "environment").python
        self.folder = folder
        self.base = folder / "ml"
        self.log = folder / "log.txt"
        self.stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        for each in (self.base, folder / "tmp", folder / "home"):
            each.mkdir(parents=True, exist_ok=True)
        if own is not None:
            (site,) = (folder / "environment").glob("lib/*/site-packages")
            shutil.copyfile(TOOLKIT / "loopback.py", site / "sitecustomize.py")
            own.unpack(self._root)
            (self._root / own.directory.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def program(self, purpose: str) -> Path:
        """The program of AWS's image that trains or serves with a team's code.

        Args:
            purpose: `train` or `serve`.
        """
        return TOOLKIT / PROGRAMS.get((self._name, purpose), f"{purpose}.py")

    def path(self, container_path: str) -> Path:
        """Where a path within the container is on this machine."""
        return Path(self.localize(container_path))

    def localize(self, text: str) -> str:
        """Rewrite `/opt/ml`, and what the image has, in an argument or in the value of a variable."""
        if self.own is not None:
            text = _PATH.sub(lambda match: self._of_image(match[0]), text)
        return _BASE_PATH.sub(lambda _: str(self.base), text)

    def _of_image(self, path: str) -> str:
        own = self._root / path.lstrip("/")
        return str(own) if own.exists() else path

    def start(
        self, command: Sequence[str], variables: Mapping[str, str], directory: Path | None = None
    ) -> None:
        """Start the process; it ends when the emulator ends, however that comes about.

        Args:
            command: Program and arguments, `/opt/ml` not yet rewritten.
            variables: What SageMaker and the request set, `/opt/ml` not yet rewritten.
            directory: Working directory; the base folder if not given.
        """
        localized = [self.localize(argument) for argument in command]
        with self._lock, self.log.open("ab") as log:
            if self.stopped:
                return
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), *localized],
                env=self._environment(variables),
                cwd=directory or self.base,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Whoever kills the emulator's process group leaves the guard to end the process.
                start_new_session=True,
            )

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for the process.

        Args:
            seconds: After which the process is ended.

        Returns:
            The exit code, or None if the process was ended from here.
        """
        if self._process is None:
            return None
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop()
        return None if self.stopped else code

    def running(self) -> bool:
        """Whether the process has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the process and keep it from starting. Safe to repeat."""
        with self._lock:
            self.stopped = True
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()

    def last_lines(self, characters: int = 600) -> str:
        """The end of what the process wrote, at most so many characters, beginning with a whole line."""
        if not self.log.exists():
            return ""
        text = self.log.read_text(encoding="utf-8", errors="replace").rstrip()
        if len(text) <= characters:
            return text
        return text[-characters:].partition("\n")[2] or text[-characters:]

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        of_image = self.own.variables if self.own is not None else {}
        localized = {name: self.localize(value) for name, value in {**of_image, **variables}.items()}
        return clean_environment(
            self.folder / "home",
            {
                "OMP_NUM_THREADS": THREADS,
                "OMP_WAIT_POLICY": "PASSIVE",  # Threads that spin while they wait slow the others' jobs down.
                "PYTHONUNBUFFERED": "1",
                # Neither the settings of this machine nor its network.
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_DISABLE_PIP_VERSION_CHECK": "1",
                "PIP_ROOT_USER_ACTION": "ignore",
                "HTTP_PROXY": NOWHERE,
                "HTTPS_PROXY": NOWHERE,
                "NO_PROXY": "127.0.0.1,localhost",
                **localized,
                "PATH": os.pathsep.join((str(self.python.parent), "/usr/local/bin", "/usr/bin", "/bin")),
                "TMPDIR": str(self.folder / "tmp"),
                "SAGEMAKER_BASE_DIR": str(self.base),
            },
        )
