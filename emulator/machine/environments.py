"""Small locked environments for the processes that stand in for functions, builds and containers.

On AWS a function, a build and a training job each bring an interpreter with libraries of their own. Here
each gets a virtual environment with the few packages it would find there, never the bundle's own:

* `lambda`: the Lambda runtime,
* `codebuild`: the standard build image,
* `xgboost`: the AWS XGBoost image, in which all steps of a SageMaker pipeline and the endpoint run,
* `tensorflow`: the AWS TensorFlow image for training, in which all steps run,
* `tensorflow_serving`: the AWS TensorFlow image for inference, in which the endpoint runs.

An image that a team has built gets one from the lock that it installs.

`environments/<name>.in` says what is in it and why, `environments/<name>.lock` holds it with hashes. The
Python version is the bundle's own: another interpreter would have to be downloaded.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from base.places import BUILD

Name = Literal["lambda", "codebuild", "xgboost", "tensorflow", "tensorflow_serving"]
NAMES: tuple[Name, ...] = get_args(Name)
LARGE: tuple[Name, ...] = ("tensorflow", "tensorflow_serving")
"""Those of 1.5 GB each, which only a story that runs something in them sets up."""

LOCKS = Path(__file__).parent / "environments"
FOLDER = BUILD / "environments"

DOWNLOAD_VARIABLES = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "PIP_CERT",
    "PIP_CONFIG_FILE",
    "PIP_EXTRA_INDEX_URL",
    "PIP_INDEX_URL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
)
"""How a machine reaches its package index; builds download packages like the bundle's own set-up does."""


class EnvironmentSetupError(Exception):
    """An environment could not be created; the message ends with what uv said."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A virtual environment that is complete."""

    name: str
    folder: Path

    @property
    def bin(self) -> Path:
        """The folder to put first on `PATH`."""
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.bin / "python"

    def copy(self, folder: Path) -> "Environment":
        """Copy the environment, as a container starts from its image: changes stay in the copy.

        Files are linked, not copied, where both folders are on one file system. Installers replace files
        and never write into them, so a link is safe.
        """
        shutil.copytree(self.folder, folder, symlinks=True, copy_function=_link_or_copy)
        return Environment(name=self.name, folder=folder)

    def layer(self, folder: Path) -> "Environment":
        """Start an environment upon this one: it sees all packages, and what it installs stays its own.

        Cheaper than `copy`, and what is below cannot be replaced or removed.

        Args:
            folder: The new environment's folder.
        """
        site = Path("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")
        (folder / site).mkdir(parents=True)
        (folder / "bin").mkdir()
        for program in ("python", "python3"):
            (folder / "bin" / program).symlink_to(self.bin / program)
        shutil.copyfile(self.folder / "pyvenv.cfg", folder / "pyvenv.cfg")
        below = f"import site; site.addsitedir({str(self.folder / site)!r})\n"
        (folder / site / "below.pth").write_text(below, encoding="utf-8")
        return Environment(name=self.name, folder=folder)


def prepare(name: Name, *, root: Path = FOLDER, tell: Callable[[str], None] = lambda _: None) -> Environment:
    """Return an environment, created first unless its lock and interpreter are unchanged.

    Safe to call from several processes at once, and after one was killed half-way.

    Args:
        name: Which environment.
        root: Where environments are kept.
        tell: Called with one line when the environment has to be created.

    Raises:
        EnvironmentSetupError: uv failed, usually because the package index is out of reach.
    """
    return _prepare(name, (LOCKS / f"{name}.lock").read_bytes(), root=root, tell=tell)


def prepare_requirements(lock: bytes, *, root: Path = FOLDER) -> Environment:
    """Return an environment of locked requirements, created first if there is none; see `prepare`.

    Args:
        lock: The content of a lock with hashes.
        root: Where environments are kept.

    Raises:
        EnvironmentSetupError: uv failed: the package index is out of reach, or the lock is none.
    """
    return _prepare(f"image-{hashlib.sha256(lock).hexdigest()[:16]}", lock, root=root, tell=lambda _: None)


def prepare_all(
    *, also: Collection[Name] = (), root: Path = FOLDER, tell: Callable[[str], None] = lambda _: None
) -> dict[Name, Environment]:
    """Return the environments; see `prepare`.

    Args:
        also: Which of the large ones.
        root: As in `prepare`, and so the next.
        tell: Likewise.
    """
    names = [name for name in NAMES if name not in LARGE or name in also]
    return {name: prepare(name, root=root, tell=tell) for name in names}


def kept_between_runs() -> dict[str, str]:
    """Return the variables with which Python and jsii find what they compiled and unpacked before.

    Without them every process would compile the AWS CDK's library or the SageMaker SDK anew, for seconds,
    and jsii unpack 200 MB into each new home folder. Compiled modules stay out of the source trees.
    """
    cache = FOLDER / "cache"
    return {
        "PYTHONPYCACHEPREFIX": str(cache / "bytecode"),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache / "jsii"),
    }


def download_settings(
    *, root: Path = FOLDER, surroundings: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the variables with which pip and uv reach the package index and share one download cache.

    Args:
        root: Where environments are kept; the cache stands beside them, so that packages are linked.
        surroundings: The variables to choose from; those of this process by default.
    """
    surroundings = os.environ if surroundings is None else surroundings
    kept = {name: surroundings[name] for name in DOWNLOAD_VARIABLES if surroundings.get(name)}
    return kept | {
        "NO_PROXY": "127.0.0.1",
        "PIP_CACHE_DIR": str(root / "cache" / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_CACHE_DIR": str(root / "cache" / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "true",
    }


def _prepare(name: str, lock: bytes, *, root: Path, tell: Callable[[str], None]) -> Environment:
    environment = Environment(name=name, folder=root / name)
    stamp = environment.folder / ".complete"
    wanted = hashlib.sha256(lock + sys.version.encode() + sys.base_prefix.encode()).hexdigest()
    with _lock(root / f"{name}.lock"):
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            tell(f"Installing the packages of the {name} environment")
            shutil.rmtree(environment.folder, ignore_errors=True)
            interpreter = ["--python", sys.executable]
            _uv("venv", "--relocatable", *interpreter, str(environment.folder), root=root)
            requirements = environment.folder / "requirements.lock"
            requirements.write_bytes(lock)
            # Compiled once here; processes that import it write no bytecode of their own.
            packages = ["--compile-bytecode", "--require-hashes", str(requirements)]
            _uv("pip", "sync", "--python", str(environment.python), *packages, root=root)
            stamp.write_text(wanted, encoding="utf-8")
    return environment


def _uv(*arguments: str, root: Path) -> None:
    """Run the bundle's uv, which stands beside its interpreter, as `make setup` runs it."""
    command = [str(Path(sys.executable).with_name("uv")), *arguments, "--quiet"]
    surroundings = {**os.environ, **download_settings(root=root)}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip()
        raise EnvironmentSetupError(f"`uv {' '.join(arguments[:2])}` failed below {root}:\n{said}")


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
