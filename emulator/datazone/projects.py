"""Projects, and who works in them: whoever makes a project owns it."""

from typing import Any

from emulator.datazone.callers import Caller, Given, add_profile, operation, page, profile_of
from emulator.datazone.service import conflict, invalid, missing
from emulator.datazone.store import Domain, Kind, Thing, change

_HELD: tuple[Kind, ...] = ("environment", "data source", "subscription target")


@operation("CreateProject")
def _create(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    user = caller.user(domain)
    if domain.all("project", lambda each: each["name"] == given["name"]):
        raise conflict(f"Project with name {given['name']} already exists")
    project = domain.add(
        "project",
        user,
        name=given["name"],
        description=given.get("description"),
        projectStatus="ACTIVE",
        domainUnitId=given.get("domainUnitId", domain.described["rootDomainUnitId"]),
    )
    domain.members[project["id"], user] = "PROJECT_OWNER"
    return project


@operation("GetProject")
def _get(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    caller.user(domain)
    return domain.get("project", given["identifier"])


@operation("UpdateProject")
def _update(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    caller.member(domain, given["identifier"], owner=True)
    changed = {name: given[name] for name in ("name", "description") if name in given}
    return change(domain.get("project", given["identifier"]), **changed)


@operation("DeleteProject")
def _delete(caller: Caller, given: Given) -> None:
    domain, identifier = caller.domain(given), given["identifier"]
    caller.member(domain, identifier, owner=True)
    held = [kind for kind in _HELD if domain.all(kind, lambda each: each["projectId"] == identifier)]
    if domain.all("subscription", lambda each: _subscribes(each, identifier)):
        held = [*held, "subscription"]
    if held and not given.get("skipDeletionCheck"):
        raise conflict(f"Project {identifier} has {', '.join(held)}")
    domain.remove("project", identifier)
    for key in [key for key in domain.members if key[0] == identifier]:
        del domain.members[key]


@operation("ListProjects")
def _list(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    caller.user(domain)
    named = given.get("name")
    return page(given, domain.all("project", lambda each: named in (None, each["name"])))


@operation("CreateProjectMembership")
def _add_member(caller: Caller, given: Given) -> None:
    domain, project = caller.domain(given), given["projectIdentifier"]
    caller.member(domain, project, owner=True)
    user = _member(domain, given, may_add=True)
    if (project, user) in domain.members:
        raise conflict("User is a member of the project already")
    domain.members[project, user] = given["designation"]


@operation("DeleteProjectMembership")
def _remove_member(caller: Caller, given: Given) -> None:
    domain, project = caller.domain(given), given["projectIdentifier"]
    caller.member(domain, project, owner=True)
    user = _member(domain, given, may_add=False)
    if domain.members.pop((project, user), None) is None:
        raise missing("Project membership", user)


@operation("ListProjectMemberships")
def _list_members(caller: Caller, given: Given) -> dict[str, Any]:
    domain, project = caller.domain(given), given["projectIdentifier"]
    caller.user(domain)
    listed = [
        {"designation": designation, "memberDetails": {"user": {"userId": user}}}
        for (of, user), designation in domain.members.items()
        if of == project
    ]
    found = page(given, listed)
    return {"members": found.pop("items"), **found}


def _member(domain: Domain, given: Given, *, may_add: bool) -> str:
    """The profile of a member; one of the domain's own account is made where there is none."""
    named = given["member"].get("userIdentifier")
    if named is None:
        raise invalid("The emulator has members that are users.")
    found = domain.things.get(("user profile", named)) or profile_of(domain, named)
    if found is None and may_add and named.startswith(f"arn:aws:iam::{domain.account}:"):
        found = add_profile(domain, named)
    if found is None:
        raise missing("User profile", named)
    return str(found["id"])


def _subscribes(subscription: Thing, project: str) -> bool:
    subscriber = subscription["subscribedPrincipal"]["project"]["id"]
    return bool(subscription["status"] == "APPROVED" and subscriber == project)
