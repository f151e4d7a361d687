"""Permissions granted, revoked and listed.

Operations: https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_GrantPermissions.html. Who may
grant: administrators what their account owns, others what they hold with the grant option; of what another
account has shared, see `_check_cascade`.
"""

from collections.abc import Mapping
from typing import Any

from emulator.core.service import ServiceError
from emulator.glue.catalog import Place
from emulator.lake_formation import decisions, sharing, store
from emulator.lake_formation.callers import Caller, covers_account, is_elsewhere, is_identity
from emulator.lake_formation.calls import operation, page
from emulator.lake_formation.locations import exists
from emulator.lake_formation.model import PERMISSIONS, Resource, described, resource_of
from emulator.lake_formation.service import denied, invalid, missing
from emulator.lake_formation.store import IAM_ALLOWED, Grant, Home
from emulator.lake_formation.tags import place_of

_LEAST_FOR_TAGS = 3
_LEAST_FOR_IDENTITIES = 3


@operation("GrantPermissions")
def _grant(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    resource = _resource(caller, given)
    principal = given["Principal"]["DataLakePrincipalIdentifier"]
    wanted, grantable = _wanted(given, resource)
    _check_exists(caller, resource)
    _check_may_grant(caller, resource, wanted)
    _check_principal(caller, principal, resource)
    if is_elsewhere(principal, caller.home.account) and resource.kind != "LOCATION":
        sharing.share(caller, principal, resource)
    home = Home(resource.account, caller.home.region)
    store.add(home, caller.home.account, principal, resource, wanted, grantable, by=caller.identity)
    return {}


@operation("RevokePermissions")
def _revoke(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    """Take permissions back; those that were not granted are an error, as on AWS."""
    resource = _resource(caller, given)
    principal = given["Principal"]["DataLakePrincipalIdentifier"]
    wanted, grantable = _wanted(given, resource)
    _check_may_grant(caller, resource, wanted)
    home = Home(resource.account, caller.home.region)
    grant = store.find(home, caller.home.account, principal, resource)
    if resource.kind == "CATALOG":
        store.grants(home)  # What an account has from the beginning can be revoked as well.
        grant = store.find(home, caller.home.account, principal, resource)
    if grant is None or not set(wanted) <= grant.permissions:
        raise invalid("No permissions revoked. Grantee does not have:" + str(sorted(wanted)))
    with store.lock:
        grant.grantable -= set(grantable) or set(wanted)
        if not grantable or set(wanted) - set(grantable) or "PermissionsWithGrantOption" not in given:
            grant.permissions -= set(wanted)
    if is_elsewhere(principal, caller.home.account) and not grant.permissions:
        sharing.unshare(caller, principal, resource)
    return {}


def _batch(caller: Caller, given: Mapping[str, Any], one: Any) -> dict[str, Any]:
    failures = []
    for entry in given["Entries"]:
        try:
            one(caller, {"CatalogId": given.get("CatalogId", caller.home.account), **entry})
        except ServiceError as error:
            failure = {"ErrorCode": error.code, "ErrorMessage": error.message}
            failures.append({"RequestEntry": entry, "Error": failure})
    return {"Failures": failures}


@operation("BatchGrantPermissions")
def _batch_grant(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    return _batch(caller, given, _grant)


@operation("BatchRevokePermissions")
def _batch_revoke(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    return _batch(caller, given, _revoke)


@operation("ListPermissions")
def _list(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    """List what the caller may see: administrators all of their account, others what is theirs."""
    owner = Home(given.get("CatalogId", caller.home.account), caller.home.region)
    named = resource_of(given["Resource"], owner.account) if "Resource" in given else None
    principal = given.get("Principal", {}).get("DataLakePrincipalIdentifier")
    found = [
        _described(grant)
        for grant in store.grants(owner)
        if named in (None, grant.resource)
        and principal in (None, grant.principal)
        and given.get("ResourceType", _type(grant)) in (_type(grant), grant.resource.kind.partition("_")[0])
        and _may_see(caller, grant)
    ]
    listed, rest = page(given, found)
    return {"PrincipalResourcePermissions": listed, **rest}


def _may_see(caller: Caller, grant: Grant) -> bool:
    if grant.principal in caller.names(grant.resource.account):
        return True
    account = caller.home.account
    concerned = account in (grant.grantor, grant.resource.account) or covers_account(grant.principal, account)
    return caller.is_administrator and concerned


def _type(grant: Grant) -> str:
    kinds = {"LOCATION": "DATA_LOCATION", "TABLES": "TABLE", "COLUMNS": "TABLE", "TAG": "LF_TAG"}
    kind = grant.resource.kind
    return {"DATABASE_POLICY": "LF_TAG_POLICY_DATABASE", "TABLE_POLICY": "LF_TAG_POLICY_TABLE"}.get(
        kind, kinds.get(kind, kind)
    )


def _described(grant: Grant) -> dict[str, Any]:
    return {
        "Principal": {"DataLakePrincipalIdentifier": grant.principal},
        "Resource": described(grant.resource),
        "Permissions": sorted(grant.permissions),
        "PermissionsWithGrantOption": sorted(grant.grantable),
        "LastUpdated": grant.updated,
        "LastUpdatedBy": grant.updated_by,
    }


def _resource(caller: Caller, given: Mapping[str, Any]) -> Resource:
    return resource_of(given["Resource"], given.get("CatalogId", caller.home.account))


def _wanted(given: Mapping[str, Any], resource: Resource) -> tuple[list[str], list[str]]:
    wanted, grantable = list(given["Permissions"]), list(given.get("PermissionsWithGrantOption", ()))
    if wrong := sorted({*wanted, *grantable} - PERMISSIONS[resource.kind]):
        raise invalid(f"Permissions {wrong} are not valid for {resource.kind}: {resource.label}")
    return wanted, grantable


def _check_exists(caller: Caller, resource: Resource) -> None:
    if resource.kind in ("DATABASE", "TABLES", "TABLE", "COLUMNS", "FILTER"):
        place_of(resource, caller.home)
    if resource.kind == "FILTER":
        home = Home(resource.account, caller.home.region)
        if (home, resource.database, resource.table, resource.name) not in store.filters:
            raise missing(f"Data cells filter not found: {resource.name}")
    if resource.account != caller.home.account:
        return
    if resource.kind == "LOCATION" and store.location_of(caller.home, resource.name) is None:
        raise invalid(f"Location is not registered: {resource.name}")
    known = store.tags.get(caller.home, {})
    asked = dict(resource.expression) or ({resource.name: resource.values} if resource.kind == "TAG" else {})
    for key, values in asked.items():
        if key not in known:
            raise missing(f"Tag key not found: {key}")
        if unknown := sorted(set(values) - {*known[key], "*"}):
            raise missing(f"Tag values not found: {key}={', '.join(unknown)}")


def _check_may_grant(caller: Caller, resource: Resource, wanted: list[str]) -> None:
    if resource.account != caller.home.account:
        _check_cascade(caller, resource, set(wanted))
        return
    if caller.is_administrator:
        return
    if resource.database and set(wanted) <= decisions.grantable(caller, _place(caller, resource)):
        return
    raise denied(f"Required {_words(wanted)} with grant option on {resource.label}")


def _check_cascade(caller: Caller, resource: Resource, wanted: set[str]) -> None:
    """Check that a caller may grant what another account shares: administrators, or who holds it grantable.

    https://docs.aws.amazon.com/lake-formation/latest/dg/permission-cascading-rules.html: with the very policy
    that the account was granted, as far as it may grant it; with another one, if the account may describe all
    its LF-tags.

    Raises:
        ServiceError: The caller may not.
    """
    owner, account = Home(resource.account, caller.home.region), caller.home.account
    refused = denied(f"Required {_words(sorted(wanted))} with grant option on {resource.label}")
    if resource.kind in ("DATABASE_POLICY", "TABLE_POLICY"):
        same = [
            grant
            for grant in store.grants(owner)
            if grant.resource == resource
            and grant.grantor == owner.account
            and covers_account(grant.principal, account)
        ]
        grantable = {each for grant in same for each in grant.grantable}
        allowed = wanted <= grantable if same else _describes_all(owner, account, resource)
        if not caller.is_administrator or not allowed:
            raise refused
        return
    if resource.kind not in ("DATABASE", "TABLES", "TABLE", "COLUMNS", "FILTER"):
        raise refused
    place = _place(caller, resource)
    if caller.is_administrator and wanted <= decisions.of_account(account, place, may_grant=True):
        return
    if not wanted <= decisions.grantable(caller, place):
        raise refused


def _describes_all(owner: Home, account: str, resource: Resource) -> bool:
    held = [
        grant.resource
        for grant in store.grants(owner)
        if grant.resource.kind == "TAG"
        and "DESCRIBE" in grant.permissions
        and covers_account(grant.principal, account)
    ]
    return all(
        any(each.name == key and (value in each.values or "*" in each.values) for each in held)
        for key, values in resource.expression
        for value in values
    )


def _place(caller: Caller, resource: Resource) -> Place:
    return Place(
        account=resource.account,
        region=caller.home.region,
        database=resource.database,
        table=resource.table or ("*" if resource.kind == "TABLES" else None),
    )


def _check_principal(caller: Caller, principal: str, resource: Resource) -> None:
    """Check that a principal is one, and that the account's version of sharing lets it be granted something.

    Versions: https://docs.aws.amazon.com/lake-formation/latest/dg/optimize-ram.html.
    """
    account = caller.home.account
    if principal in (IAM_ALLOWED, f"{account}:IAMPrincipals"):
        return
    if not is_elsewhere(principal, account):
        if not exists(principal, account):
            raise invalid(f"Invalid principal, {principal}")
        return
    if resource.account != account:
        raise invalid(f"A resource that another account has shared cannot be granted to {principal}.")
    version = store.version(caller.home)
    by_tag = resource.kind in ("DATABASE_POLICY", "TABLE_POLICY", "TAG")
    node = principal.startswith("arn:aws:organizations::")
    if is_identity(principal) and version < _LEAST_FOR_IDENTITIES:
        raise invalid(
            f"Grants to IAM principals of other accounts need {store.VERSION} 3, and it is {version}."
        )
    if node and by_tag and version < _LEAST_FOR_TAGS:
        raise invalid(f"Grants to organizations by LF-tag need {store.VERSION} 3, and it is {version}.")
    if is_identity(principal) and not exists(principal, principal.split(":")[4]):
        raise invalid(f"Invalid principal, {principal}")


def _words(permissions: list[str]) -> str:
    return ", ".join(each.replace("_", " ").title() for each in permissions)
