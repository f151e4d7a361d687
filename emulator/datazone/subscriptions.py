"""Requests for subscriptions, decided by the project that published, and subscriptions.

https://docs.aws.amazon.com/datazone/latest/userguide/discover-subscribe-consume-data.html. Where the
publisher wants no approval a request is accepted at once
(https://docs.aws.amazon.com/datazone/latest/userguide/publishing-data.html).
"""

import json
from typing import Any

from emulator.datazone import grants
from emulator.datazone.callers import Caller, Given, operation, page
from emulator.datazone.importing import TERMS
from emulator.datazone.listings import TABLE
from emulator.datazone.service import conflict, invalid, missing
from emulator.datazone.store import Domain, Thing, change, lock


@operation("CreateSubscriptionRequest")
def _request(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    principals, listings = given["subscribedPrincipals"], given["subscribedListings"]
    if len(principals) != 1 or len(listings) != 1 or "project" not in principals[0]:
        raise invalid("The emulator has subscriptions of one project to one listing.")
    project = domain.get("project", principals[0]["project"]["identifier"])
    user = caller.member(domain, project["id"])
    with lock:
        listing = domain.get("listing", listings[0]["identifier"])
        if listing["status"] != "ACTIVE":
            raise missing("Listing", listing["id"])
        open_ones = [
            *domain.all("subscription request", lambda each: each["status"] == "PENDING"),
            *domain.all("subscription", lambda each: each["status"] == "APPROVED"),
        ]
        if any(_is_of(each, project["id"], listing["id"]) for each in open_ones):
            raise conflict(f"Project {project['id']} has subscribed to listing {listing['id']} already")
        request = domain.add(
            "subscription request",
            user,
            status="PENDING",
            requestReason=given["requestReason"],
            subscribedPrincipals=[{"project": {"id": project["id"], "name": project["name"]}}],
            subscribedListings=[_subscribed(listing)],
        )
        terms = json.loads(listing["item"]["assetListing"]["forms"])[TERMS]
        if terms["approvalRequired"] == "NO":
            _accept(domain, request, "SYSTEM")
    return request


@operation("AcceptSubscriptionRequest")
def _accept_request(caller: Caller, given: Given) -> Thing:
    domain, request, user = _undecided(caller, given)
    with lock:
        return _accept(domain, request, user, given.get("decisionComment"))


@operation("RejectSubscriptionRequest")
def _reject_request(caller: Caller, given: Given) -> Thing:
    _, request, user = _undecided(caller, given)
    comment = given.get("decisionComment")
    return change(request, status="REJECTED", reviewerId=user, decisionComment=comment)


@operation("DeleteSubscriptionRequest")
def _delete_request(caller: Caller, given: Given) -> None:
    domain = caller.domain(given)
    request = domain.get("subscription request", given["identifier"])
    caller.member(domain, request["subscribedPrincipals"][0]["project"]["id"])
    if request["status"] != "PENDING":
        raise conflict(f"Subscription request {request['id']} is {request['status']}")
    domain.remove("subscription request", request["id"])


@operation("GetSubscriptionRequestDetails")
def _get_request(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    caller.user(domain)
    return domain.get("subscription request", given["identifier"])


@operation("ListSubscriptionRequests")
def _list_requests(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    caller.user(domain)
    return page(given, [each for each in domain.all("subscription request") if _is_asked(each, given)])


@operation("GetSubscription")
def _get(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    caller.user(domain)
    return domain.get("subscription", given["identifier"])


@operation("ListSubscriptions")
def _list(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    caller.user(domain)
    wanted = {"status": "APPROVED", **given}
    return page(given, [each for each in domain.all("subscription") if _is_asked(each, wanted)])


@operation("CancelSubscription")
def _cancel(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    subscription = domain.get("subscription", given["identifier"])
    caller.member(domain, subscription["subscribedPrincipal"]["project"]["id"])
    return _end(domain, subscription, "CANCELLED")


@operation("RevokeSubscription")
def _revoke(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    subscription = domain.get("subscription", given["identifier"])
    caller.member(domain, subscription["subscribedListing"]["ownerProjectId"])
    return _end(domain, subscription, "REVOKED", retain=given.get("retainPermissions", False))


def _undecided(caller: Caller, given: Given) -> tuple[Domain, Thing, str]:
    domain = caller.domain(given)
    request = domain.get("subscription request", given["identifier"])
    user = caller.member(domain, request["subscribedListings"][0]["ownerProjectId"])
    if request["status"] != "PENDING":
        raise conflict(f"Subscription request {request['id']} is {request['status']}")
    return domain, request, user


def _accept(domain: Domain, request: Thing, by: str, comment: str | None = None) -> Thing:
    subscription = domain.add(
        "subscription",
        request["createdBy"],
        status="APPROVED",
        subscribedPrincipal=request["subscribedPrincipals"][0],
        subscribedListing=request["subscribedListings"][0],
        subscriptionRequestId=request["id"],
    )
    change(request, status="ACCEPTED", reviewerId=by, decisionComment=comment)
    grants.fulfil(domain, subscription)
    return request


def _end(domain: Domain, subscription: Thing, status: str, *, retain: bool = False) -> Thing:
    if subscription["status"] != "APPROVED":
        raise conflict(f"Subscription {subscription['id']} is {subscription['status']}")
    with lock:
        if not retain:
            grants.withdraw_all(domain, subscription)
        return change(subscription, status=status, retainPermissions=retain)


def _subscribed(listing: Thing) -> Thing:
    item = listing["item"]["assetListing"]
    return {
        "id": listing["id"],
        "revision": listing["listingRevision"],
        "name": listing["name"],
        "description": listing.get("description") or "",
        "ownerProjectId": item["owningProjectId"],
        "item": {
            "assetListing": {
                "entityId": item["assetId"],
                "entityRevision": item["assetRevision"],
                "entityType": TABLE,
                "forms": item["forms"],
            }
        },
    }


def _parties(thing: Thing) -> tuple[str, Thing]:
    principal = thing.get("subscribedPrincipal") or thing["subscribedPrincipals"][0]
    return principal["project"]["id"], thing.get("subscribedListing") or thing["subscribedListings"][0]


def _is_of(thing: Thing, project: str, listing: str) -> bool:
    subscriber, listed = _parties(thing)
    return bool((subscriber, listed["id"]) == (project, listing))


def _is_asked(thing: Thing, given: Given) -> bool:
    subscriber, listed = _parties(thing)
    return all(
        given.get(name, value) == value
        for name, value in (
            ("status", thing["status"]),
            ("subscribedListingId", listed["id"]),
            ("owningProjectId", subscriber),
            ("approverProjectId", listed["ownerProjectId"]),
        )
    )
