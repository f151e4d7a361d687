"""What Feature Store keeps: feature groups, and the records of their online stores.

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-concepts.html
"""

import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from emulator.core.names import RegionalName
from emulator.core.service import Request
from emulator.ram import store as ram_store
from emulator.sagemaker.store import Table, arn

_ARN = re.compile(
    r"arn:aws[a-z-]*:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):feature-group/(?P<name>[a-zA-Z0-9_-]+)",
    re.ASCII,
)

OF_THE_SERVICE = ("write_time", "api_invocation_time", "is_deleted")
"""What SageMaker adds to each record of an offline store, and no feature may be called."""


class GroupName(RegionalName):
    """A feature group of any account."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """Its ARN, which SageMaker writes in lower case."""
        return arn(self.region, self.account, f"feature-group/{self.name.lower()}")


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record of an online store.

    Attributes:
        moment: Its event time, in seconds since 1970.
        values: By the names of features; only identifier and event time of one that was deleted.
        is_deleted: Whether it was deleted.
    """

    moment: float
    values: dict[str, str]
    is_deleted: bool = False


@dataclass(kw_only=True)
class FeatureGroup:
    """A feature group.

    Attributes:
        name: Its name and where it is.
        identifier: The feature that identifies a record.
        event_time: The feature with its event time.
        types: The type of each feature, by its name.
        offline: As the API describes it, with what is derived; None if there is no offline store.
        online: As the API describes it; None if there is no online store.
        role_arn: The role under which records go to the offline store.
        records: The online store, by identifier.
        blocked: Why records do not arrive in the offline store.
    """

    name: GroupName
    identifier: str
    event_time: str
    types: dict[str, str]
    offline: dict[str, Any] | None
    online: dict[str, Any] | None
    role_arn: str
    description: str | None
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)
    records: dict[str, Record] = field(default_factory=dict)
    blocked: str | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def described(self) -> dict[str, Any]:
        """It as the API describes it."""
        status = (
            {"Status": "Blocked", "BlockedReason": self.blocked} if self.blocked else {"Status": "Active"}
        )
        return {
            "FeatureGroupArn": self.name.arn,
            "FeatureGroupName": self.name.name,
            "RecordIdentifierFeatureName": self.identifier,
            "EventTimeFeatureName": self.event_time,
            "FeatureDefinitions": [
                {"FeatureName": name, "FeatureType": kind} for name, kind in self.types.items()
            ],
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
            "OnlineStoreConfig": self.online,
            "OfflineStoreConfig": self.offline,
            "RoleArn": self.role_arn,
            "FeatureGroupStatus": "Created",
            "OfflineStoreStatus": status if self.offline else None,
            "LastUpdateStatus": {"Status": "Successful"},
            "Description": self.description,
        }


groups: Table[FeatureGroup] = Table(
    "feature-group",
    missing="Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name {name}.",
    missing_code="ResourceNotFound",
    duplicate="Resource Already Exists: FeatureGroup with name {name} already exists.",
    duplicate_code="ResourceInUse",
)


def group_name(request: Request, given: str | None = None) -> GroupName:
    """The group that a request names, by its name or by an ARN of any account.

    Args:
        request: The request.
        given: The name, if it does not stand at the top of the request.
    """
    named = str(given or request.parameters["FeatureGroupName"])
    if match := _ARN.fullmatch(named):
        return GroupName(match["account"], match["region"], match["name"])
    return GroupName(request.account, request.region, named)


def resource(request: Request) -> str:
    """ARN of the group that a request names, which IAM is asked about."""
    return group_name(request).arn


def find(request: Request, given: str | None = None) -> FeatureGroup:
    """The group that a request names; see `group_name`.

    Raises:
        ServiceError: There is none.
    """
    named = group_name(request, given)
    same = [each for each in groups.all(named.account, named.region) if each.name.arn == named.arn]
    return same[0] if same else groups.get(*named)


def _exists(group_arn: str) -> bool:
    match = _ARN.fullmatch(group_arn)
    known = groups.all(match["account"], match["region"]) if match else []
    return any(each.name.arn == group_arn for each in known)


ram_store.register(ram_store.FEATURE_GROUP, _exists)
