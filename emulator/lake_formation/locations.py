"""The settings of a data lake, and the locations in Amazon S3 that it governs.

https://docs.aws.amazon.com/lake-formation/latest/dg/register-data-lake.html
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import iam

from emulator.core import service_linked_roles
from emulator.core.service import ServiceError
from emulator.core.switches import feared
from emulator.lake_formation import store
from emulator.lake_formation.callers import Caller
from emulator.lake_formation.calls import authorize, operation, page
from emulator.lake_formation.service import PRINCIPAL, invalid, missing
from emulator.lake_formation.store import Home, Location

_LINKED_ROLE = "AWSServiceRoleForLakeFormationDataAccess"
_GLOBAL = "us-east-1"
_VERSIONS = ("1", "2", "3", "4", "5")


def _home(caller: Caller, given: Mapping[str, Any]) -> Home:
    account = given.get("CatalogId", caller.home.account)
    if account != caller.home.account:
        raise invalid(f"The emulator manages the data lake of the caller's account, and not of {account}.")
    return caller.home


@operation("GetDataLakeSettings")
def _get_settings(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"DataLakeSettings": store.settings(_home(caller, given))}


@operation("PutDataLakeSettings")
def _put_settings(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    home, wanted = _home(caller, given), given["DataLakeSettings"]
    for named in (*wanted.get("DataLakeAdmins", ()), *wanted.get("ReadOnlyAdmins", ())):
        principal = named["DataLakePrincipalIdentifier"]
        if not exists(principal, home.account):
            raise invalid(f"Invalid principal, {principal}")
    if feared("lake-settings-context") and "SET_CONTEXT" in wanted.get("Parameters", {}):
        raise invalid(f"Valid Parameters Keys are: [{store.VERSION}], but found: [SET_CONTEXT]")
    version = wanted.get("Parameters", {}).get(store.VERSION, "1")
    if version not in _VERSIONS:
        raise invalid(f"{store.VERSION} must be one of {', '.join(_VERSIONS)}, and is {version}.")
    store.put_settings(home, wanted)
    return {}


def exists(principal: str, account: str) -> bool:
    """Whether there is a role or user of an account; IAM's root and groups of it are always there."""
    fields = principal.split(":", 5)
    if not principal.startswith("arn:aws:iam::") or fields[4] != account:
        return False
    kind, _, name = fields[5].partition("/")
    known = {"role": iam._roles, "user": iam._users}.get(kind)
    found = known.get_scoped(account, None, name.rpartition("/")[2]) if known is not None else None
    return bool(found and found["Arn"] == principal)


@operation("RegisterResource")
def _register(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    arn, registered = given["ResourceArn"].rstrip("/"), store.locations.setdefault(caller.home, {})
    if arn in registered:
        raise ServiceError("AlreadyExistsException", f"Resource is already registered: {arn}")
    registered[arn] = _location(caller, arn, given)
    return {}


@operation("UpdateResource")
def _update(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    arn = _registered(caller, given).arn
    store.locations[caller.home][arn] = _location(caller, arn, given)
    return {}


@operation("DeregisterResource")
def _deregister(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    del store.locations[caller.home][_registered(caller, given).arn]
    return {}


@operation("DescribeResource")
def _describe(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"ResourceInfo": _described(_registered(caller, given))}


@operation("ListResources")
def _list(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    found, rest = page(given, [_described(each) for each in store.locations.get(caller.home, {}).values()])
    return {"ResourceInfoList": found, **rest}


def _location(caller: Caller, arn: str, given: Mapping[str, Any]) -> Location:
    if not arn.startswith("arn:aws:s3:::"):
        raise invalid(f"{arn} is not the ARN of a bucket or a folder.")
    if given.get("UseServiceLinkedRole"):
        role = _linked_role(caller, arn)
    elif "RoleArn" in given:
        role = given["RoleArn"]
        authorize(caller, "iam:PassRole", role, {"iam:PassedToService": PRINCIPAL})
        if not exists(role, caller.home.account):
            raise invalid(f"Invalid role: {role}")
    else:
        raise invalid("Either RoleArn or UseServiceLinkedRole must be given.")
    return Location(arn=arn, role=role, hybrid=bool(given.get("HybridAccessEnabled", False)))


def _linked_role(caller: Caller, arn: str) -> str:
    """https://docs.aws.amazon.com/lake-formation/latest/dg/service-linked-roles.html."""
    role = service_linked_roles.ServiceLinkedRole(PRINCIPAL, _LINKED_ROLE, caller.home.account)
    if iam._roles.get_scoped(role.account, None, role.name) is None:
        authorize(caller, service_linked_roles.ACTION, role.arn, role.condition_keys)
        service_linked_roles.create(role)
    authorize(caller, "iam:PutRolePolicy", role.arn)
    actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    bucket = arn.partition("/")[0]
    statements = [
        {"Effect": "Allow", "Action": actions, "Resource": f"{arn}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
    ]
    with request_scope(role.account, _GLOBAL):
        policies = iam._roles[role.name]["InlinePolicies"]
        policies[f"LakeFormationDataAccess{len(policies)}"] = json.dumps(
            {"Version": "2012-10-17", "Statement": statements}
        )
    return role.arn


def _registered(caller: Caller, given: Mapping[str, Any]) -> Location:
    arn = given["ResourceArn"].rstrip("/")
    found = store.locations.get(caller.home, {}).get(arn)
    if found is None:
        raise missing(f"Entity not found: {arn}")
    return found


def _described(location: Location) -> dict[str, Any]:
    return {
        "ResourceArn": location.arn,
        "RoleArn": location.role,
        "LastModified": location.modified,
        "HybridAccessEnabled": location.hybrid,
    }
