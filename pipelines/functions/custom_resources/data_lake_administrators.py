"""Keeps roles among the administrators of the account's data lake, and all other settings as they are.

An account has one set of data lake settings, and AWS Lake Formation replaces it as a whole
(https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_PutDataLakeSettings.html): they are read,
changed, and put back with everything that others have set. Doing so twice changes nothing.
"""

from typing import Any

import boto3
from aws_lambda_powertools import Logger

from .answers import answer

PHYSICAL_ID = "data-lake-administrators"
ROLES = "Administrators"
GOVERNS = "Governs"
"""Whether the account governs data that it shares: ``true`` or ``false``."""

VERSION = "CROSS_ACCOUNT_VERSION"
# Grants to organisational units by LF-tag
# (https://docs.aws.amazon.com/lake-formation/latest/dg/optimize-ram.html).
LEAST_VERSION = 3
# GetDataLakeSettings returns it, and the documentation names it nowhere as a parameter to set
# (https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_DataLakeSettings.html): it is put back
# as everything else is, and left out where it is refused.
SET_BY_AWS = ("SET_CONTEXT",)

Settings = dict[str, Any]

logger = Logger(service="data-lake-administrators")
lake_formation = boto3.client("lakeformation")


def handler(event: dict[str, Any], _context: object) -> None:
    """Do what CloudFormation asks for, and answer it.

    A deletion is always granted: roles that are left among the administrators are deleted with the same
    stack, and a stack that cannot be deleted harms.

    Args:
        event: A custom resource request.
    """
    failure, kind = "", event["RequestType"]
    wanted = _roles(event["ResourceProperties"])
    former = _roles(event.get("OldResourceProperties", {}))
    governs = event["ResourceProperties"][GOVERNS] == "true"
    try:
        if kind == "Delete":
            change(add=[], remove=wanted, governs=False)
        else:
            change(add=wanted, remove=[role for role in former if role not in wanted], governs=governs)
    except Exception as error:
        logger.exception("The data lake settings stay as they are")
        if kind != "Delete":
            failure = f"The data lake settings cannot be changed: {error}"
    answer(event, physical_id=PHYSICAL_ID, failure=failure)


def change(*, add: list[str], remove: list[str], governs: bool) -> None:
    """Read the settings, change them, and put them back if they differ.

    Args:
        add: ARNs of roles to be administrators.
        remove: ARNs of roles that shall not be any longer.
        governs: Whether the account governs data that it shares.
    """
    found = lake_formation.get_data_lake_settings()["DataLakeSettings"]
    wanted = merged(dict(found), add=add, remove=remove, governs=governs)
    if wanted == merged(dict(found), add=[], remove=[], governs=False):
        logger.info("The data lake settings are as they must be")
        return
    _put(wanted)
    logger.info("Changed the data lake settings", added=add, removed=remove)


def _put(settings: Settings) -> None:
    """Replace the settings; without what AWS sets itself if they are refused with it."""
    try:
        lake_formation.put_data_lake_settings(DataLakeSettings=settings)
    except lake_formation.exceptions.InvalidInputException:
        left = {key: value for key, value in settings["Parameters"].items() if key not in SET_BY_AWS}
        if left == settings["Parameters"]:
            raise
        lake_formation.put_data_lake_settings(DataLakeSettings={**settings, "Parameters": left})


def merged(settings: Settings, *, add: list[str], remove: list[str], governs: bool) -> Settings:
    """The settings with some administrators more and some fewer; all else as it was.

    In an account that governs data, databases and tables made from now on are open to nobody by default, and
    the version of cross-account sharing is raised where it is too low. Both stay when the platform leaves: to
    take them back would open or end what others have shared.

    Args:
        settings: What Lake Formation has returned.
        add: ARNs of roles to be administrators.
        remove: ARNs of roles that shall not be any longer.
        governs: Whether the account governs data that it shares.
    """
    administrators = [each["DataLakePrincipalIdentifier"] for each in settings.get("DataLakeAdmins", [])]
    kept = [each for each in administrators if each not in remove]
    kept += [role for role in add if role not in kept]
    parameters = dict(settings.get("Parameters", {}))
    changed = {
        **settings,
        "DataLakeAdmins": [{"DataLakePrincipalIdentifier": each} for each in kept],
        "Parameters": parameters,
    }
    if governs:
        version = max(LEAST_VERSION, int(parameters.get(VERSION, "1")))
        changed["Parameters"] = {**parameters, VERSION: str(version)}
        changed |= {"CreateDatabaseDefaultPermissions": [], "CreateTableDefaultPermissions": []}
    return changed


def _roles(properties: dict[str, Any]) -> list[str]:
    return list(properties.get(ROLES, []))
