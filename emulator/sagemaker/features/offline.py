"""The offline store: files in Amazon S3, written under the role of the group, and their table in AWS Glue.

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-offline.html. SageMaker appends: a record that
replaces another stands beside it, and a deletion is a record as well. So the table is all of its files, and
Iceberg's own metadata is not written here. Records wait up to 15 minutes on AWS; here until those before them
are written.
"""

import contextvars
import json
import logging
import queue
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from emulator.core.service import NotOfferedError, Request, ServiceError
from emulator.iam.credentials import client, credentials_of_key, root_credentials, service_role_credentials
from emulator.sagemaker.features.store import FeatureGroup
from emulator.sagemaker.service import PRINCIPAL
from emulator.sagemaker.storage import Location

SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
TYPES = {"Fractional": "double", "Integral": "bigint", "String": "string"}
_OF_THE_SERVICE = {"write_time": "timestamp", "api_invocation_time": "timestamp", "is_deleted": "boolean"}
_IN_DUCKDB = {
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP",
}

logger = logging.getLogger(__name__)

_waiting: "queue.Queue[tuple[FeatureGroup, dict[str, Any]]]" = queue.Queue()
_starting = threading.Lock()
_writer: threading.Thread | None = None


def prepare(request: Request, group: FeatureGroup, given: Mapping[str, Any]) -> dict[str, Any]:
    """Look at the place of an offline store as its role, and make its table in the name of the caller.

    Args:
        request: The request that makes the group.
        group: The group.
        given: The `OfflineStoreConfig` of the request.

    Returns:
        The configuration with what follows from it.

    Raises:
        ServiceError: The role may not do its work, or the caller may not make the table.
    """
    if given.get("TableFormat") != "Iceberg" or given.get("DisableGlueTableCreation"):
        raise NotOfferedError("an offline store that is not an Iceberg table")
    storage = given["S3StorageConfig"]
    place = Location.parse(storage["S3Uri"])
    try:
        client("s3", _credentials(group), group.name.region).get_bucket_acl(Bucket=place.bucket)
    except ClientError as error:
        raise ServiceError(
            "ValidationException",
            f"Validation Error: Unable to access the bucket of the offline store: "
            f"{error.response['Error']['Message']}",
        ) from None
    root = (
        f"{storage['S3Uri'].rstrip('/')}/{group.name.account}/sagemaker/{group.name.region}/offline-store/"
        f"{group.name.name}-{int(group.created)}"
    )
    catalog = given.get("DataCatalogConfig") or {
        "Catalog": "AwsDataCatalog",
        "Database": "sagemaker_featurestore",
        "TableName": f"{group.name.name.replace('-', '_').lower()}_{int(group.created)}",
    }
    _make_table(request, group, catalog, root)
    return {
        **given,
        "DisableGlueTableCreation": False,
        "DataCatalogConfig": catalog,
        "S3StorageConfig": {**storage, "ResolvedOutputS3Uri": f"{root}/data"},
    }


def _make_table(request: Request, group: FeatureGroup, catalog: Mapping[str, str], root: str) -> None:
    glue = client("glue", credentials_of_key(request.access_key, request.account), request.region)
    table = _table(group, catalog["TableName"], root)
    try:
        glue.create_table(DatabaseName=catalog["Database"], TableInput=table)
    except ClientError as error:
        said = error.response["Error"]
        raise ServiceError("ValidationException", f"{said['Code']}: {said['Message']}") from None


def _table(group: FeatureGroup, name: str, root: str) -> dict[str, Any]:
    columns = {feature: TYPES[kind] for feature, kind in group.types.items()} | _OF_THE_SERVICE
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"table_type": "ICEBERG"},
        "StorageDescriptor": {
            "Columns": [{"Name": column.lower(), "Type": kind} for column, kind in columns.items()],
            "Location": root,
            "SerdeInfo": {"SerializationLibrary": SERDE},
        },
    }


def add_columns(group: FeatureGroup, added: Mapping[str, str]) -> None:
    """Describe more features in the table, without asking anybody."""
    if not added or group.offline is None:
        return
    catalog, root = group.offline["DataCatalogConfig"], _root(group)
    glue = client("glue", root_credentials(group.name.account), group.name.region)
    table = _table(group, catalog["TableName"], root)
    glue.update_table(DatabaseName=catalog["Database"], TableInput=table)


def append(group: FeatureGroup, values: Mapping[str, str], *, is_deleted: bool) -> None:
    """Have a record written.

    Args:
        group: The group.
        values: As texts, by the names of features.
        is_deleted: Whether it says that the record was deleted.
    """
    if group.offline is None:
        return
    row: dict[str, Any] = {name.lower(): _value(group.types[name], text) for name, text in values.items()}
    row |= {"api_invocation_time": _timestamp(time.time()), "is_deleted": is_deleted}
    _waiting.put((group, row))
    _start()


def _start() -> None:
    global _writer  # noqa: PLW0603  one thread writes for all groups
    with _starting:
        if _writer is None:
            context = contextvars.Context()
            _writer = threading.Thread(target=context.run, args=(_work,), daemon=True)
            _writer.start()


def _work() -> None:
    while True:
        taken = [_waiting.get()]
        while not _waiting.empty():
            taken.append(_waiting.get())
        batches: dict[int, tuple[FeatureGroup, list[dict[str, Any]]]] = {}
        for group, row in taken:
            batches.setdefault(id(group), (group, []))[1].append(row)
        for group, rows in batches.values():
            try:
                _write(group, rows)
                group.blocked = None
            except (ClientError, ServiceError) as error:
                group.blocked = str(error)
                logger.warning("Records of %s are lost: %s", group.name.name, error)
            except Exception:
                logger.exception("Records of %s are lost", group.name.name)
        for _ in taken:
            _waiting.task_done()


def _write(group: FeatureGroup, rows: list[dict[str, Any]]) -> None:
    """Write records as a file, and the table anew, as each commit of Iceberg does."""
    credentials, region = _credentials(group), group.name.region
    catalog = (group.offline or {})["DataCatalogConfig"]
    key = (group.offline or {})["S3StorageConfig"].get("KmsKeyId")
    content = _parquet(group, [{**row, "write_time": _timestamp(time.time())} for row in rows])
    place = Location.parse(f"{_root(group)}/data/{int(time.time() * 1000)}-{uuid.uuid4()}.parquet")
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    client("s3", credentials, region).put_object(
        Bucket=place.bucket, Key=place.key, Body=content, **encryption
    )
    glue = client("glue", credentials, region)
    named = {"DatabaseName": catalog["Database"]}
    glue.get_table(**named, Name=catalog["TableName"])
    glue.update_table(**named, TableInput=_table(group, catalog["TableName"], _root(group)))


def _parquet(group: FeatureGroup, rows: list[dict[str, Any]]) -> bytes:
    import duckdb  # noqa: PLC0415  takes a moment, and not every run needs it

    kinds = {name.lower(): TYPES[kind] for name, kind in group.types.items()} | _OF_THE_SERVICE
    columns = ", ".join(f"'{name}': '{_IN_DUCKDB[kind]}'" for name, kind in kinds.items())
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        source, target = Path(folder) / "rows.json", Path(folder) / "rows.parquet"
        source.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        connection.execute(
            f"COPY (SELECT * FROM read_json('{source}', format='newline_delimited', columns={{{columns}}})) "  # noqa: S608
            f"TO '{target}' (FORMAT parquet)"
        )
        return target.read_bytes()


def _value(kind: str, text: str) -> Any:
    return {"Integral": int, "Fractional": float}.get(kind, str)(text)


def _timestamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _root(group: FeatureGroup) -> str:
    resolved: str = (group.offline or {})["S3StorageConfig"]["ResolvedOutputS3Uri"]
    return resolved.removesuffix("/data")


def _credentials(group: FeatureGroup) -> dict[str, Any]:
    return service_role_credentials(
        group.role_arn, PRINCIPAL, "FeatureStore", source_account=group.name.account
    )
