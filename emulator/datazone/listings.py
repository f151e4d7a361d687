"""Listings: what is published of the assets of a project, revision by revision."""

import json
from typing import Any

from emulator.datazone.callers import Caller, Given, operation, page
from emulator.datazone.store import Domain, Thing, change

TABLE = "GlueTableAssetType"


@operation("CreateListingChangeSet")
def _change_listing(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    asset = domain.get("asset", given["entityIdentifier"])
    user = caller.member(domain, asset["projectId"])
    if given["action"] == "PUBLISH":
        listing = publish(domain, asset, user)
    else:
        listing = change(domain.get("listing", asset["_listing"] or "none"), status="INACTIVE")
    revised = {"listingId": listing["id"], "listingRevision": listing["listingRevision"]}
    return {**revised, "status": listing["status"]}


@operation("GetListing")
def _get_listing(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    caller.user(domain)
    return domain.get("listing", given["identifier"])


@operation("SearchListings")
def _search(caller: Caller, given: Given) -> dict[str, Any]:
    domain = caller.domain(given)
    caller.user(domain)
    text = given.get("searchText", "").lower()
    found = domain.all("listing", lambda each: each["status"] == "ACTIVE" and text in each["name"].lower())
    return page(
        given,
        [
            {
                "assetListing": {
                    "listingId": each["id"],
                    "listingRevision": each["listingRevision"],
                    "name": each["name"],
                    "entityId": each["item"]["assetListing"]["assetId"],
                    "entityRevision": each["item"]["assetListing"]["assetRevision"],
                    "entityType": TABLE,
                    "owningProjectId": each["item"]["assetListing"]["owningProjectId"],
                }
            }
            for each in found
        ],
    )


def publish(domain: Domain, asset: Thing, by: str) -> Thing:
    """Publish an asset as it is now: a new listing, or the next revision of its own."""
    item = {
        "assetListing": {
            "assetId": asset["id"],
            "assetRevision": asset["revision"],
            "assetType": TABLE,
            "forms": json.dumps(asset["_forms"]),
            "glossaryTerms": [],
            "owningProjectId": asset["projectId"],
        }
    }
    found = domain.things.get(("listing", asset["_listing"] or ""))
    if found is None:
        made = domain.add(
            "listing",
            by,
            name=asset["name"],
            listingRevision="1",
            status="ACTIVE",
            item=item,
            _asset=asset["id"],
        )
        change(asset, _listing=made["id"])
        return made
    if found["item"] == item and found["status"] == "ACTIVE":
        return found
    return change(found, item=item, status="ACTIVE", listingRevision=str(int(found["listingRevision"]) + 1))
