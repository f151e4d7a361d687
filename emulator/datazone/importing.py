"""What a run of a data source does: each table becomes an asset, and with `publishOnImport` a listing.

The catalog is read in the data access role. An asset or a listing that is found changed has a new revision.
"""

import fnmatch
import json
from collections.abc import Iterator
from typing import Any

from emulator.datazone.listings import publish
from emulator.datazone.roles import in_role, manage_access_role
from emulator.datazone.store import Domain, Thing, change

TERMS = "SubscriptionTermsForm"


def import_tables(domain: Domain, source: Thing, by: str) -> dict[str, int]:
    """Make assets of a data source's tables, and listings of them where it publishes.

    Args:
        domain: The domain.
        source: The data source.
        by: The user profile that asked for it.

    Returns:
        How many assets were added, updated and left.

    Raises:
        ServiceError: The data access role does not let DataZone in.
        ClientError: It may not read the catalog.
    """
    counts = {"added": 0, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 0}
    environment = domain.get("environment", source["environmentId"])
    account = environment["awsAccountId"]
    for database, table in _tables(domain, source, environment):
        forms = _forms(source, account, environment["awsAccountRegion"], database, table)
        named = [
            each
            for each in domain.all("asset", lambda each: each["_source"] == source["id"])
            if each["_forms"]["GlueTableForm"]["tableArn"] == forms["GlueTableForm"]["tableArn"]
        ]
        if not named:
            counts["added"] += 1
            asset = domain.add(
                "asset",
                by,
                name=table["Name"],
                revision="1",
                projectId=source["projectId"],
                _forms=forms,
                _source=source["id"],
                _listing=None,
            )
        else:
            [asset] = named
            counts["unchanged" if asset["_forms"] == forms else "updated"] += 1
            if asset["_forms"] != forms:
                change(asset, _forms=forms, revision=str(int(asset["revision"]) + 1))
        if source.get("publishOnImport"):
            publish(domain, asset, by)
    return counts


def _tables(domain: Domain, source: Thing, environment: Thing) -> Iterator[tuple[str, dict[str, Any]]]:
    configuration = source["configuration"]["glueRunConfiguration"]
    role = configuration.get("dataAccessRole") or manage_access_role(domain, environment)
    glue = in_role(domain, role, "glue")
    for wanted in configuration["relationalFilterConfigurations"]:
        database = wanted["databaseName"]
        pages = glue.get_paginator("get_tables").paginate(DatabaseName=database)
        tables = [table for page_ in pages for table in page_["TableList"]]
        filters = wanted.get("filterExpressions") or [{"expression": "*", "type": "INCLUDE"}]
        for table in tables:
            fits = {
                kind: any(
                    fnmatch.fnmatchcase(table["Name"], each["expression"])
                    for each in filters
                    if each["type"] == kind
                )
                for kind in ("INCLUDE", "EXCLUDE")
            }
            if fits["INCLUDE"] and not fits["EXCLUDE"] and "TargetTable" not in table:
                yield database, table


def _forms(source: Thing, account: str, region: str, database: str, table: dict[str, Any]) -> dict[str, Any]:
    storage = table.get("StorageDescriptor") or {}
    columns = [*storage.get("Columns", []), *(table.get("PartitionKeys") or [])]
    given = {each["formName"]: json.loads(each["content"]) for each in source["assetFormsOutput"]}
    return {
        "GlueTableForm": {
            "catalogId": account,
            "region": region,
            "tableArn": f"arn:aws:glue:{region}:{account}:table/{database}/{table['Name']}",
            "tableName": table["Name"],
            "tableType": table.get("TableType", "EXTERNAL_TABLE"),
            "sourceLocation": storage.get("Location", ""),
            "columns": [{"columnName": each["Name"], "dataType": each.get("Type", "")} for each in columns],
        },
        # https://docs.aws.amazon.com/datazone/latest/userguide/create-glue-data-source.html: by approval,
        # unless the publisher says otherwise.
        TERMS: {"approvalRequired": "YES"},
        **given,
    }
