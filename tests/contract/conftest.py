"""Two clouds, and what a scenario needs of each."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.fixtures import emulator
from tests.emulator.support import Emulator
from tests.registry import cloud as memory

__all__ = ["emulator", "world"]


@dataclass(frozen=True, kw_only=True)
class World:
    """A cloud in which a scenario is played, as an administrator of the hub.

    Attributes:
        client: Makes a client of a service.
        account: The account of the clients.
        bucket: A bucket of the account that nothing else uses.
        name: A name that nothing else uses.
    """

    client: Callable[[str], Any]
    account: str
    bucket: str
    name: str


def in_memory(_: pytest.FixtureRequest, name: str) -> World:
    """The cloud of the registry's tests."""
    cloud = memory.Cloud()
    cloud.owners[name] = memory.HUB
    memory.use(cloud)
    return World(client=memory.client, account=memory.HUB, bucket=name, name=name)


def in_the_emulator(request: pytest.FixtureRequest, name: str) -> World:
    """The emulator."""
    emulator: Emulator = request.getfixturevalue("emulator")

    def client(service: str) -> Any:
        return emulator.client(service, account=emulator.hub)

    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    return World(client=client, account=emulator.hub, bucket=name, name=name)


@pytest.fixture(params=[in_memory, in_the_emulator], ids=lambda make: make.__name__)
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.param(request, f"contract-{uuid.uuid4().hex[:10]}")
    return made
