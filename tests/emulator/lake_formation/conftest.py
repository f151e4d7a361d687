"""A lake that Lake Formation governs, in an account that no other test uses for tables."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.card_support import enable_sharing
from tests.emulator.fixtures import emulator
from tests.emulator.lake_support import HOUSE_COLUMNS, HOUSES, Lake, make_lake
from tests.emulator.sagemaker_support import unique
from tests.emulator.support import Emulator, Statement, allow, trust

__all__ = ["emulator", "governed"]

SERVICE = "lakeformation.amazonaws.com"
VERSION = "CROSS_ACCOUNT_VERSION"


@dataclass(frozen=True, kw_only=True)
class Governed:
    """A lake with its administrator.

    Attributes:
        lake: The lake; its location is registered, and nobody may see anything yet.
        administrator: The role of its data lake administrator.
        location_role: The role that reads it.
    """

    lake: Lake
    administrator: str
    location_role: str

    @property
    def lake_formation(self) -> Any:
        """A client of the administrator."""
        return self.lake.client("lakeformation", self.administrator)

    def grant(
        self, principal: str, resource: dict[str, Any], *permissions: str, option: bool = False
    ) -> None:
        """Grant permissions."""
        self.lake_formation.grant_permissions(
            Principal={"DataLakePrincipalIdentifier": principal},
            Resource=resource,
            Permissions=list(permissions),
            PermissionsWithGrantOption=list(permissions) if option else [],
        )

    def revoke(self, principal: str, resource: dict[str, Any], *permissions: str) -> None:
        """Take permissions back."""
        self.lake_formation.revoke_permissions(
            Principal={"DataLakePrincipalIdentifier": principal},
            Resource=resource,
            Permissions=list(permissions),
        )

    @property
    def database(self) -> dict[str, Any]:
        """The database, as grants name it."""
        return {"Database": {"Name": self.lake.database}}

    def table(self, name: str = "houses") -> dict[str, Any]:
        """A table, as grants name it."""
        return {"Table": {"DatabaseName": self.lake.database, "Name": name}}

    def reader(self, *more: Statement, account: str | None = None) -> str:
        """A role that may ask Athena, and has nothing on the data in Amazon S3."""
        return self.lake.reader(allow("lakeformation:GetDataAccess"), *more, account=account)


def settings(*administrators: str, version: int = 3, opened: bool = False) -> dict[str, Any]:
    """Data lake settings, of an account where IAM decides or not."""
    everybody = [
        {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}
    ]
    return {
        "DataLakeAdmins": [{"DataLakePrincipalIdentifier": each} for each in administrators],
        "CreateDatabaseDefaultPermissions": everybody if opened else [],
        "CreateTableDefaultPermissions": everybody if opened else [],
        "Parameters": {VERSION: str(version)},
    }


def govern(emulator: Emulator, account: str, folder: Path) -> Governed:
    """Make a lake and hand it to Lake Formation."""
    enable_sharing(emulator)
    administrator = emulator.role(
        allow(["lakeformation:*", "glue:*", "ram:*", "organizations:Describe*"]),
        allow("iam:PassRole", "*"),
        account=account,
    )
    root = emulator.client("lakeformation", account=account)
    earlier = root.get_data_lake_settings()["DataLakeSettings"]["DataLakeAdmins"]
    known = [each["DataLakePrincipalIdentifier"] for each in earlier]
    root.put_data_lake_settings(DataLakeSettings=settings(administrator, *known))
    lake = make_lake(emulator, account)
    arn = f"arn:aws:s3:::{lake.bucket}"
    location_role = emulator.role(
        allow(["s3:GetObject", "s3:ListBucket"], [arn, f"{arn}/*"]),
        account=account,
        name=unique("location"),
        trusting=trust(Service=SERVICE),
    )
    emulator.client("lakeformation", account=account, role=administrator).register_resource(
        ResourceArn=arn, RoleArn=location_role
    )
    lake.parquet_table("houses", HOUSES, HOUSE_COLUMNS, folder)
    lake.csv_table("plain", HOUSES, HOUSE_COLUMNS)
    return Governed(lake=lake, administrator=administrator, location_role=location_role)


@pytest.fixture(scope="module")
def governed(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Governed:
    """A lake that Lake Formation governs."""
    return govern(emulator, emulator.test, tmp_path_factory.mktemp("governed"))


def tagged(governed: Governed, resource: dict[str, Any], key: str, value: str) -> None:
    """Put an LF-tag on a resource."""
    answer = governed.lake_formation.add_lf_tags_to_resource(
        Resource=resource, LFTags=[{"TagKey": key, "TagValues": [value]}]
    )
    assert answer["Failures"] == [], json.dumps(answer["Failures"])
