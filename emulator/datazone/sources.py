"""Data sources, and their runs.

https://docs.aws.amazon.com/datazone/latest/userguide/create-glue-data-source.html. A run is over when the
request is answered; the emulator has no schedules.
"""

import time
from typing import Any

from botocore.exceptions import ClientError

from emulator.core.service import ServiceError
from emulator.datazone.callers import Caller, Given, operation, page
from emulator.datazone.importing import import_tables
from emulator.datazone.service import conflict, invalid, words
from emulator.datazone.store import Thing, change, lock

_FIELDS = ("name", "description", "enableSetting", "schedule", "publishOnImport", "configuration")


@operation("CreateDataSource")
def _create(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    user = caller.member(domain, given["projectIdentifier"])
    if given["type"] != "GLUE" or "environmentIdentifier" not in given:
        raise invalid("The emulator has data sources of AWS Glue in environments.")
    environment = domain.get("environment", given["environmentIdentifier"])
    glue = given["configuration"]["glueRunConfiguration"]
    caller.may_pass(glue.get("dataAccessRole"))
    return domain.add(
        "data source",
        user,
        type="GLUE",
        status="READY",
        projectId=given["projectIdentifier"],
        environmentId=environment["id"],
        assetFormsOutput=_forms(given),
        **{name: given[name] for name in _FIELDS if name in given},
    )


@operation("GetDataSource")
def _get(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    source = domain.get("data source", given["identifier"])
    caller.member(domain, source["projectId"])
    return source


@operation("UpdateDataSource")
def _update(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    source = domain.get("data source", given["identifier"])
    caller.member(domain, source["projectId"])
    glue = given.get("configuration", {}).get("glueRunConfiguration", {})
    caller.may_pass(glue.get("dataAccessRole"))
    changed = {name: given[name] for name in _FIELDS if name in given}
    if "assetFormsInput" in given:
        changed["assetFormsOutput"] = _forms(given)
    return change(source, **changed)


@operation("DeleteDataSource")
def _delete(caller: Caller, given: Given) -> Thing:
    """Delete a data source, and what it has found; what is subscribed to keeps it.

    https://docs.aws.amazon.com/datazone/latest/userguide/delete-data-source.html
    """
    domain = caller.domain(given)
    source = domain.get("data source", given["identifier"])
    caller.member(domain, source["projectId"])
    for asset in domain.all("asset", lambda each: each["_source"] == source["id"]):
        if any(_is_live(each, asset["_listing"]) for each in domain.all("subscription")):
            raise conflict(f"Asset {asset['name']} is subscribed to")
        domain.things.pop(("asset", asset["id"]), None)
        domain.things.pop(("listing", asset["_listing"] or ""), None)
    return domain.remove("data source", source["id"])


@operation("ListDataSources")
def _list(caller: Caller, given: Given) -> dict[str, Any]:
    domain, project = caller.domain(given), given["projectIdentifier"]
    caller.member(domain, project)
    found = domain.all("data source", lambda each: each["projectId"] == project)
    return page(given, [{**each, "dataSourceId": each["id"]} for each in found])


@operation("StartDataSourceRun")
def _start(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    source = domain.get("data source", given["dataSourceIdentifier"])
    user = caller.member(domain, source["projectId"])
    run = domain.add(
        "data source run",
        user,
        dataSourceId=source["id"],
        projectId=source["projectId"],
        type="PRIORITIZED",
        startedAt=time.time(),
    )
    try:
        with lock:
            counts = import_tables(domain, source, user)
    except (ClientError, ServiceError) as error:
        change(run, status="FAILED", errorMessage=_failure(error), stoppedAt=time.time())
    else:
        change(run, status="SUCCESS", runStatisticsForAssets=counts, stoppedAt=time.time())
    change(source, lastRunStatus=run["status"], lastRunAt=run["stoppedAt"])
    return run


@operation("GetDataSourceRun")
def _get_run(caller: Caller, given: Given) -> Thing:
    domain = caller.domain(given)
    run = domain.get("data source run", given["identifier"])
    caller.member(domain, run["projectId"])
    return run


def _forms(given: Given) -> list[Thing]:
    return [
        {
            "formName": each["formName"],
            "typeName": each["typeIdentifier"],
            "content": each.get("content", "{}"),
        }
        for each in given.get("assetFormsInput", ())
    ]


def _is_live(subscription: Thing, listing: str | None) -> bool:
    return bool(subscription["status"] == "APPROVED" and subscription["subscribedListing"]["id"] == listing)


def _failure(error: ClientError | ServiceError) -> dict[str, str]:
    code = error.code if isinstance(error, ServiceError) else error.response["Error"]["Code"]
    kind = "ACCESS_DENIED_EXCEPTION" if "AccessDenied" in code else "VALIDATION_EXCEPTION"
    return {"errorType": kind, "errorDetail": words(error)}
