"""Domains as AWS Resource Access Manager shares them with accounts.

The permission is the one that RAM gives shares of a domain by default. RAM's list of its actions is not
published; that it lets associated accounts call DataZone, and does not let them into the data portal, is
(https://docs.aws.amazon.com/datazone/latest/userguide/invite-account-to-associate.html). What governs the
domain itself, and who its users are, stays with the owner.
"""

import json
import re

from emulator.datazone.callers import OPERATIONS
from emulator.datazone.store import domains
from emulator.ram import store as ram

_OWNERS = frozenset(
    {"CreateDomain", "CreateUserProfile", "DeleteDomain", "UpdateDomain", "UpdateUserProfile"}
)
_NAME = "AWSRAMDefaultPermissionAmazonDataZoneDomain"


def install() -> None:
    """Make domains something that RAM shares."""
    actions = sorted(f"datazone:{name}" for name in OPERATIONS.keys() - _OWNERS)
    shared = ram.ResourceType(
        name="datazone:Domain",
        form=re.compile(r"arn:aws:datazone:[a-z0-9-]+:\d{12}:domain/dzd[-_][a-zA-Z0-9_-]{1,36}", re.ASCII),
        actions=frozenset(actions),
    )
    ram.RESOURCE_TYPES[shared.name] = shared
    ram.register(shared, lambda arn: arn.rpartition("/")[2] in domains)
    arn = f"arn:aws:ram::aws:permission/{_NAME}"
    template = json.dumps({"Effect": "Allow", "Action": actions})
    ram.permissions[arn] = ram.Permission(
        arn=arn,
        resource_type=shared,
        versions=[ram.PermissionVersion(number=1, template=template, created=0.0)],
        type_default=True,
    )
