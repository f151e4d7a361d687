"""One crawl: folders are tables, `key=value` folders in them partitions; objects say what the columns are.

How a crawler decides: https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-folder-table-partition.html; how
it reads text: https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html.
"""

import json
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.responses import request_scope
from ministack.services import glue as ministack_glue

from emulator.core import state
from emulator.core.authorization import principal_of_role, refusal
from emulator.core.service import ServiceError
from emulator.glue.catalog import Place, described
from emulator.glue.schemas import CrawlError, of_parquet, of_text
from emulator.iam.credentials import client, service_role_credentials
from emulator.lake_formation import store
from emulator.lake_formation.callers import identity_of
from emulator.lake_formation.service import PRINCIPAL as LAKE_FORMATION
from emulator.lake_formation.store import Home

SERVICE = "glue.amazonaws.com"


@dataclass(kw_only=True)
class _Found:
    """A table that a crawl has found: its folder, and its objects by the values of their partitions."""

    prefix: str
    keys: list[str] = field(default_factory=list)
    objects: dict[tuple[str, ...], list[tuple[str, int]]] = field(default_factory=dict)


class Crawl:
    """One crawl of a crawler."""

    def __init__(self, record: Mapping[str, Any], role: str, account: str, region: str) -> None:
        """Begin.

        Args:
            record: The crawler.
            role: ARN of its role.
            account: Its account.
            region: Its Region.

        Raises:
            CrawlError: The role cannot be used.
        """
        self._record, self._role = record, role
        self._home = Home(account, region)
        try:
            self._credentials = service_role_credentials(role, SERVICE, "AWS-Crawler", source_account=account)
        except ServiceError as error:
            raise CrawlError(f"Service is unable to assume provided role. {error.message}") from None
        self._glue = client("glue", self._credentials, region)

    def run(self) -> None:
        """Crawl all targets.

        Raises:
            CrawlError: The role lacks something, or an object is of no kind that the emulator reads.
        """
        for target in self._record["Targets"].get("S3Targets", ()):
            bucket, _, prefix = target["Path"].partition("://")[2].partition("/")
            prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
            s3 = self._s3(bucket, prefix)
            for name, found in self._tables(s3, bucket, prefix).items():
                self._describe(s3, bucket, name, found)

    def _s3(self, bucket: str, prefix: str) -> Any:
        """A client that reads the target: in the crawler's role, or in the location's that is lent."""
        configured = self._record.get("LakeFormationConfiguration") or {}
        if str(configured.get("UseLakeFormationCredentials", False)).lower() != "true":
            return client("s3", self._credentials, self._home.region)
        arn = f"arn:aws:s3:::{bucket}/{prefix}".rstrip("/")
        location = store.location_of(self._home, arn)
        if location is None:
            raise CrawlError(f"The location {arn} is not registered with Lake Formation.")
        principal = principal_of_role(self._role, "AWS-Crawler")
        reason = refusal(principal, "lakeformation:GetDataAccess", "*", region=self._home.region)
        identity = identity_of(principal.arn)
        granted = any(
            grant.principal == identity
            and grant.permissions
            and grant.resource.kind == "LOCATION"
            and (arn == grant.resource.name or arn.startswith(f"{grant.resource.name}/"))
            for grant in store.grants(self._home)
        )
        if reason is None and not granted:
            reason = f"Insufficient Lake Formation permission(s): Required Data Location Access on {arn}"
        if reason is not None:
            raise CrawlError(reason)
        try:
            lent = service_role_credentials(location.role, LAKE_FORMATION, "AWSLF-00-GL")
        except ServiceError as error:
            raise CrawlError(error.message) from None
        return client("s3", lent, self._home.region)

    def _tables(self, s3: Any, bucket: str, prefix: str) -> dict[str, _Found]:
        """What lies below a target: by default each of its folders is a table."""
        try:
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            listed = [(each["Key"], each["Size"]) for page in pages for each in page.get("Contents", ())]
        except ClientError as error:
            raise CrawlError(f"{error.response['Error']['Message']} (Service: Amazon S3)") from None
        configuration = json.loads(self._record.get("Configuration") or "{}").get("Grouping", {})
        level = int(configuration.get("TableLevelConfiguration", prefix.count("/") + 2))
        found: dict[str, _Found] = {}
        for key, size in listed:
            folders = key.split("/")[:-1]
            hidden = any(part.startswith(("_", ".")) for part in key.removeprefix(prefix).split("/"))
            if not size or hidden or len(folders) < level - 1:
                continue  # The bucket is the first level.
            own = "/".join(folders[: level - 1]) + "/"
            pairs = [part.partition("=") for part in folders[level - 1 :] if "=" in part]
            table = found.setdefault(self._name(folders[level - 2]), _Found(prefix=own))
            table.keys = table.keys or [name.lower() for name, _, _ in pairs]
            table.objects.setdefault(tuple(value for _, _, value in pairs), []).append((key, size))
        return found

    def _name(self, folder: str) -> str:
        return str(self._record.get("TablePrefix", "")) + re.sub(r"[^a-z0-9_]", "_", folder.lower())

    def _describe(self, s3: Any, bucket: str, name: str, found: _Found) -> None:
        """Write what was found into the catalog."""
        work = state.folder("crawls", uuid.uuid4().hex)
        try:
            schema = self._schema(s3, bucket, found, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        objects = [each for some in found.objects.values() for each in some]
        table = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in found.keys],
            "Parameters": {
                **schema["parameters"],
                "UPDATED_BY_CRAWLER": self._record["Name"],
                "objectCount": str(len(objects)),
                "sizeKey": str(sum(size for _, size in objects)),
                "typeOfData": "file",
            },
            "StorageDescriptor": {**schema["storage"], "Location": f"s3://{bucket}/{found.prefix}"},
        }
        database = self._record["DatabaseName"]
        place = Place(account=self._home.account, region=self._home.region, database=database, table=name)
        self._ask("get_database", Name=database)
        known = described(place) is not None
        policy = self._record.get("SchemaChangePolicy") or {}
        if not known:
            self._ask("create_table", DatabaseName=database, TableInput=table)
        elif policy.get("UpdateBehavior", "UPDATE_IN_DATABASE") == "UPDATE_IN_DATABASE":
            self._ask("update_table", DatabaseName=database, TableInput=table)
        if found.keys:
            self._partitions(bucket, database, name, found, schema["storage"])

    def _partitions(
        self, bucket: str, database: str, name: str, found: _Found, storage: Mapping[str, Any]
    ) -> None:
        listed = self._ask("get_partitions", DatabaseName=database, TableName=name)["Partitions"]
        known = {tuple(each["Values"]) for each in listed}
        for values, objects in found.objects.items():
            if values not in known:
                location = f"s3://{bucket}/{objects[0][0].rpartition('/')[0]}/"
                given = {"Values": list(values), "StorageDescriptor": {**storage, "Location": location}}
                self._ask("create_partition", DatabaseName=database, TableName=name, PartitionInput=given)

    def _ask(self, operation: str, **given: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._glue, operation)(**given)
        except ClientError as error:
            message = error.response["Error"]["Message"]
            raise CrawlError(f"{message} (Database name: {self._record['DatabaseName']})") from None
        return answer

    def _schema(self, s3: Any, bucket: str, found: _Found, work: Path) -> dict[str, Any]:
        paths: list[Path] = []
        for key, _ in (each for some in found.objects.values() for each in some):
            path = work / f"{len(paths):06}{'.gz' if key.endswith('.gz') else ''}"
            try:
                body = s3.get_object(Bucket=bucket, Key=key)["Body"]
            except ClientError as error:
                raise CrawlError(f"{error.response['Error']['Message']} (Service: Amazon S3)") from None
            with path.open("wb") as copy:
                for chunk in body.iter_chunks(1 << 20):
                    copy.write(chunk)
            paths.append(path)
        if all(path.read_bytes()[:4] == b"PAR1" for path in paths):
            return of_parquet(paths)
        return of_text(paths, self._classifier())

    def _classifier(self) -> Mapping[str, Any]:
        """The first classifier of the crawler that is for CSV, or nothing."""
        with request_scope(*self._home):
            names = self._record.get("Classifiers", ())
            known = [ministack_glue._classifiers.get(name, {}) for name in names]
        return next((each["CsvClassifier"] for each in known if "CsvClassifier" in each), {})
