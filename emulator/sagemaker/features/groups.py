"""Feature groups: their making, description, change and end.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html. What is asynchronous on
AWS is over here when the call returns.
"""

import time
from typing import Any

from emulator.core.service import NotOfferedError, Request, ServiceError
from emulator.ram.store import resource_policy
from emulator.sagemaker.features import offline
from emulator.sagemaker.features.store import (
    OF_THE_SERVICE,
    FeatureGroup,
    GroupName,
    find,
    group_name,
    groups,
    resource,
)
from emulator.sagemaker.service import check_pass_role, check_tagging, sagemaker
from emulator.sagemaker.store import listed, tags

_EVENT_TIME_TYPES = ("Fractional", "String")


@sagemaker.operation("CreateFeatureGroup", resource=resource)
def _create(request: Request) -> dict[str, Any]:
    given = request.parameters
    name = GroupName(request.account, request.region, given["FeatureGroupName"])
    groups.check_free(*name)
    check_tagging(request, name.arn)
    online = given.get("OnlineStoreConfig")
    online = {"StorageType": "Standard", **online} if online and online.get("EnableOnlineStore") else None
    stored = given.get("OfflineStoreConfig")
    if online is None and stored is None:
        raise ServiceError(
            "ValidationException", "Either OnlineStoreConfig or OfflineStoreConfig must be specified."
        )
    types = _types(given["FeatureDefinitions"])
    _check_roles_of_features(given, types)
    if stored is not None:
        if "RoleArn" not in given:
            raise ServiceError("ValidationException", "RoleArn is required with OfflineStoreConfig.")
        check_pass_role(request, given["RoleArn"])
    group = FeatureGroup(
        name=name,
        identifier=given["RecordIdentifierFeatureName"],
        event_time=given["EventTimeFeatureName"],
        types=types,
        offline=None,
        online=online,
        role_arn=given.get("RoleArn", ""),
        description=given.get("Description"),
    )
    if stored is not None:
        group.offline = offline.prepare(request, group, stored)
    groups.add(*name, group)
    tags.put(name.arn, given.get("Tags", []))
    return {"FeatureGroupArn": name.arn}


def _types(definitions: list[dict[str, Any]]) -> dict[str, str]:
    types: dict[str, str] = {}
    for each in definitions:
        name = each["FeatureName"]
        if "CollectionType" in each:
            raise NotOfferedError("a feature that is a collection")
        if name in OF_THE_SERVICE:
            raise ServiceError("ValidationException", f"The feature name {name} is reserved.")
        if name.lower() in {known.lower() for known in types}:
            raise ServiceError("ValidationException", f"Duplicate feature name: {name}.")
        types[name] = each["FeatureType"]
    return types


def _check_roles_of_features(given: dict[str, Any], types: dict[str, str]) -> None:
    for parameter in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if given[parameter] not in types:
            raise ServiceError(
                "ValidationException", f"{parameter} {given[parameter]} is not among the FeatureDefinitions."
            )
    if types[given["EventTimeFeatureName"]] not in _EVENT_TIME_TYPES:
        raise ServiceError("ValidationException", "EventTimeFeatureName must be Fractional or String.")


@sagemaker.operation("DescribeFeatureGroup", resource=resource, resource_policy=resource_policy)
def _describe(request: Request) -> dict[str, Any]:
    return find(request).described()


@sagemaker.operation("UpdateFeatureGroup", resource=resource, resource_policy=resource_policy)
def _update(request: Request) -> dict[str, Any]:
    group, given = find(request), request.parameters
    if {"OnlineStoreConfig", "ThroughputConfig"} & given.keys():
        raise NotOfferedError("another change of a feature group than more features")
    added = _types(given.get("FeatureAdditions", []))
    with group.lock:
        if known := sorted(added.keys() & group.types.keys()):
            raise ServiceError("ValidationException", f"The feature {known[0]} exists already.")
        group.types |= added
        group.modified = time.time()
        offline.add_columns(group, added)
    return {"FeatureGroupArn": group.name.arn}


@sagemaker.operation("DeleteFeatureGroup", resource=resource)
def _delete(request: Request) -> dict[str, Any]:
    """Delete a group; the files of its offline store and their table stay."""
    name = group_name(request)
    groups.get(*name)
    groups.remove(*name)
    return {}


@sagemaker.operation("ListFeatureGroups")
def _list(request: Request) -> dict[str, Any]:
    described = [each.described() for each in groups.all(request.account, request.region)]
    found, rest = listed(request, described, name="FeatureGroupName", status="FeatureGroupStatus")
    names = (
        "FeatureGroupName",
        "FeatureGroupArn",
        "CreationTime",
        "FeatureGroupStatus",
        "OfflineStoreStatus",
    )
    return {"FeatureGroupSummaries": [{key: each[key] for key in names} for each in found], **rest}
