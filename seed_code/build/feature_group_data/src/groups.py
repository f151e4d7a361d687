"""What SageMaker says of central feature groups, and what a version says of them."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from errors import DataError, UsageError
from point_in_time import Group

NAME = re.compile(r"[a-zA-Z0-9]([_-]*[a-zA-Z0-9]){0,63}")
MAXIMUM_METADATA = 256


def names_of(given: str) -> list[str]:
    """The names of groups.

    Args:
        given: Names with a plus sign between them.

    Raises:
        UsageError: One is none, or stands there twice.
    """
    names = given.split("+")
    if not all(NAME.fullmatch(name) for name in names) or len(set(names)) < len(names):
        raise UsageError(
            f"FeatureGroups is {given}: name each feature group once, with a plus sign between them."
        )
    return names


def described(
    sagemaker: Any, name: str, *, owner: str, region: str, link: str, without: frozenset[str]
) -> Group:
    """Ask SageMaker for a group of another account.

    Args:
        sagemaker: A boto3 client.
        name: The group.
        owner: The account of the group.
        region: Its Region.
        link: The project's link to the database of its offline store.
        without: Features to leave out, as ``group.feature``.

    Raises:
        DataError: There is none, it is not shared, or it has no offline store.
    """
    arn = f"arn:aws:sagemaker:{region}:{owner}:feature-group/{name.lower()}"
    try:
        found = sagemaker.describe_feature_group(FeatureGroupName=arn)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFound":
            raise DataError(
                f"There is no feature group {name} in the account {owner}: correct the parameter "
                "FeatureGroups, or ask the data engineer to launch it."
            ) from error
        if code != "AccessDeniedException":
            raise
        raise DataError(
            f"The training role may not describe the feature group {name} of the account {owner}: ask the "
            "data engineer to share it with this account through AWS RAM; if it is not one that the project "
            "was made with, update the project (catalog project update)."
        ) from error
    catalog = found.get("OfflineStoreConfig", {}).get("DataCatalogConfig")
    if not catalog:
        raise DataError(f"The feature group {name} has no offline store, from which a model could learn.")
    types = {each["FeatureName"]: each["FeatureType"] for each in found["FeatureDefinitions"]}
    identifier, event_time = found["RecordIdentifierFeatureName"], found["EventTimeFeatureName"]
    return Group(
        name=name,
        table=(link, catalog["TableName"]),
        identifier=identifier,
        event_time=event_time,
        types=types,
        wanted=tuple(
            each for each in types if each not in (identifier, event_time) and f"{name}.{each}" not in without
        ),
    )


def check(groups: Sequence[Group], without: frozenset[str]) -> None:
    """Look whether the features of groups can stand in one table.

    Raises:
        DataError: Two have one column, or what is to be left out is not there.
    """
    features = {f"{group.name}.{each}" for group in groups for each in group.types}
    if unknown := sorted(without - features):
        raise DataError(
            f"src/join.py leaves out {', '.join(unknown)}, which no feature group has: correct it."
        )
    columns = [column for group in groups for column in group.columns.values()]
    if twice := sorted({each for each in columns if columns.count(each) > 1}):
        raise DataError(f"Two features would be the column {twice[0]}: leave one of them out in src/join.py.")


def schema(groups: Sequence[Group]) -> dict[str, Any]:
    """What the joined features are, for people and for the metadata of the version.

    The metadata takes 256 characters, and no comma: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html.
    A longer schema is told there by the number of features and a digest of the whole.

    Args:
        groups: The groups.
    """
    whole = [
        {
            "group": group.name,
            "record_identifier": group.identifier,
            "event_time": group.event_time,
            "features": {feature: group.types[feature] for feature in group.wanted},
        }
        for group in groups
    ]
    text = " ".join(f"{group.name}/{each}:{group.types[each]}" for group in groups for each in group.wanted)
    if len(text) > MAXIMUM_METADATA:
        digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
        counts = " ".join(f"{group.name}/{len(group.wanted)}" for group in groups)
        text = f"{counts[: MAXIMUM_METADATA - 80]} sha256:{digest}"
    return {"groups": whole, "registration": {"feature_schema": text}}
