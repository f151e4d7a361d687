"""How the emulator's process is set up, before anything of ministack is imported."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from emulator.machine.environments import DOWNLOAD_VARIABLES

MINISTACK = "1.5.33"
HOST = "127.0.0.1"
ROOT_SECRET_ACCESS_KEY = "rehearsal"  # noqa: S105  set-up only; an account's id is its root's key id

FEARS = {
    "approval-updated-by": "ListActionExecutions does not say who approved.",
    "build-quota": "The account may run no build on the smallest compute.",
    "card-permission": "AWS RAM takes no customer managed permission for model cards.",
    "card-status-version": "A change of a model card's status makes a version of the card.",
    "client-token": "SageMaker forgets a ClientToken after a minute.",
    "cloudformation-trust": "CloudFormation does not tell the account when it assumes a role.",
    "codecommit-closed": "The account is new to CodeCommit, which takes no new customers.",
    "empty-lists": "DescribeModelPackage answers empty lists for what was not registered.",
    "group-asked-by-pipelines": "RegisterModel asks for CreateModelPackageGroup as well.",
    "group-policy": "A group's policy names accounts, and has no conditions.",
    "instance-quota": "The account may run no instance of the seeds' types.",
    "key-alias": "A key's aliases are not told to policies of other accounts.",
    "lake-location-trust": "Lake Formation tells the borrower's account when it assumes a location's role.",
    "lake-settings-context": "PutDataLakeSettings refuses SET_CONTEXT, which GetDataLakeSettings returns.",
    "last-modified-by": "A version does not say which role has changed it.",
    "metadata-update": "UpdateModelPackage replaces the customer metadata.",
    "model-card-field": "A version is registered without a ModelCard.",
    "pipeline-start": "A rule starts a pipeline without variables.",
    "same-status": "An update to the status that a version has already sends no event.",
    "updated-fields": "The event of a changed version does not name the changed fields.",
}
"""What AWS may be like, against what the bundle assumes of it: each can be switched on."""

_feared: frozenset[str] = frozenset()

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "JSII_NODE", "LOG_LEVEL", *DOWNLOAD_VARIABLES)


class FearError(Exception):
    """Nobody knows such a fear."""


class VersionError(Exception):
    """ministack is not the version that the overlay is made for."""


def fear(keys: Iterable[str]) -> None:
    """Switch fears on; the server does so at its start.

    Args:
        keys: Of `FEARS`.

    Raises:
        FearError: There is none of a key.
    """
    global _feared  # noqa: PLW0603  one process is one AWS
    wanted = frozenset(keys)
    if unknown := sorted(wanted - FEARS.keys()):
        raise FearError(f"There is no fear {', '.join(unknown)}, but {', '.join(FEARS)}.")
    _feared = wanted


def feared(key: str) -> bool:
    """Tell whether AWS is like this here.

    Args:
        key: Of `FEARS`.
    """
    if key not in FEARS:
        raise FearError(f"There is no fear {key}.")
    return key in _feared


def check_version() -> None:
    """Check that ministack is the very version that the overlay is made for.

    Raises:
        VersionError: It is not.
    """
    try:
        installed = version("ministack")
    except PackageNotFoundError:
        installed = "none"
    if installed != MINISTACK:
        raise VersionError(
            f"The emulator is made for ministack {MINISTACK}, and the environment has {installed}: "
            "run `make setup` to install the locked packages."
        )


@contextmanager
def without(package: str) -> Iterator[None]:
    """Import modules that take a package along where it is installed, and here shall not.

    Args:
        package: One that nothing has imported yet.
    """
    modules: dict[str, object] = sys.modules  # type: ignore[assignment]
    modules[package] = None
    try:
        yield
    finally:
        del modules[package]


def environment(port: int, folder: Path) -> Mapping[str, str]:
    """Return the whole environment of the process, and of what ministack starts.

    Nothing of the user's AWS set-up is in it. The rest are ministack's switches: IAM on, one port of the
    loopback interface, no MQTT and no SFTP listener, no docker, short pauses before a function's retries.

    Args:
        port: The port.
        folder: The state folder; home and temporary files go below it.
    """
    home, temporary = folder.resolve() / "home", folder.resolve() / "tmp"
    for made in (home, temporary):
        made.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        "LOG_LEVEL": "WARNING",
        **kept,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_ACCESS_KEY,
        "NO_PROXY": "*",
        "AUTH": "true",
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{home / 'no-docker.sock'}",
        # Lambda repeats a failed event after a minute, and then after two.
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
    }
