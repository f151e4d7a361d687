"""What AWS Resource Access Manager keeps: resource shares, managed permissions, and who may do what by them.

A share brings together resources of one account, principals outside of it, and for each type of resource one
managed permission: the policy that the resources get, without its principal and its resource
(https://docs.aws.amazon.com/ram/latest/userguide/security-ram-permissions.html).
"""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.core import resource_tags
from emulator.core.authorization import ResourcePolicy
from emulator.core.service import Request
from emulator.ram.principals import accounts_of
from emulator.ram.service import ram

Kind = Literal["PRINCIPAL", "RESOURCE"]

lock = threading.RLock()
"""Held while shares and permissions change."""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A type of resource that can be shared.

    Attributes:
        name: As RAM calls it, such as `sagemaker:ModelCard`.
        form: Pattern of the ARNs.
        actions: What can be allowed through a share.
    """

    name: str
    form: re.Pattern[str]
    actions: frozenset[str]


MODEL_CARD = ResourceType(
    name="sagemaker:ModelCard",
    form=re.compile(r"arn:aws:sagemaker:[a-z0-9-]+:\d{12}:model-card/[a-zA-Z0-9-]{1,63}", re.ASCII),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-xaccount.html
    actions=frozenset(
        {
            "sagemaker:CreateModelCardExportJob",
            "sagemaker:DescribeModelCard",
            "sagemaker:DescribeModelCardExportJob",
            "sagemaker:ListModelCardVersions",
            "sagemaker:UpdateModelCard",
        }
    ),
)
FEATURE_GROUP = ResourceType(
    name="sagemaker:FeatureGroup",
    form=re.compile(r"arn:aws:sagemaker:[a-z0-9-]+:\d{12}:feature-group/[a-z0-9_-]{1,64}", re.ASCII),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-cross-account-access.html
    actions=frozenset(
        {
            "sagemaker:BatchGetRecord",
            "sagemaker:DeleteRecord",
            "sagemaker:DescribeFeatureGroup",
            "sagemaker:DescribeFeatureMetadata",
            "sagemaker:GetRecord",
            "sagemaker:PutRecord",
            "sagemaker:UpdateFeatureGroup",
            "sagemaker:UpdateFeatureMetadata",
        }
    ),
)
RESOURCE_TYPES = {each.name: each for each in (FEATURE_GROUP, MODEL_CARD)}
"""The types that the emulator shares; AWS shares many more."""


@dataclass(frozen=True, kw_only=True)
class PermissionVersion:
    """A version of a managed permission, which never changes."""

    number: int
    template: str
    created: float = field(default_factory=time.time)


@dataclass(kw_only=True)
class Permission:
    """A managed permission.

    Attributes:
        arn: Its ARN.
        resource_type: The type of resource it is for.
        versions: Oldest first; the last one is the default.
        type_default: Whether shares get it that ask for none.
        owner: The account of a customer-managed permission, or None.
    """

    arn: str
    resource_type: ResourceType
    versions: list[PermissionVersion]
    type_default: bool = False
    owner: str | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name."""
        return self.arn.rpartition("/")[2]

    @property
    def default(self) -> PermissionVersion:
        """The version that shares get."""
        return self.versions[-1]


@dataclass(kw_only=True)
class Association:
    """A principal or a resource of a share; one that was taken off stays on record."""

    kind: Kind
    entity: str
    status: Literal["ASSOCIATED", "DISASSOCIATED"] = "ASSOCIATED"
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)


@dataclass(kw_only=True)
class Share:
    """A resource share.

    Attributes:
        arn: Its ARN.
        external: Whether principals outside the organisation may be added.
        retain: Whether accounts that leave the organisation keep their access.
        permissions: By the name of a type of resource, the permission and the number of its version.
    """

    arn: str
    name: str
    external: bool
    retain: bool
    tags: dict[str, str]
    status: Literal["ACTIVE", "DELETED"] = "ACTIVE"
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    associations: dict[tuple[Kind, str], Association] = field(default_factory=dict)
    permissions: dict[str, tuple[Permission, int]] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The account that owns it."""
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        """Its Region."""
        return self.arn.split(":")[3]

    def associated(self, kind: Kind) -> list[Association]:
        """Its principals or its resources, as they are on record."""
        known = tuple(self.associations.values())  # Others may add to them meanwhile.
        return [each for each in known if each.kind == kind and each.status == "ASSOCIATED"]

    def entities(self, kind: Kind) -> list[str]:
        """Its principals or its resources."""
        return [each.entity for each in self.associated(kind)]

    def accounts(self) -> list[str]:
        """The accounts that it is shared with."""
        found = (account for entity in self.entities("PRINCIPAL") for account in accounts_of(entity))
        return [account for account in dict.fromkeys(found) if account != self.account]


shares: dict[str, Share] = {}
"""By ARN, oldest first."""

permissions: dict[str, Permission] = {}
"""By ARN: AWS's own, and those of all accounts."""

_existence: dict[str, Callable[[str], bool]] = {}


def register(resource_type: ResourceType, exists: Callable[[str], bool]) -> None:
    """Make a type of resource one that can be shared.

    Args:
        resource_type: The type.
        exists: Whether there is a resource, by its ARN.
    """
    _existence[resource_type.name] = exists


def exists(resource_arn: str) -> bool:
    """Whether a resource of one of the types exists."""
    resource_type = type_of(resource_arn)
    return resource_type is not None and _existence[resource_type.name](resource_arn)


def type_of(resource_arn: str) -> ResourceType | None:
    """The type of a resource, if it can be shared."""
    return next((each for each in RESOURCE_TYPES.values() if each.form.fullmatch(resource_arn)), None)


def policy_of(resource_arn: str) -> ResourcePolicy | None:
    """The policy that a resource has by its shares, and the account that owns it.

    None for a resource that is of none of the types.
    """
    resource_type = type_of(resource_arn)
    if resource_type is None:
        return None
    owner = resource_arn.split(":")[4]
    with lock:
        statements = [
            _statement(share, *share.permissions[resource_type.name], resource_arn)
            for share in shares.values()
            if share.account == owner and resource_arn in share.entities("RESOURCE") and share.accounts()
        ]
    return ({"Version": "2012-10-17", "Statement": statements} if statements else None), owner


def resource_policy(_: Request, resource_arn: str) -> ResourcePolicy | None:
    """Look up for an operation what `policy_of` finds."""
    return policy_of(resource_arn)


def _statement(share: Share, permission: Permission, version: int, resource_arn: str) -> dict[str, Any]:
    template = json.loads(next(each.template for each in permission.versions if each.number == version))
    principals = [f"arn:aws:iam::{account}:root" for account in share.accounts()]
    return {**template, "Principal": {"AWS": principals}, "Resource": resource_arn}


def _tags_of(arn: str) -> dict[str, str] | None:
    found = shares.get(arn) or permissions.get(arn)
    return found.tags if found else None


resource_tags.register(ram.name, _tags_of)
