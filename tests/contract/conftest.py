"""Two clouds, and what a scenario needs of each."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.card_support import enable_sharing
from tests.emulator.fixtures import emulator
from tests.emulator.support import SETTINGS, Emulator
from tests.registry import cloud as memory

__all__ = ["emulator", "world"]

UNITS = SETTINGS.organization.organizational_units
ADMINISTERED = "config.amazonaws.com"
"""A service of which the hub is an administrator, which may therefore read the organisation."""


@dataclass(frozen=True, kw_only=True)
class World:
    """A cloud in which a scenario is played, as an administrator of the hub.

    Attributes:
        client: Makes a client of a service.
        account: The account of the clients.
        bucket: A bucket of the account that nothing else uses.
        name: A name that nothing else uses.
        member: Another account of the organisation.
        stranger: An account outside of it.
        unit: A unit of the organisation.
        below: For that unit and each below it, the accounts directly in it.
    """

    client: Callable[[str], Any]
    account: str
    bucket: str
    name: str
    member: str
    stranger: str
    unit: str
    below: Mapping[str, list[str]]


_ACCOUNTS = SETTINGS.accounts
_ORGANIZATION: Mapping[str, Any] = {
    "member": _ACCOUNTS.development,
    "stranger": "999999999999",
    "unit": UNITS.workloads,
    "below": {
        UNITS.workloads: [],
        UNITS.development: [_ACCOUNTS.development],
        UNITS.test: [_ACCOUNTS.test],
        UNITS.production: [_ACCOUNTS.production],
    },
}


def in_memory(_: pytest.FixtureRequest, name: str) -> World:
    """The cloud of the registry's tests."""
    cloud = memory.Cloud()
    cloud.owners[name] = memory.HUB
    cloud.accounts = {
        unit: dict.fromkeys(accounts, "ACTIVE") for unit, accounts in _ORGANIZATION["below"].items()
    }
    cloud.units = {UNITS.workloads: [UNITS.development, UNITS.test, UNITS.production]}
    memory.use(cloud)
    return World(client=memory.client, account=memory.HUB, bucket=name, name=name, **_ORGANIZATION)


def in_the_emulator(request: pytest.FixtureRequest, name: str) -> World:
    """The emulator."""
    emulator: Emulator = request.getfixturevalue("emulator")

    def client(service: str) -> Any:
        return emulator.client(service, account=emulator.hub)

    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    enable_sharing(emulator)
    _let_read_the_organization(emulator)
    return World(client=client, account=emulator.hub, bucket=name, name=name, **_ORGANIZATION)


def _let_read_the_organization(emulator: Emulator) -> None:
    organizations = emulator.client("organizations", account=emulator.management)
    organizations.enable_aws_service_access(ServicePrincipal=ADMINISTERED)
    try:
        organizations.register_delegated_administrator(AccountId=emulator.hub, ServicePrincipal=ADMINISTERED)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccountAlreadyRegisteredException":
            raise


CLOUDS = [in_memory, in_the_emulator]


@pytest.fixture(params=CLOUDS, ids=lambda make: make.__name__)
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.param(request, f"contract-{uuid.uuid4().hex[:10]}")
    return made
