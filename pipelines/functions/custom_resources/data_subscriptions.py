"""Subscribes projects to published data sets in an Amazon DataZone domain, and ends their subscriptions.

CloudFormation has no type for any of it. Two kinds of custom resources ask for it: a *listing*, which is
looked up, and a *subscription*, by which the training role of one project comes to read it. The account is
one subscriber: its projects share its subscriptions, and each has a grant of its own.

Nothing waits for the owner of the data: where a request has to be approved, DataZone grants it afterwards by
itself. A request may arrive twice, and a run may end between any two calls; each looks first.
"""

import json
import os
import re
from collections.abc import Mapping
from typing import Any

import boto3
from aws_lambda_powertools import Logger

from .answers import answer

DOMAIN = "DOMAIN_ID"
PROJECT = "PROJECT_ID"
ENVIRONMENT = "ENVIRONMENT_ID"
LAKE = "LAKE"
"""Variable: ``account/database`` of the lake whose tables are published."""

LISTING = "Custom::Listing"
SUBSCRIPTION = "Custom::Subscription"
TABLE = re.compile(r"arn:[\w-]+:glue:[\w-]+:(?P<lake>\d{12}:table/[^/]+)/(?P<table>[^/]+)", re.ASCII)

logger = Logger(service="data-subscriptions")
datazone = boto3.client("datazone")


class SubscriptionError(Exception):
    """The data set cannot be subscribed to; the message is a sentence for whoever launches the project."""


def handler(event: dict[str, Any], _context: object) -> None:
    """Do what CloudFormation asks for, and answer it.

    A deletion is always granted: the role that could read goes with the same stack.

    Args:
        event: A custom resource request.

    Raises:
        ValueError: It is of no known kind.
    """
    kind, request = event["ResourceType"], event["RequestType"]
    properties = event["ResourceProperties"]
    listing = properties["ListingId"]
    if kind not in (LISTING, SUBSCRIPTION):
        raise ValueError(f"This function knows {LISTING} and {SUBSCRIPTION}, and got {kind}.")
    failure, attributes = "", {}
    physical_id = listing if kind == LISTING else f"{listing}|{properties['TargetId']}"
    try:
        if kind == LISTING and request != "Delete":
            attributes = look_up(listing)
        elif kind == SUBSCRIPTION and request == "Delete":
            end(listing, properties["TargetId"])
        elif kind == SUBSCRIPTION:
            subscribe(listing, properties["TargetId"], properties["Reason"])
    except Exception as error:
        logger.exception("The subscription stays as it is")
        if request != "Delete":
            failure = f"The data set {listing} cannot be subscribed to: {error}"
    answer(event, physical_id=physical_id, failure=failure, attributes=attributes)


def look_up(listing: str) -> dict[str, str]:
    """Where a listing's table is, and where the account subscribes.

    Args:
        listing: Id of the listing.

    Returns:
        Attributes of the custom resource.

    Raises:
        SubscriptionError: It is not a table of the lake, or not on offer.
    """
    try:
        found = datazone.get_listing(domainIdentifier=os.environ[DOMAIN], identifier=listing)
    except datazone.exceptions.ResourceNotFoundException:
        raise SubscriptionError("there is no such listing in the data catalog.") from None
    if found.get("status") != "ACTIVE":
        raise SubscriptionError("it is published no longer.")
    return {
        "DomainId": os.environ[DOMAIN],
        "EnvironmentId": os.environ[ENVIRONMENT],
        "Revision": found["listingRevision"],
        "Table": table_of(found),
    }


def table_of(listing: Mapping[str, Any]) -> str:
    """The lake's table that a listing offers.

    Args:
        listing: What DataZone says of it.

    Raises:
        SubscriptionError: It is not a table of the lake.
    """
    forms = _parsed(listing.get("item", {}).get("assetListing", {}).get("forms", "{}"))
    match = TABLE.fullmatch(str(_parsed(forms.get("GlueTableForm", "{}")).get("tableArn", "")))
    account, _, database = os.environ[LAKE].partition("/")
    if match is None or match["lake"] != f"{account}:table/{database}":
        raise SubscriptionError(f"it is no table of the data lake {os.environ[LAKE]}.")
    return match["table"]


def _parsed(form: Any) -> dict[str, Any]:
    """A form, which stands in the listing as an object or as the text of one."""
    parsed: dict[str, Any] = json.loads(form) if isinstance(form, str) else form
    return parsed


def subscribe(listing: str, target: str, reason: str) -> None:
    """Have a listing granted to a subscription target, now or when its owner approves.

    Args:
        listing: Id of the listing.
        target: Id of the subscription target.
        reason: What the owner of the data reads in the request.
    """
    if subscription := approved(listing):
        if granted(subscription, target):
            logger.info("The target has its grant already", listing=listing, target=target)
            return
        _ask(
            datazone.create_subscription_grant,
            environmentIdentifier=os.environ[ENVIRONMENT],
            subscriptionTargetIdentifier=target,
            grantedEntity={"listing": {"identifier": listing, "revision": subscription["revision"]}},
        )
    elif not pending(listing):
        _ask(
            datazone.create_subscription_request,
            subscribedListings=[{"identifier": listing}],
            subscribedPrincipals=[{"project": {"identifier": os.environ[PROJECT]}}],
            requestReason=reason,
        )


def _ask(operation: Any, **given: Any) -> None:
    """Ask DataZone for something that another request may have asked for at the same time."""
    try:
        operation(domainIdentifier=os.environ[DOMAIN], **given)
    except datazone.exceptions.ConflictException:
        logger.info("It is there already")


def end(listing: str, target: str) -> None:
    """Take back the grant of a target, and with the last one the account's subscription.

    Args:
        listing: Id of the listing.
        target: Id of the subscription target.
    """
    domain = os.environ[DOMAIN]
    if subscription := approved(listing):
        grants = _all("list_subscription_grants", subscriptionId=subscription["id"])
        for grant in grants:
            if grant["subscriptionTargetId"] == target:
                datazone.delete_subscription_grant(domainIdentifier=domain, identifier=grant["id"])
        if all(grant["subscriptionTargetId"] == target for grant in grants):
            datazone.cancel_subscription(domainIdentifier=domain, identifier=subscription["id"])
    elif request := pending(listing):
        targets = _all("list_subscription_targets", environmentIdentifier=os.environ[ENVIRONMENT])
        # Another project of the account may wait for the same decision.
        if all(each["id"] == target for each in targets):
            datazone.delete_subscription_request(domainIdentifier=domain, identifier=request)


def approved(listing: str) -> dict[str, str] | None:
    """Id and revision of the account's subscription to a listing, if there is one."""
    asked = {"owningProjectId": os.environ[PROJECT], "subscribedListingId": listing, "status": "APPROVED"}
    found = _all("list_subscriptions", **asked)
    if not found:
        return None
    return {"id": found[0]["id"], "revision": found[0]["subscribedListing"]["revision"]}


def pending(listing: str) -> str | None:
    """Id of the account's request for a listing that nobody has decided, if there is one."""
    asked = {"owningProjectId": os.environ[PROJECT], "subscribedListingId": listing, "status": "PENDING"}
    found = _all("list_subscription_requests", **asked)
    return str(found[0]["id"]) if found else None


def granted(subscription: Mapping[str, str], target: str) -> bool:
    """Whether a subscription is granted, or about to be, to a target."""
    grants = _all("list_subscription_grants", subscriptionId=subscription["id"])
    return any(
        grant["subscriptionTargetId"] == target and grant["status"] != "GRANT_FAILED" for grant in grants
    )


def _all(listing: str, **asked: str) -> list[dict[str, Any]]:
    given = {"domainIdentifier": os.environ[DOMAIN], **asked}
    pages = datazone.get_paginator(listing).paginate(**given)
    return [each for page in pages for each in page["items"]]
