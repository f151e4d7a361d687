"""What DataZone keeps: domains, and in each of them things of several kinds by their ids.

https://docs.aws.amazon.com/datazone/latest/APIReference/API_Types.html. A thing is kept as the API describes
it; what the API does not show has a name that begins with an underscore.
"""

import random
import string
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.datazone.service import missing

Kind = Literal[
    "asset",
    "data source",
    "data source run",
    "environment",
    "listing",
    "project",
    "subscription",
    "subscription grant",
    "subscription request",
    "subscription target",
    "user profile",
]
Thing = dict[str, Any]

CUSTOM = "CustomAwsService"
"""The blueprint of environments whose resources are their owner's own."""

_random = random.SystemRandom()
_CHARACTERS = string.ascii_lowercase + string.digits


@dataclass(kw_only=True)
class Domain:
    """A domain.

    Attributes:
        identifier: Its id.
        account: The account that owns it.
        described: As the API describes it.
        blueprints: Configurations of blueprints, by the account that made them and the blueprint's id.
        members: Designations, by project and user profile.
    """

    identifier: str
    account: str
    region: str
    described: Thing
    blueprints: dict[tuple[str, str], Thing] = field(default_factory=dict)
    members: dict[tuple[str, str], str] = field(default_factory=dict)
    things: dict[tuple[Kind, str], Thing] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:datazone:{self.region}:{self.account}:domain/{self.identifier}"

    @property
    def custom_blueprint(self) -> str:
        """Id of the blueprint of environments whose resources are their owner's own."""
        return "c" + self.identifier.removeprefix("dzd_")[:13]

    def add(self, kind: Kind, by: str, **fields: Any) -> Thing:
        """Keep a new thing; `by` is the user profile that has made it."""
        now = time.time()
        common = {"id": new_id(), "domainId": self.identifier, "createdBy": by, "createdAt": now}
        thing = {**common, "updatedAt": now, "lastUpdatedAt": now, **fields}
        self.things[kind, thing["id"]] = thing
        return thing

    def get(self, kind: Kind, identifier: str) -> Thing:
        """Find a thing.

        Raises:
            ServiceError: There is none.
        """
        found = self.things.get((kind, identifier))
        if found is None:
            raise missing(kind.capitalize(), identifier)
        return found

    def remove(self, kind: Kind, identifier: str) -> Thing:
        """Forget a thing.

        Raises:
            ServiceError: There is none.
        """
        found = self.get(kind, identifier)
        self.things.pop((kind, identifier), None)
        return found

    def all(self, kind: Kind, matches: Callable[[Thing], bool] = lambda _: True) -> list[Thing]:
        """The things of a kind, oldest first."""
        known = tuple(self.things.items())
        return [thing for (each, _), thing in known if each == kind and matches(thing)]


domains: dict[str, Domain] = {}
"""By id."""

lock = threading.RLock()
"""Held while one request changes several things."""


def new_id() -> str:
    """An id as DataZone gives them."""
    return "".join(_random.choices(_CHARACTERS, k=14))


def change(thing: Thing, **fields: Any) -> Thing:
    """Change a thing, and note when."""
    now = time.time()
    thing.update(fields, updatedAt=now, lastUpdatedAt=now)
    return thing
