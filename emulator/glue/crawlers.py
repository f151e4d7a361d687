"""Crawlers: tables found in Amazon S3, and described in the catalog.

https://docs.aws.amazon.com/glue/latest/dg/add-crawler.html. A crawler works under its role, which reads the
objects, or has Lake Formation read them
(https://docs.aws.amazon.com/glue/latest/dg/crawler-lf-integ.html), and writes the catalog.
"""

import contextvars
import json
import threading
import time
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import glue as ministack_glue

from emulator.core.service import Request, ServiceError, authorize
from emulator.glue.service import glue

SERVICE = "glue.amazonaws.com"

_starting = threading.Lock()


def _arn(request: Request) -> str:
    return f"arn:aws:glue:{request.region}:{request.account}:crawler/{request.parameters['Name']}"


def _role_arn(request: Request, role: str) -> str:
    return role if role.startswith("arn:") else f"arn:aws:iam::{request.account}:role/{role}"


def _record(request: Request) -> dict[str, Any]:
    with request_scope(request.account, request.region):
        found: dict[str, Any] | None = ministack_glue._crawlers.get(request.parameters["Name"])
    if found is None:
        raise ServiceError(
            "EntityNotFoundException", f"Crawler with name {request.parameters['Name']} does not exist"
        )
    return found


def _checked(answer: tuple[int, dict[str, str], bytes]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer[2] or b"{}")
    if answer[0] >= 400:
        raise ServiceError(body["__type"], body["message"], answer[0])
    return body


def _write(request: Request, function: Any) -> dict[str, Any]:
    """Make or change a crawler, whose role is handed to AWS Glue."""
    given = request.parameters
    if "Role" in given:
        keys = {"iam:PassedToService": SERVICE}
        authorize(request, "iam:PassRole", _role_arn(request, given["Role"]), condition_keys=keys)
    with request_scope(request.account, request.region):
        known = ministack_glue._classifiers
        if unknown := [name for name in given.get("Classifiers", ()) if name not in known]:
            raise ServiceError("EntityNotFoundException", f"Classifier {unknown[0]} does not exist")
        _checked(function(given))
        if "LakeFormationConfiguration" in given:
            record = ministack_glue._crawlers[given["Name"]]
            record["LakeFormationConfiguration"] = given["LakeFormationConfiguration"]
    return {}


@glue.operation("CreateCrawler", resource=_arn)
def _create(request: Request) -> dict[str, Any]:
    return _write(request, ministack_glue._create_crawler)


@glue.operation("UpdateCrawler", resource=_arn)
def _update(request: Request) -> dict[str, Any]:
    _record(request)
    return _write(request, ministack_glue._update_crawler)


@glue.operation("GetCrawler", resource=_arn)
def _get(request: Request) -> dict[str, Any]:
    described = dict(_record(request))
    if not described.get("Schedule"):
        described.pop("Schedule", None)
    return {"Crawler": described}


@glue.operation("DeleteCrawler", resource=_arn)
def _delete(request: Request) -> dict[str, Any]:
    if _record(request)["State"] != "READY":
        raise ServiceError("CrawlerRunningException", "The crawler is running.")
    with request_scope(request.account, request.region):
        return _checked(ministack_glue._delete_crawler({"Name": request.parameters["Name"]}))


@glue.operation("StopCrawler", resource=_arn)
def _stop(request: Request) -> dict[str, Any]:
    if _record(request)["State"] != "RUNNING":
        raise ServiceError("CrawlerNotRunningException", "The crawler is not running.")
    return {}


@glue.operation("StartCrawler", resource=_arn)
def _start(request: Request) -> dict[str, Any]:
    record = _record(request)
    with _starting:
        if record["State"] != "READY":
            message = f"Crawler with name {record['Name']} has already started"
            raise ServiceError("CrawlerRunningException", message)
        record["State"] = "RUNNING"
    role = _role_arn(request, record["Role"])
    context = contextvars.copy_context()
    threading.Thread(
        target=context.run, args=(_crawl, record, role, request.account, request.region), daemon=True
    ).start()
    return {}


def _crawl(record: dict[str, Any], role: str, account: str, region: str) -> None:
    from emulator.glue.crawling import Crawl  # noqa: PLC0415  DuckDB takes a moment
    from emulator.glue.schemas import CrawlError  # noqa: PLC0415

    started, message = time.time(), None
    try:
        Crawl(record, role, account, region).run()
    except CrawlError as error:
        message = str(error)
    except Exception as error:
        message = f"Internal Service Exception: {type(error).__name__}: {error}"
    record["LastCrawl"] = {
        "Status": "FAILED" if message else "SUCCEEDED",
        "LogGroup": "/aws-glue/crawlers",
        "LogStream": record["Name"],
        "StartTime": started,
        **({"ErrorMessage": message} if message else {}),
    }
    record["CrawlElapsedTime"] = int((time.time() - started) * 1000)
    record["State"] = "READY"
