"""Requests of roles, and the registry's template that decides about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

from base import settings
from base.intrinsics import Intrinsics
from base.policy_variables import fill
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, TEAM

SETTINGS = settings.load()
NAMES = SETTINGS.names
TEST, PRODUCTION = SETTINGS.accounts.test, SETTINGS.accounts.production
ORGANIZATION = SETTINGS.organization.id
UNITS = SETTINGS.organization.organizational_units
# The units between an account and the root; the hub lies directly below the root.
UNITS_OF = {
    TEAM: (UNITS.workloads, UNITS.development),
    TEST: (UNITS.workloads, UNITS.test),
    PRODUCTION: (UNITS.workloads, UNITS.production),
}

Template = dict[str, Any]
ATTRIBUTES = {
    "StorageBucket": f"arn:aws:s3:::{REGISTRY_BUCKET}",
    "StorageKey": f"arn:aws:kms:{REGION}:{HUB}:key/central",
    "ApprovalsBus": NAMES.event_bus_arn,
}
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::AccountId": HUB,
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}

BUCKET = f"arn:aws:s3:::{REGISTRY_BUCKET}"
OBJECT = f"{BUCKET}/models/{TEAM}/churn/1/20261121T091500Z/model.tar.gz"


def _attribute(logical_id: str, name: str) -> str:
    known = (arn for start, arn in ATTRIBUTES.items() if logical_id.startswith(start))
    return next(known, f"{logical_id}.{name}")


resolve = Intrinsics(reference=lambda name: PSEUDO.get(name, name), attribute=_attribute).value
"""A part of the template, as CloudFormation would see it."""


def resources(template: Template, resource_type: str) -> dict[str, Any]:
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == resource_type
    }


def only(template: Template, resource_type: str, starts: str = "") -> Any:
    (found,) = (
        resource for name, resource in resources(template, resource_type).items() if name.startswith(starts)
    )
    return found["Properties"]


def asks(
    role: str,
    action: str,
    resource: str,
    *,
    account: str = HUB,
    organization: str = ORGANIZATION,
    units: Sequence[str] | None = None,
    keys: Mapping[str, str | list[str]] | None = None,
    secure: bool = True,
) -> EvalContext:
    """A request, as IAM sees it."""
    arn = f"arn:aws:iam::{account}:role/{role}"
    path = "/".join([organization, "r-ml01", *(UNITS_OF.get(account, ()) if units is None else units), ""])
    return EvalContext(
        principal_arn=arn,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=REGION,
        secure_transport=secure,
        principal_keys={
            "aws:principalarn": arn,
            "aws:principalaccount": account,
            "aws:principalorgid": organization,
            "aws:principalorgpaths": [path],
        },
        service_context={key.lower(): value for key, value in (keys or {}).items()},
    )


def decided(policy: Any, request: EvalContext) -> str:
    """What a resource's policy says to a request."""
    carried = {**request.principal_keys, **request.service_context}
    filled = fill(policy, lambda key: carried.get(key.lower()))
    decision: str = evaluate_resource_policy(filled, request).decision
    return decision
