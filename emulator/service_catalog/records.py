"""Provisioned products, and the records of what was done to them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from emulator.cloudformation import stacks as cloudformation


@dataclass(kw_only=True)
class Record:
    """One request to provision, update or terminate, and how it went."""

    identifier: str
    kind: str
    product: "ProvisionedProduct"
    artifact_id: str
    path_id: str
    status: str = "CREATED"
    errors: list[dict[str, str]] = field(default_factory=list)
    outputs: Mapping[str, str] = field(default_factory=dict)
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)


@dataclass(kw_only=True)
class ProvisionedProduct:
    """What came of a launch.

    Attributes:
        launched_by: ARN of the session that launched it.
        role_arn: The launch role, if there is one.
        access_key: The caller's, for a launch without a launch role.
    """

    identifier: str
    name: str
    account: str
    region: str
    product_id: str
    artifact_id: str
    path_id: str
    launched_by: str
    role_arn: str | None
    access_key: str
    token: str
    tags: dict[str, str]
    parameters: dict[str, str]
    status: str = "UNDER_CHANGE"
    message: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    created: float = field(default_factory=time.time)

    @property
    def arn(self) -> str:
        """ARN of the provisioned product."""
        return f"arn:aws:servicecatalog:{self.region}:{self.account}:stack/{self.name}/{self.identifier}"

    @property
    def stack(self) -> cloudformation.StackName:
        """Its stack."""
        return cloudformation.StackName(self.account, self.region, f"SC-{self.account}-{self.identifier}")


provisioned: dict[str, ProvisionedProduct] = {}


ended: dict[str, Record] = {}
"""Records of what has been terminated."""
