"""A lake that another account reads: granted to its unit by LF-tags, granted on there, read through a link.

https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-permissions.html, and for granting on
https://docs.aws.amazon.com/lake-formation/latest/dg/permission-cascading-rules.html.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.lake_formation.conftest import Governed, settings, tagged
from tests.emulator.lake_support import HOUSES, Ended
from tests.emulator.sagemaker_support import refused, unique
from tests.emulator.support import SETTINGS, Emulator, Statement, allow

ORGANIZATIONS = f"arn:aws:organizations::{SETTINGS.accounts.management}"
UNIT = (
    f"{ORGANIZATIONS}:ou/{SETTINGS.organization.id}/{SETTINGS.organization.organizational_units.production}"
)
OTHER_UNIT = (
    f"{ORGANIZATIONS}:ou/{SETTINGS.organization.id}/{SETTINGS.organization.organizational_units.development}"
)
WHOLE = f"{ORGANIZATIONS}:organization/{SETTINGS.organization.id}"
REQUIRED = "Insufficient Lake Formation permission(s): Required"
CONSUMER = SETTINGS.accounts.production

DATABASE, TABLE = ("DESCRIBE",), ("DESCRIBE", "SELECT")


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """The other side.

    Attributes:
        emulator: The emulator.
        governed: The lake.
        administrator: The data lake administrator of the consumer's account.
        link: The name of its link to the lake's database.
        key: The LF-tag by which the lake is shared.
        results: A bucket for results.
    """

    emulator: Emulator
    governed: Governed
    administrator: str
    link: str
    key: str
    results: str

    @property
    def lake_formation(self) -> Any:
        """A client of the administrator."""
        return self.emulator.client("lakeformation", account=CONSUMER, role=self.administrator)

    def policy(self, kind: str, *values: str) -> dict[str, Any]:
        """An LF-tag policy of the lake's account."""
        expression = [{"TagKey": self.key, "TagValues": list(values or ("science",))}]
        owner = self.governed.lake.account
        return {"LFTagPolicy": {"CatalogId": owner, "ResourceType": kind, "Expression": expression}}

    def shared(self, principal: str, *, option: bool = True) -> None:
        """Grant by the lake's administrator."""
        self.governed.grant(principal, self.policy("DATABASE"), *DATABASE, option=option)
        self.governed.grant(principal, self.policy("TABLE"), *TABLE, option=option)

    def unshared(self, principal: str) -> None:
        """Take it back."""
        self.governed.revoke(principal, self.policy("DATABASE"), *DATABASE)
        self.governed.revoke(principal, self.policy("TABLE"), *TABLE)

    def grant_on(self, role: str, resource: dict[str, Any], *permissions: str) -> None:
        """Grant on by the consumer's administrator."""
        self.lake_formation.grant_permissions(
            CatalogId=self.governed.lake.account,
            Principal={"DataLakePrincipalIdentifier": role},
            Resource=resource,
            Permissions=list(permissions),
        )

    def reader(self, *more: Statement) -> str:
        """A role that may ask Athena and both catalogs."""
        return self.emulator.role(
            allow(["athena:*", "glue:Get*", "s3:GetBucketLocation", "lakeformation:GetDataAccess"]),
            allow(["s3:PutObject", "s3:GetObject"], f"arn:aws:s3:::{self.results}/*"),
            *more,
            account=CONSUMER,
        )

    def query(self, sql: str, role: str) -> Ended:
        """Run a query in a role, with the link as the database."""
        return self.governed.lake.query(
            sql,
            role=role,
            account=CONSUMER,
            QueryExecutionContext={"Database": self.link},
            ResultConfiguration={"OutputLocation": f"s3://{self.results}/"},
        )


@pytest.fixture(scope="module")
def consumer(emulator: Emulator, governed: Governed) -> Consumer:
    """The consumer; nothing is shared with it yet."""
    administrator = emulator.role(allow(["lakeformation:*", "glue:*"]), account=CONSUMER)
    emulator.client("lakeformation", account=CONSUMER).put_data_lake_settings(
        DataLakeSettings=settings(administrator, opened=True)
    )
    key, link, results = unique("audience"), unique("link").replace("-", "_"), unique("results")
    governed.lake_formation.create_lf_tag(TagKey=key, TagValues=["science", "nobody"])
    tagged(governed, governed.database, key, "science")
    hidden = {"DatabaseName": governed.lake.database, "Name": "houses", "ColumnNames": ["price"]}
    tagged(governed, {"TableWithColumns": hidden}, key, "nobody")
    target = {"CatalogId": governed.lake.account, "DatabaseName": governed.lake.database}
    emulator.client("glue", account=CONSUMER).create_database(
        DatabaseInput={"Name": link, "TargetDatabase": target}
    )
    emulator.client("s3", account=CONSUMER).create_bucket(
        Bucket=results, CreateBucketConfiguration={"LocationConstraint": emulator.region}
    )
    return Consumer(
        emulator=emulator,
        governed=governed,
        administrator=administrator,
        link=link,
        key=key,
        results=results,
    )


@pytest.fixture(params=[UNIT, WHOLE, CONSUMER], ids=["unit", "organisation", "account"])
def shared(consumer: Consumer, request: pytest.FixtureRequest) -> Iterator[Consumer]:
    """The consumer, with which the lake is shared in one way or another."""
    consumer.shared(request.param)
    yield consumer
    consumer.unshared(request.param)


def granted_on(consumer: Consumer, role: str) -> None:
    consumer.grant_on(role, consumer.policy("DATABASE"), *DATABASE)
    consumer.grant_on(role, consumer.policy("TABLE"), *TABLE)


def test_what_is_shared_and_granted_on_is_read_through_the_link(shared: Consumer) -> None:
    role = shared.reader()
    granted_on(shared, role)
    seen = shared.query("SELECT * FROM houses ORDER BY id", role)
    assert seen.lines() == [
        ["id", "region", "size"],
        *([str(number), region, str(size)] for number, region, size, _ in HOUSES),
    ]
    hidden = shared.query("SELECT price FROM houses", role)
    assert hidden.reason.startswith("COLUMN_NOT_FOUND: line 1:8: Column 'price' cannot be resolved")
    plain = shared.query("SELECT sum(price) FROM plain", role)
    assert plain.rows() == [[str(sum(price for _, _, _, price in HOUSES))]]


def test_a_role_that_nobody_granted_anything_sees_nothing(shared: Consumer) -> None:
    failed = shared.query("SELECT * FROM houses", shared.reader())
    assert failed.reason == (f"Insufficient permissions to execute the query. {REQUIRED} Describe on houses")


def test_what_was_granted_on_ends_with_the_share(consumer: Consumer) -> None:
    role = consumer.reader()
    consumer.shared(UNIT)
    granted_on(consumer, role)
    sql = "SELECT count(*) FROM plain"
    assert consumer.query(sql, role).rows() == [["300"]]
    consumer.unshared(UNIT)
    assert consumer.query(sql, role).state == "FAILED"
    consumer.shared(UNIT)
    assert consumer.query(sql, role).rows() == [["300"]]
    consumer.unshared(UNIT)


@pytest.mark.parametrize("missing", ["link", "target"])
def test_both_catalogs_are_asked(consumer: Consumer, missing: str) -> None:
    emulator, lake = consumer.emulator, consumer.governed.lake
    places = {
        "link": (CONSUMER, consumer.link),
        "target": (lake.account, lake.database),
    }
    arns = {
        name: [
            f"arn:aws:glue:{emulator.region}:{account}:{end}"
            for end in ("catalog", f"database/{database}", f"table/{database}/*")
        ]
        for name, (account, database) in places.items()
    }
    consumer.shared(UNIT)
    try:
        for allowed, state in ((arns["link"] + arns["target"], "SUCCEEDED"), (arns[missing], "FAILED")):
            role = emulator.role(
                allow(["athena:*", "s3:GetBucketLocation", "lakeformation:GetDataAccess"]),
                allow("s3:PutObject", f"arn:aws:s3:::{consumer.results}/*"),
                allow(["glue:GetDatabase", "glue:GetTable"], allowed),
                account=CONSUMER,
            )
            granted_on(consumer, role)
            done = consumer.query("SELECT count(*) FROM plain", role)
            assert done.state == state, done.reason
        assert "is not authorized to perform: glue:Get" in done.reason
    finally:
        consumer.unshared(UNIT)


def test_a_share_in_ram_shows_it(consumer: Consumer) -> None:
    emulator, owner = consumer.emulator, consumer.governed.lake.account

    def listed() -> list[str]:
        ram = emulator.client("ram", account=CONSUMER)
        shares = ram.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"]
        return [
            each["name"] for each in shares if each["owningAccountId"] == owner and each["status"] == "ACTIVE"
        ]

    assert listed() == []
    consumer.shared(UNIT)
    [name] = listed()
    assert name.startswith("LakeFormation-V3-")
    ram = emulator.client("ram", account=owner)
    found = ram.get_resource_share_associations(associationType="RESOURCE")["resourceShareAssociations"]
    associated = [each["associatedEntity"] for each in found if each["resourceShareName"] == name]
    assert associated == [f"arn:aws:glue:{emulator.region}:{owner}:catalog"]
    consumer.unshared(UNIT)
    assert listed() == []


@pytest.mark.parametrize(
    ("principal", "option"), [(OTHER_UNIT, True), (UNIT, False)], ids=["another-unit", "no-grant-option"]
)
def test_what_cannot_be_granted_on(consumer: Consumer, principal: str, option: bool) -> None:
    consumer.shared(principal, option=option)
    try:
        role = consumer.reader()
        code, message = refused(lambda: consumer.grant_on(role, consumer.policy("TABLE"), *TABLE))
        assert (code, message.startswith(REQUIRED)) == ("AccessDeniedException", True)
    finally:
        consumer.unshared(principal)


def test_only_administrators_grant_on(shared: Consumer) -> None:
    other = shared.emulator.role(allow("lakeformation:*"), account=CONSUMER)
    client = shared.emulator.client("lakeformation", account=CONSUMER, role=other)
    code, _ = refused(
        client.grant_permissions,
        Principal={"DataLakePrincipalIdentifier": other},
        Resource=shared.policy("TABLE"),
        Permissions=list(TABLE),
    )
    assert code == "AccessDeniedException"


def test_another_policy_takes_a_description_of_its_tags(consumer: Consumer) -> None:
    """The second of the rules of cascading: another policy than the shared one."""
    consumer.shared(UNIT)
    role, wider = consumer.reader(), consumer.policy("TABLE", "science", "nobody")
    tag = {"TagKey": consumer.key, "TagValues": ["nobody", "science"]}
    try:
        assert refused(lambda: consumer.grant_on(role, wider, "SELECT"))[0] == "AccessDeniedException"
        consumer.governed.grant(CONSUMER, {"LFTag": tag}, "DESCRIBE")
        consumer.grant_on(role, wider, "SELECT")
        consumer.grant_on(role, consumer.policy("DATABASE"), *DATABASE)
        seen = consumer.query("SELECT * FROM houses LIMIT 1", role)
        assert seen.lines()[0] == ["id", "region", "size"]
    finally:
        consumer.governed.revoke(CONSUMER, {"LFTag": tag}, "DESCRIBE")
        consumer.unshared(UNIT)


def test_a_tag_of_another_account_cannot_be_put_on_what_it_shares(shared: Consumer) -> None:
    resource = {
        "Database": {"CatalogId": shared.governed.lake.account, "Name": shared.governed.lake.database}
    }
    code, _ = refused(
        shared.lake_formation.add_lf_tags_to_resource,
        Resource=resource,
        LFTags=[{"TagKey": shared.key, "TagValues": ["nobody"]}],
    )
    assert code == "AccessDeniedException"


@pytest.mark.parametrize(
    ("version", "principal", "by_tag", "refused_for"),
    [
        (2, UNIT, True, "Grants to organizations by LF-tag need CROSS_ACCOUNT_VERSION 3, and it is 2."),
        (2, UNIT, False, None),
        (2, CONSUMER, True, None),
        (3, UNIT, True, None),
    ],
)
def test_the_version_of_sharing(
    consumer: Consumer, version: int, principal: str, by_tag: bool, refused_for: str | None
) -> None:
    """https://docs.aws.amazon.com/lake-formation/latest/dg/optimize-ram.html."""
    governed = consumer.governed
    root = governed.lake.client("lakeformation")
    resource = consumer.policy("TABLE") if by_tag else governed.table()
    root.put_data_lake_settings(DataLakeSettings=settings(governed.administrator, version=version))
    try:
        if refused_for is None:
            governed.grant(principal, resource, *TABLE)
            governed.revoke(principal, resource, *TABLE)
        else:
            code, message = refused(lambda: governed.grant(principal, resource, *TABLE))
            assert (code, message) == ("InvalidInputException", refused_for)
    finally:
        root.put_data_lake_settings(DataLakeSettings=settings(governed.administrator))


@pytest.mark.parametrize("missing", ["ram:CreateResourceShare", "glue:PutResourcePolicy"])
def test_sharing_takes_permissions_of_the_grantor(consumer: Consumer, missing: str) -> None:
    governed = consumer.governed
    needed = {"ram:CreateResourceShare", "glue:PutResourcePolicy", "lakeformation:GrantPermissions"}
    role = consumer.emulator.role(allow(sorted(needed - {missing})), account=governed.lake.account)
    root = governed.lake.client("lakeformation")
    root.put_data_lake_settings(DataLakeSettings=settings(governed.administrator, role))
    client = consumer.emulator.client("lakeformation", account=governed.lake.account, role=role)
    code, message = refused(
        client.grant_permissions,
        Principal={"DataLakePrincipalIdentifier": OTHER_UNIT},
        Resource=consumer.policy("TABLE"),
        Permissions=list(TABLE),
    )
    assert (code, f"not authorized to perform: {missing}" in message) == ("AccessDeniedException", True)
    listed = governed.lake_formation.list_permissions(Principal={"DataLakePrincipalIdentifier": OTHER_UNIT})
    assert listed["PrincipalResourcePermissions"] == []


def test_a_named_table_is_granted_to_a_role_of_another_account(consumer: Consumer) -> None:
    """From version 3 on: https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-direct-share.html."""
    role = consumer.reader()
    consumer.governed.grant(role, consumer.governed.database, "DESCRIBE")
    consumer.governed.grant(role, consumer.governed.table(), "SELECT")
    assert consumer.query("SELECT count(*), max(price) FROM houses", role).rows() == [
        ["300", str(max(price for _, _, _, price in HOUSES))]
    ]
    assert consumer.query("SELECT count(*) FROM plain", role).state == "FAILED"
