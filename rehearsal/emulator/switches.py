"""How the emulator's process is set up, before anything of ministack is imported."""

import os
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rehearsal.environments import DOWNLOAD_VARIABLES

MINISTACK = "1.5.33"
HOST = "127.0.0.1"
ROOT_SECRET_ACCESS_KEY = "rehearsal"  # noqa: S105  set-up only; an account's id is its root's key id

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "JSII_NODE", "LOG_LEVEL", *DOWNLOAD_VARIABLES)


class VersionError(Exception):
    """ministack is not the version that the overlay is made for."""


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


def environment(port: int, folder: Path) -> Mapping[str, str]:
    """Return the whole environment of the process, and of what ministack starts.

    Nothing of the user's AWS set-up is in it. The rest are ministack's switches: IAM on, one port of the
    loopback interface, no MQTT and no SFTP listener, no docker.

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
    }
