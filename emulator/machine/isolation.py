"""Keeps the rehearsal to itself: nothing of the user's AWS set-up is read, and nothing leaves the machine."""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.loaders import Loader

from emulator.machine.environments import kept_between_runs

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "TZ", "JSII_NODE")
"""What a child process inherits. Everything else (credentials, profiles, proxies, endpoints) stays out."""


_WITHOUT_SURROUNDINGS = {
    name: (None, None, os.devnull if name in ("config_file", "credentials_file") else default, convert)
    for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
}
"""botocore's settings, each with its default, and read from no file and no variable."""


class NotLoopbackError(Exception):
    """Somebody wanted to send a request beyond this machine."""


def check_loopback(url: str) -> str:
    """Return a URL whose host is a loopback address, and refuse any other.

    A host name is refused as well, even `localhost`: what a name stands for is decided elsewhere.

    Raises:
        NotLoopbackError: The host is not a loopback address.
    """
    host = urlsplit(url).hostname or ""
    try:
        if ipaddress.ip_address(host).is_loopback:
            return url
    except ValueError:
        pass
    raise NotLoopbackError(f"The rehearsal talks to this machine only, and {url} is not a loopback address.")


def clean_environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a child process: no AWS variable, no proxy, a home folder of its own.

    Args:
        home: The home folder; created if missing.
        extra: Variables to add.
    """
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    own = {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}
    return {**kept, **kept_between_runs(), **own, **(extra or {})}


class LoopbackSession:
    """Makes boto3 clients that know one loopback endpoint and the credentials they are given.

    Neither `~/.aws` nor an `AWS_*` variable has a say: botocore's configuration files are pointed at
    nothing, its data is loaded from the package alone, proxies are off, and the URL of every request is
    checked before it is sent.
    """

    def __init__(self, endpoint: str, region: str) -> None:
        """Prepare the session.

        Args:
            endpoint: URL of the emulator.
            region: Region of every client.

        Raises:
            NotLoopbackError: The endpoint is not a loopback address.
        """
        self.endpoint = check_loopback(endpoint)
        self.region = region
        botocore_session = botocore.session.Session(session_vars=_WITHOUT_SURROUNDINGS)
        loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
        botocore_session.register_component("data_loader", loader)
        botocore_session.register("before-send", _refuse_beyond_loopback)
        # `client` of the typed session wants a literal name of a service.
        self._session: Any = boto3.Session(botocore_session=botocore_session, region_name=region)

    def client(
        self, service: str, access_key_id: str, secret_access_key: str, session_token: str | None
    ) -> Any:
        """Return a client of a service that acts on the given credentials."""
        return self._session.client(
            service,
            endpoint_url=self.endpoint,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            aws_session_token=session_token,
            config=Config(
                retries={"total_max_attempts": 1, "mode": "standard"},
                s3={"addressing_style": "path"},
                proxies={},
                connect_timeout=5,
                read_timeout=120,
            ),
        )


def _refuse_beyond_loopback(**event: Any) -> None:
    check_loopback(event["request"].url)
