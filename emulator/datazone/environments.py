"""Blueprints that accounts enable, environments of them, and their subscription targets.

Of the blueprints there is the one for AWS services of one's own
(https://docs.aws.amazon.com/datazone/latest/userguide/working-with-custom-blueprint.html): such an
environment makes nothing. An account that a domain is shared with makes targets in environments of its own
(https://docs.aws.amazon.com/datazone/latest/userguide/use-your-own-role.html).
"""

from typing import Any

from emulator.datazone.callers import Caller, Given, operation, page
from emulator.datazone.service import conflict, denied, invalid
from emulator.datazone.service import missing as not_found
from emulator.datazone.store import CUSTOM, Domain, Thing, change

_TARGET_FIELDS = (
    "name",
    "subscriptionTargetConfig",
    "authorizedPrincipals",
    "manageAccessRole",
    "applicableAssetTypes",
    "provider",
    "subscriptionGrantCreationMode",
)


@operation("ListEnvironmentBlueprints")
def _list_blueprints(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    managed = {
        "id": domain.custom_blueprint,
        "name": CUSTOM,
        "provider": "Amazon DataZone",
        "provisioningProperties": {"cloudFormation": {"templateUrl": ""}},
    }
    wanted = given.get("name", CUSTOM) == CUSTOM and given.get("managed", False)
    return page(given, [managed] if wanted else [])


@operation("PutEnvironmentBlueprintConfiguration")
def _put_configuration(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    blueprint = _blueprint(domain, given)
    for name in ("manageAccessRoleArn", "provisioningRoleArn"):
        caller.may_pass(given.get(name))
    kept = {name: value for name, value in given.items() if not name.endswith("Identifier")}
    domain.blueprints[caller.account, blueprint] = {
        **kept,
        "domainId": domain.identifier,
        "environmentBlueprintId": blueprint,
    }
    return domain.blueprints[caller.account, blueprint]


@operation("GetEnvironmentBlueprintConfiguration")
def _get_configuration(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    return _configuration(domain, caller.account, _blueprint(domain, given))


@operation("DeleteEnvironmentBlueprintConfiguration")
def _delete_configuration(caller: Caller, given: Given) -> None:
    domain = caller.domain(given)
    blueprint = _blueprint(domain, given)
    _configuration(domain, caller.account, blueprint)
    if domain.all("environment", lambda each: each["awsAccountId"] == caller.account):
        raise conflict(f"Environment blueprint {blueprint} has environments in this account")
    del domain.blueprints[caller.account, blueprint]


@operation("CreateEnvironment")
def _create(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    user = caller.member(domain, given["projectIdentifier"])
    account = given.get("environmentAccountIdentifier", caller.account)
    blueprint = given.get("environmentBlueprintIdentifier")
    if blueprint != domain.custom_blueprint:
        raise invalid(f"The emulator makes environments of the blueprint {CUSTOM}.")
    if account != caller.account:
        raise denied("An environment of a custom blueprint is made in its own account.")
    configuration = _configuration(domain, account, blueprint)
    region = given.get("environmentAccountRegion", caller.region)
    if region not in configuration["enabledRegions"]:
        raise invalid(f"Environment blueprint {blueprint} is not enabled in {region}")
    return domain.add(
        "environment",
        user,
        projectId=given["projectIdentifier"],
        name=given["name"],
        description=given.get("description"),
        awsAccountId=account,
        awsAccountRegion=region,
        environmentBlueprintId=blueprint,
        provider="Amazon DataZone",
        status="ACTIVE",
        _role=None,
    )


@operation("GetEnvironment")
def _get(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    environment = domain.get("environment", given["identifier"])
    _in_own_account(caller, domain, environment)
    return environment


@operation("UpdateEnvironment")
def _update(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    environment = domain.get("environment", given["identifier"])
    caller.member(domain, environment["projectId"])
    changed = {name: given[name] for name in ("name", "description") if name in given}
    return change(environment, **changed)


@operation("DeleteEnvironment")
def _delete(caller: Caller, given: Given) -> None:
    domain, identifier = caller.domain(given), given["identifier"]
    caller.member(domain, domain.get("environment", identifier)["projectId"])
    if domain.all("subscription target", lambda each: each["environmentId"] == identifier):
        raise conflict(f"Environment {identifier} has subscription targets")
    if domain.all("data source", lambda each: each["environmentId"] == identifier):
        raise conflict(f"Environment {identifier} has data sources")
    domain.remove("environment", identifier)


@operation("AssociateEnvironmentRole")
def _associate_role(caller: Caller, given: Given) -> None:
    domain = caller.domain(given)
    environment = domain.get("environment", given["environmentIdentifier"])
    _in_own_account(caller, domain, environment)
    caller.may_pass(given["environmentRoleArn"])
    change(environment, _role=given["environmentRoleArn"])


@operation("DisassociateEnvironmentRole")
def _disassociate_role(caller: Caller, given: Given) -> None:
    domain = caller.domain(given)
    environment = domain.get("environment", given["environmentIdentifier"])
    _in_own_account(caller, domain, environment)
    change(environment, _role=None)


@operation("CreateSubscriptionTarget")
def _create_target(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    environment = domain.get("environment", given["environmentIdentifier"])
    _in_own_account(caller, domain, environment)
    caller.may_pass(given["manageAccessRole"])
    kept = {name: given[name] for name in _TARGET_FIELDS if name in given}
    defaults = {"provider": "Amazon DataZone", "subscriptionGrantCreationMode": "AUTOMATIC"}
    return domain.add(
        "subscription target",
        "SYSTEM",
        type=given["type"],
        environmentId=environment["id"],
        projectId=environment["projectId"],
        **(defaults | kept),
    )


@operation("GetSubscriptionTarget")
def _get_target(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    target = _target(domain, given)
    _in_own_account(caller, domain, domain.get("environment", target["environmentId"]))
    return target


@operation("UpdateSubscriptionTarget")
def _update_target(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    target = _target(domain, given)
    _in_own_account(caller, domain, domain.get("environment", target["environmentId"]))
    caller.may_pass(given.get("manageAccessRole"))
    return change(target, **{name: given[name] for name in _TARGET_FIELDS if name in given})


@operation("DeleteSubscriptionTarget")
def _delete_target(caller: Caller, given: Given) -> None:
    domain = caller.domain(given)
    target = _target(domain, given)
    _in_own_account(caller, domain, domain.get("environment", target["environmentId"]))
    if domain.all("subscription grant", lambda each: each["subscriptionTargetId"] == target["id"]):
        raise conflict(f"Subscription target {target['id']} has subscription grants")
    domain.remove("subscription target", target["id"])


@operation("ListSubscriptionTargets")
def _list_targets(caller: Caller, given: Given) -> dict[str, Any]:
    domain, environment = caller.domain(given), given["environmentIdentifier"]
    _in_own_account(caller, domain, domain.get("environment", environment))
    found = domain.all("subscription target", lambda each: each["environmentId"] == environment)
    return page(given, found)


def _target(domain: Domain, given: Given) -> Thing:
    target = domain.get("subscription target", given["identifier"])
    if target["environmentId"] != given["environmentIdentifier"]:
        raise not_found("Subscription target", given["identifier"])
    return target


def _in_own_account(caller: Caller, domain: Domain, environment: Thing) -> None:
    """Check that a caller is of the environment's account, or a member of its project."""
    if environment["awsAccountId"] != caller.account:
        caller.member(domain, environment["projectId"])


def _blueprint(domain: Domain, given: Given) -> str:
    identifier = str(given["environmentBlueprintIdentifier"])
    if identifier != domain.custom_blueprint:
        raise not_found("Environment blueprint", identifier)
    return identifier


def _configuration(domain: Domain, account: str, blueprint: str) -> Thing:
    found = domain.blueprints.get((account, blueprint))
    if found is None:
        raise not_found("Environment blueprint configuration", blueprint)
    return found
