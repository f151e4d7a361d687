"""Grants of a subscription: permissions of AWS Lake Formation, given and taken in the roles of both accounts.

https://docs.aws.amazon.com/datazone/latest/userguide/grant-access-to-managed-glue-table-assets.html: the role
of the publisher's data source shares the table with the subscriber's account; the role of the subscription
target links it into the target's database, and grants both to the target's principals.
"""

import json
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from emulator.core.service import ServiceError
from emulator.datazone.callers import Caller, Given, operation, page
from emulator.datazone.listings import TABLE
from emulator.datazone.roles import in_role, manage_access_role
from emulator.datazone.service import conflict, words
from emulator.datazone.store import Domain, Thing, change, lock

_READ = ["DESCRIBE", "SELECT"]


@operation("CreateSubscriptionGrant")
def _create(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    environment = domain.get("environment", given["environmentIdentifier"])
    user = caller.member(domain, environment["projectId"])
    target = domain.get("subscription target", given["subscriptionTargetIdentifier"])
    wanted = given["grantedEntity"]["listing"]["identifier"]
    with lock:
        for subscription in domain.all("subscription", lambda each: each["status"] == "APPROVED"):
            subscriber = subscription["subscribedPrincipal"]["project"]["id"]
            if subscription["subscribedListing"]["id"] == wanted and subscriber == target["projectId"]:
                return _grant(domain, subscription, target, user)
    raise conflict(f"Project {target['projectId']} has no subscription to listing {wanted}")


@operation("DeleteSubscriptionGrant")
def _delete(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    grant = domain.get("subscription grant", given["identifier"])
    caller.member(domain, domain.get("environment", grant["environmentId"])["projectId"])
    with lock:
        return _withdraw(domain, grant)


@operation("GetSubscriptionGrant")
def _get(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    caller.user(domain)
    return domain.get("subscription grant", given["identifier"])


@operation("ListSubscriptionGrants")
def _list(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    caller.user(domain)
    found = [
        each
        for each in domain.all("subscription grant")
        if given.get("environmentId", each["environmentId"]) == each["environmentId"]
        and given.get("subscriptionTargetId", each["subscriptionTargetId"]) == each["subscriptionTargetId"]
        and given.get("subscriptionId", each["subscriptionId"]) == each["subscriptionId"]
        and given.get("subscribedListingId", each["_listing"]) == each["_listing"]
    ]
    return page(given, found)


def fulfil(domain: Domain, subscription: Thing) -> None:
    """Grant a subscription in all targets of its project that take grants by themselves."""
    project = subscription["subscribedPrincipal"]["project"]["id"]
    for target in domain.all("subscription target", lambda each: each["projectId"] == project):
        fits = TABLE in target["applicableAssetTypes"]
        if fits and target["subscriptionGrantCreationMode"] == "AUTOMATIC":
            _grant(domain, subscription, target, "SYSTEM")


def withdraw_all(domain: Domain, subscription: Thing) -> None:
    """Take back all that a subscription has granted."""
    for grant in domain.all("subscription grant", lambda each: each["subscriptionId"] == subscription["id"]):
        _withdraw(domain, grant)


def _grant(domain: Domain, subscription: Thing, target: Thing, by: str) -> Thing:
    """Grant once; what failed is tried again."""
    known = domain.all(
        "subscription grant",
        lambda each: (
            (each["subscriptionId"], each["subscriptionTargetId"]) == (subscription["id"], target["id"])
        ),
    )
    if known and known[0]["status"] == "COMPLETED":
        raise conflict(f"Subscription target {target['id']} has a grant of it already")
    listed = subscription["subscribedListing"]
    grant = (
        known[0]
        if known
        else domain.add(
            "subscription grant",
            by,
            environmentId=target["environmentId"],
            subscriptionTargetId=target["id"],
            subscriptionId=subscription["id"],
            grantedEntity={"listing": {"id": listed["id"], "revision": listed["revision"]}},
            _listing=listed["id"],
        )
    )
    asset = {
        "assetId": listed["item"]["assetListing"]["entityId"],
        "assetRevision": listed["item"]["assetListing"]["entityRevision"],
    }
    try:
        name = _Fulfilment(domain, subscription, target).give()
    except (ClientError, ServiceError) as error:
        failed = {**asset, "status": "GRANT_FAILED", "failureCause": {"message": words(error)}}
        return change(grant, status="GRANT_FAILED", assets=[failed])
    return change(grant, status="COMPLETED", assets=[{**asset, "status": "GRANTED", "targetName": name}])


def _withdraw(domain: Domain, grant: Thing) -> Thing:
    subscription = domain.get("subscription", grant["subscriptionId"])
    target = domain.get("subscription target", grant["subscriptionTargetId"])
    others = domain.all(
        "subscription grant",
        lambda each: each["id"] != grant["id"] and each["_listing"] == grant["_listing"],
    )
    try:
        _Fulfilment(domain, subscription, target).take(is_last=not others)
    except (ClientError, ServiceError) as error:
        failed = [
            {**each, "status": "REVOKE_FAILED", "failureCause": {"message": words(error)}}
            for each in grant["assets"]
        ]
        return change(grant, status="REVOKE_FAILED", assets=failed)
    return domain.remove("subscription grant", grant["id"])


class _Fulfilment:
    """What one grant is, in the accounts of publisher and subscriber."""

    def __init__(self, domain: Domain, subscription: Thing, target: Thing) -> None:
        listed = subscription["subscribedListing"]["item"]["assetListing"]
        asset = domain.get("asset", listed["entityId"])
        source = domain.get("data source", asset["_source"])
        environment = domain.get("environment", source["environmentId"])
        glue = source["configuration"]["glueRunConfiguration"]
        self._publisher = glue.get("dataAccessRole") or manage_access_role(domain, environment)
        self._subscriber = target["manageAccessRole"]
        self._domain = domain
        arn = json.loads(listed["forms"])["GlueTableForm"]["tableArn"]
        fields = arn.split(":", 5)
        _, database, table = fields[5].split("/")
        self._owner = fields[4]
        self._table = {"CatalogId": self._owner, "DatabaseName": database, "Name": table}
        self._account = domain.get("environment", target["environmentId"])["awsAccountId"]
        [config] = target["subscriptionTargetConfig"]
        into = json.loads(config["content"])["databaseName"]
        self._link = {"CatalogId": self._account, "DatabaseName": into, "Name": table}
        self._principals = target["authorizedPrincipals"]
        self._name = str(table)

    def give(self) -> str:
        """Share, link and grant; the name of the link."""
        if self._owner != self._account:
            self._as_publisher().grant_permissions(
                Principal={"DataLakePrincipalIdentifier": self._account},
                Resource={"Table": self._table},
                Permissions=_READ,
                PermissionsWithGrantOption=_READ,
            )
        glue = in_role(self._domain, self._subscriber, "glue")
        with suppress(glue.exceptions.AlreadyExistsException):
            glue.create_table(
                DatabaseName=self._link["DatabaseName"],
                TableInput={"Name": self._link["Name"], "TargetTable": self._table},
            )
        lake_formation = self._as_subscriber()
        for principal in self._principals:
            for resource, permissions in ((self._link, ["DESCRIBE"]), (self._table, _READ)):
                lake_formation.grant_permissions(
                    Principal={"DataLakePrincipalIdentifier": principal},
                    Resource={"Table": resource},
                    Permissions=permissions,
                )
        return self._name

    def take(self, *, is_last: bool) -> None:
        """Take it all back; the share with the account only with the last grant."""
        lake_formation = self._as_subscriber()
        for principal in self._principals:
            for resource, permissions in ((self._table, _READ), (self._link, ["DESCRIBE"])):
                _revoked(lake_formation, principal, resource, permissions)
        glue = in_role(self._domain, self._subscriber, "glue")
        with suppress(glue.exceptions.EntityNotFoundException):
            glue.delete_table(DatabaseName=self._link["DatabaseName"], Name=self._link["Name"])
        if is_last and self._owner != self._account:
            _revoked(self._as_publisher(), self._account, self._table, _READ, grantable=_READ)

    def _as_publisher(self) -> Any:
        return in_role(self._domain, self._publisher, "lakeformation")

    def _as_subscriber(self) -> Any:
        return in_role(self._domain, self._subscriber, "lakeformation")


def _revoked(
    lake_formation: Any,
    principal: str,
    resource: dict[str, str],
    permissions: list[str],
    grantable: list[str] | None = None,
) -> None:
    """Take permissions back; what is gone already is no error."""
    more = {"PermissionsWithGrantOption": grantable} if grantable else {}
    try:
        lake_formation.revoke_permissions(
            Principal={"DataLakePrincipalIdentifier": principal},
            Resource={"Table": resource},
            Permissions=permissions,
            **more,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("EntityNotFoundException", "InvalidInputException"):
            raise
