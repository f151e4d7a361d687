"""Condition keys that ministack's evaluator does not know, or knows for a world of single accounts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for KMS,
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam, kms, s3

from emulator.core import resource_tags
from emulator.iam import boundaries as iam_boundaries
from emulator.services.organizations import organization_of

_resolve = iam_evaluator._resolve_condition_key


def install() -> None:
    """Put the keys in place."""
    iam_evaluator._resolve_condition_key = _resolve_condition_key
    iam_evaluator._principal_org_id = _organization_id


def owner_of(resource_arn: str) -> str | None:
    """Return the account that owns a resource; for a bucket, whose ARN does not tell, by looking it up."""
    owner: str | None = iam_evaluator._account_from_arn(resource_arn)
    if owner is None and resource_arn.startswith("arn:aws:s3:::"):
        owner = s3._bucket_owner_account(resource_arn.removeprefix("arn:aws:s3:::").partition("/")[0])
    return owner


def aliases_of(key_arn: str) -> list[str]:
    """Return the names of a KMS key's aliases, in whichever account it is."""
    account, region, resource = key_arn.split(":")[4], key_arn.split(":")[3], key_arn.rpartition(":")[2]
    identifier = resource.removeprefix("key/")
    return [
        alias_arn.rpartition(":")[2]
        for alias_arn, target in kms._aliases.items_scoped(account, region)
        if target == identifier
    ]


def _organization_id(account: str) -> str | None:
    organization = organization_of(account)
    return organization.identifier if organization else None


def _organization_paths(account: str) -> list[str] | None:
    organization = organization_of(account)
    return [organization.path(account)] if organization else None


def _principal_arn(context: Any) -> str:
    """Of a role's session, the ARN of the role."""
    arn: str = context.principal_arn
    if ":assumed-role/" not in arn:
        return arn
    name = arn.split("/")[1]
    role = iam._roles.get_scoped(context.principal_account, None, name)
    return str(role["Arn"]) if role else f"arn:aws:iam::{context.principal_account}:role/{name}"


def _resource_aliases(context: Any) -> list[str] | None:
    return aliases_of(context.resource_arn) if context.resource_arn.startswith("arn:aws:kms:") else None


_KEYS: dict[str, Callable[[Any], Any]] = {
    # Loopback stands in for TLS.
    "aws:securetransport": lambda _: "true",
    "aws:principalarn": _principal_arn,
    "aws:principalisawsservice": lambda context: str(context.principal_type == "Service").lower(),
    "aws:principalorgpaths": lambda context: _organization_paths(context.principal_account),
    "aws:resourceaccount": lambda context: owner_of(context.resource_arn) or context.principal_account,
    "aws:resourceorgid": lambda context: _organization_id(owner_of(context.resource_arn) or ""),
    "aws:resourceorgpaths": lambda context: _organization_paths(owner_of(context.resource_arn) or ""),
    "aws:sourceorgid": lambda context: _organization_id(context.service_context.get("aws:sourceaccount", "")),
    "kms:calleraccount": lambda context: context.principal_account,
    "kms:resourcealiases": _resource_aliases,
}
_KEYS["s3:resourceaccount"] = _KEYS["aws:resourceaccount"]


def _resolve_condition_key(key: str, context: Any) -> Any:
    own = _KEYS.get(key.lower())
    if own:
        return own(context)
    found = _resolve(key, context)
    if found is None and key.lower() == iam_boundaries.KEY:
        return iam_boundaries.of_role(context.resource_arn)
    if found is None and key.lower().startswith(resource_tags.PREFIX):
        return resource_tags.value(key, context.resource_arn)
    return found
