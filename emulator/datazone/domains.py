"""Domains, and the profiles of their users."""

from typing import Any

from emulator.datazone.callers import Caller, Given, add_profile, operation, profile_of
from emulator.datazone.service import conflict, invalid, missing
from emulator.datazone.store import Domain, Thing, change, domains, new_id

_CHANGING = ("name", "description", "domainExecutionRole", "singleSignOn")


@operation("CreateDomain")
def _create(caller: Caller, given: Given) -> dict[str, Any]:
    if given.get("domainVersion", "V1") != "V1":
        raise invalid("The emulator makes domains of version V1.")
    caller.may_pass(given.get("domainExecutionRole"))
    if any(
        each.account == caller.account and each.described["name"] == given["name"]
        for each in domains.values()
    ):
        raise conflict(f"Domain with name {given['name']} already exists")
    identifier = f"dzd_{new_id()}"
    domain = Domain(identifier=identifier, account=caller.account, region=caller.region, described={})
    domain.described = {
        **{name: value for name, value in given.items() if name != "clientToken"},
        "id": identifier,
        "arn": domain.arn,
        "domainVersion": "V1",
        "portalUrl": f"https://{identifier}.datazone.{caller.region}.on.aws",
        "rootDomainUnitId": new_id(),
        "status": "AVAILABLE",
    }
    domains[identifier] = domain
    return domain.described


@operation("GetDomain")
def _get(caller: Caller, given: Given) -> dict[str, Any]:
    return caller.domain(given).described


@operation("UpdateDomain")
def _update(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    caller.may_pass(given.get("domainExecutionRole"))
    domain.described |= {name: given[name] for name in _CHANGING if name in given}
    return domain.described


@operation("DeleteDomain")
def _delete(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    if domain.all("project") and not given.get("skipDeletionCheck"):
        raise conflict(f"Domain {domain.identifier} has projects")
    del domains[domain.identifier]
    return {"status": "DELETED"}


@operation("CreateUserProfile")
def _create_profile(caller: Caller, given: Given) -> Thing:
    domain, identity = caller.domain(given), given["userIdentifier"]
    if given.get("userType") not in ("IAM_ROLE", "IAM_USER"):
        raise invalid("The emulator has profiles of IAM roles and users.")
    if profile_of(domain, identity) is not None:
        raise conflict(f"User profile for {identity} already exists")
    return add_profile(domain, identity)


@operation("GetUserProfile")
def _get_profile(caller: Caller, given: Given) -> Thing:
    return _profile(caller.domain(given), given["userIdentifier"])


@operation("UpdateUserProfile")
def _update_profile(caller: Caller, given: Given) -> Thing:
    profile = _profile(caller.domain(given), given["userIdentifier"])
    return change(profile, status=given["status"])


def _profile(domain: Domain, named: str) -> Thing:
    found = domain.things.get(("user profile", named)) or profile_of(domain, named)
    if found is None:
        raise missing("User profile", named)
    return found
