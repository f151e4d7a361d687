"""The runtime of Feature Store: records are put, deleted, and read from the online store.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Feature_Store_Runtime.html
"""

import re
from datetime import datetime
from typing import Any

from emulator.core.service import NotOfferedError, Request, Service, ServiceError
from emulator.ram.store import resource_policy
from emulator.sagemaker.features import offline
from emulator.sagemaker.features.store import FeatureGroup, Record, find, resource

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z", re.ASCII)
_INTEGRAL = re.compile(r"-?\d{1,19}", re.ASCII)

runtime = Service("sagemaker-featurestore-runtime", iam_prefix="sagemaker")
"""The runtime, whose requests are signed as SageMaker's are."""


def _invalid(reason: str) -> ServiceError:
    return ServiceError("ValidationError", f"Validation Error: {reason}")


def _moment(group: FeatureGroup, text: str) -> float:
    """An event time in seconds since 1970.

    Raises:
        ServiceError: It is written otherwise than the type of the feature says.
    """
    try:
        if group.types[group.event_time] == "Fractional":
            return float(text)
        if _ISO.fullmatch(text):
            return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        pass
    raise _invalid(f"{text} is not an event time of the type of {group.event_time}.")


def _check(group: FeatureGroup, values: dict[str, str]) -> None:
    if unknown := sorted(values.keys() - group.types.keys()):
        raise _invalid(f"{group.name.name} has no feature {', '.join(unknown)}.")
    for name in (group.identifier, group.event_time):
        if not values.get(name):
            raise _invalid(f"The record has no value for the feature {name}.")
    for name, text in values.items():
        kind = group.types[name]
        if kind == "Integral" and not _INTEGRAL.fullmatch(text):
            raise _invalid(f"{text!r} of the feature {name} is not {kind}.")
        if kind == "Fractional":
            try:
                float(text)
            except ValueError:
                raise _invalid(f"{text!r} of the feature {name} is not {kind}.") from None


def _stores(request: Request, group: FeatureGroup) -> list[str]:
    chosen = request.parameters.get("TargetStores")
    has = {"OnlineStore": group.online is not None, "OfflineStore": group.offline is not None}
    if missing := [each for each in chosen or () if not has[each]]:
        raise _invalid(f"{group.name.name} has no {missing[0]}.")
    return list(chosen or [name for name, there in has.items() if there])


@runtime.operation("PutRecord", resource=resource, resource_policy=resource_policy)
def _put(request: Request) -> dict[str, Any]:
    group, given = find(request), request.parameters
    if "TtlDuration" in given:
        raise NotOfferedError("a time to live of records")
    values = {each["FeatureName"]: each["ValueAsString"] for each in given["Record"]}
    _check(group, values)
    moment = _moment(group, values[group.event_time])
    stores = _stores(request, group)
    with group.lock:
        if "OfflineStore" in stores:
            offline.append(group, values, is_deleted=False)
        if "OnlineStore" in stores:
            _keep(group, values[group.identifier], Record(moment=moment, values=values))
    return {}


@runtime.operation("DeleteRecord", resource=resource, resource_policy=resource_policy)
def _delete(request: Request) -> dict[str, Any]:
    """Delete a record softly: the marker goes to the offline store in any case."""
    group, given = find(request), request.parameters
    if given.get("DeletionMode", "SoftDelete") != "SoftDelete":
        raise NotOfferedError("another deletion of records than SoftDelete")
    stores = _stores(request, group)
    if group.online is None:
        raise _invalid(f"{group.name.name} has no OnlineStore.")
    values = {
        group.identifier: given["RecordIdentifierValueAsString"],
        group.event_time: given["EventTime"],
    }
    _check(group, values)
    moment = _moment(group, given["EventTime"])
    with group.lock:
        if "OfflineStore" in stores or group.offline is not None:
            offline.append(group, values, is_deleted=True)
        _keep(group, values[group.identifier], Record(moment=moment, values=values, is_deleted=True))
    return {}


def _keep(group: FeatureGroup, identifier: str, record: Record) -> None:
    """The online store has the record with the latest event time; a later call wins a tie."""
    known = group.records.get(identifier)
    if known is None or record.moment >= known.moment:
        group.records[identifier] = record


def _read(group: FeatureGroup, identifier: str, names: list[str] | None) -> list[dict[str, str]] | None:
    if group.online is None:
        raise _invalid(f"{group.name.name} has no OnlineStore.")
    if unknown := sorted(set(names or ()) - group.types.keys()):
        raise _invalid(f"{group.name.name} has no feature {', '.join(unknown)}.")
    record = group.records.get(identifier)
    if record is None or record.is_deleted:
        return None
    return [
        {"FeatureName": name, "ValueAsString": record.values[name]}
        for name in names or group.types
        if name in record.values
    ]


@runtime.operation("GetRecord", resource=resource, resource_policy=resource_policy)
def _get(request: Request) -> dict[str, Any]:
    given = request.parameters
    record = _read(find(request), given["RecordIdentifierValueAsString"], given.get("FeatureNames"))
    return {"Record": record} if record is not None else {}


def _of_identifiers(request: Request) -> list[str]:
    return [_arn(request, each) for each in request.parameters["Identifiers"]]


def _arn(request: Request, given: dict[str, Any]) -> str:
    return find(request, given["FeatureGroupName"]).name.arn


@runtime.operation("BatchGetRecord", resource=_of_identifiers, resource_policy=resource_policy)
def _get_several(request: Request) -> dict[str, Any]:
    found = []
    for each in request.parameters["Identifiers"]:
        group = find(request, each["FeatureGroupName"])
        for identifier in each["RecordIdentifiersValueAsString"]:
            record = _read(group, identifier, each.get("FeatureNames"))
            if record is not None:
                found.append(
                    {
                        "FeatureGroupName": each["FeatureGroupName"],
                        "RecordIdentifierValueAsString": identifier,
                        "Record": record,
                    }
                )
    return {"Records": found, "Errors": [], "UnprocessedIdentifiers": []}
