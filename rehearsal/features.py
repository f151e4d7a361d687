"""The feature group of the story: its records and labels, and what a join of them must give.

A specimen is measured once, and measured wrongly later on, after its label: who looks ahead learns from that.
Every fifth first measurement is wrong at first as well, and is corrected late. A few records are deleted
before the label.
"""

# The names in its queries are those of the checked data set.
# ruff: noqa: S608

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from base.contracts.lake import TABLES
from rehearsal import lake
from rehearsal.data import DataSet
from rehearsal.story import ActError, Story, built
from rehearsal.waiting import wait_for

PRODUCT = "Feature group"
BUILD_PROJECT = "Build a model from a feature group"
GROUP = "measurements"
"""The feature group, and the name under which the data engineer launches it."""

IDENTIFIER = "specimen"
MEASURED, DELETED, SEEN, MEASURED_AGAIN = (f"TIMESTAMP '2026-01-{day:02} 00:00:00'" for day in (1, 5, 10, 20))
WRONG, GONE = f"{IDENTIFIER} % 5 = 0", f"{IDENTIFIER} % 50 = 7"
_TYPES = {"BIGINT": "Integral", "DOUBLE": "Fractional"}

Row = tuple[Any, ...]


class Specimens:
    """The data set as specimens with features and a label.

    Attributes:
        features: The type of each feature of SageMaker, by its name; without the identifier.
    """

    def __init__(self, data: DataSet) -> None:
        """Read the data set.

        Args:
            data: The data set.
        """
        self._data = data
        self._connection = duckdb.connect()
        rows = self._connection.read_csv(str(data.path), header=True, na_values=lake.MISSING)
        rows.create("given")
        names = [each.lower() for each in data.columns]
        renamed = ", ".join(f'"{each}" AS "{each.lower()}"' for each in data.columns)
        self._connection.execute(
            f"CREATE TABLE specimens AS SELECT row_number() OVER () AS {IDENTIFIER}, {renamed} FROM given"
        )
        self._target = data.target.lower()
        described = self._connection.execute("DESCRIBE specimens").fetchall()
        kinds = {name: _TYPES.get(kind, "String") for name, kind, *_ in described}
        self.features = {name: kinds[name] for name in names if name != self._target}

    @property
    def form(self) -> str:
        """The features as the form of the product takes them."""
        return ",".join(f"{name}:{kind}" for name, kind in {IDENTIFIER: "Integral", **self.features}.items())

    @property
    def count(self) -> int:
        """How many specimens there are."""
        return self._number("TRUE")

    def written(self, *, late: bool) -> int:
        """How many records the offline store has.

        Args:
            late: After the corrections and deletions.
        """
        return 2 * self.count + (self._number(WRONG) + self._number(GONE) if late else 0)

    @property
    def gone(self) -> int:
        """How many records were deleted before their label."""
        return self._number(GONE)

    def records(self, *, late: bool) -> bytes:
        """The lake's table of records, as Parquet.

        Args:
            late: With the corrections and deletions.
        """
        own = ", ".join(f'own."{name}"' for name in self.features)
        other = ", ".join(f'other."{name}"' for name in self.features)
        half = self.count // 2
        pairs = (
            f"specimens AS own JOIN specimens AS other "
            f"ON other.{IDENTIFIER} = 1 + (own.{IDENTIFIER} + {half}) % {self.count}"
        )
        first = ", ".join(
            f'CASE WHEN own.{WRONG} THEN other."{name}" ELSE own."{name}" END AS "{name}"'
            for name in self.features
        )
        parts = [
            (
                f"SELECT own.{IDENTIFIER}, {MEASURED} AS event_time, {own if late else first}, "
                f"false AS is_deleted FROM {pairs}"
            ),
            f"SELECT own.{IDENTIFIER}, {MEASURED_AGAIN}, {other}, false FROM {pairs}",
        ]
        if late:
            parts.append(f"SELECT own.{IDENTIFIER}, {DELETED}, {own}, true FROM {pairs} WHERE own.{GONE}")
        return self._parquet(" UNION ALL ".join(parts))

    def labels(self) -> bytes:
        """The lake's table of labels, as Parquet."""
        return self._parquet(f'SELECT {IDENTIFIER}, {SEEN} AS event_time, "{self._target}" FROM specimens')

    def expected(self) -> list[Row]:
        """What the join must give: label and features as they were known, in an order of their own."""
        known = ", ".join(f'CASE WHEN {GONE} THEN NULL ELSE "{name}" END' for name in self.features)
        return _ordered(
            self._connection.execute(f'SELECT "{self._target}", {known} FROM specimens').fetchall()
        )

    def joined(self, files: Sequence[bytes]) -> list[Row]:
        """What a join has left, in the same order.

        Args:
            files: Parquet files.

        Raises:
            ActError: They have other columns.
        """
        columns = [self._target, *(f"{GROUP}_{name}" for name in self.features)]
        with tempfile.TemporaryDirectory() as folder:
            _store(folder, files)
            found = self._connection.execute(f"SELECT * FROM read_parquet('{folder}/*.parquet')")
            names = [each[0] for each in found.description or ()]
            if sorted(names) != sorted(columns):
                raise ActError(f"the join left the columns {', '.join(names)}, not {', '.join(columns)}")
            chosen = ", ".join(f'"{name}"' for name in columns)
            return _ordered(
                self._connection.execute(
                    f"SELECT {chosen} FROM read_parquet('{folder}/*.parquet')"
                ).fetchall()
            )

    def naive(self, files: Sequence[bytes]) -> list[Row]:
        """What a join gives that takes the newest record of each specimen, whenever the label was.

        Args:
            files: Parquet files of the offline store.
        """
        chosen = ", ".join(f'newest."{name}"' for name in self.features)
        with tempfile.TemporaryDirectory() as folder:
            _store(folder, files)
            return _ordered(
                self._connection.execute(
                    f'SELECT specimens."{self._target}", {chosen} FROM specimens LEFT JOIN ('
                    f"SELECT *, row_number() OVER (PARTITION BY {IDENTIFIER} ORDER BY event_time DESC) "
                    f"AS age FROM read_parquet('{folder}/*.parquet')) AS newest "
                    f"ON newest.age = 1 AND newest.{IDENTIFIER} = specimens.{IDENTIFIER}"
                ).fetchall()
            )

    def _number(self, condition: str) -> int:
        found = self._connection.execute(f"SELECT count(*) FROM specimens WHERE {condition}").fetchone()
        return int(found[0]) if found else 0

    def _parquet(self, select: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "data.parquet"
            self._connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
            return path.read_bytes()


def _store(folder: str, files: Sequence[bytes]) -> None:
    for number, content in enumerate(files):
        (Path(folder) / f"{number}.parquet").write_bytes(content)


def _ordered(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: [(value is None, str(value)) for value in row])


def schema(data: DataSet) -> str:
    """What a version says of the features that it learned from."""
    return " ".join(f"{GROUP}/{name}:{kind}" for name, kind in Specimens(data).features.items())


def stated(metadata: dict[str, str]) -> tuple[str | None, str | None]:
    """What the metadata of a version says of groups and schema."""
    return metadata.get("input_data_feature_groups"), metadata.get("input_data_feature_schema")


def records_table(data: DataSet) -> str:
    """The lake's table of records."""
    return f"{lake.table(data)}_records"


def labels_table(data: DataSet) -> str:
    """The lake's table of labels."""
    return f"{lake.table(data)}_labels"


def put_records(story: Story, *, late: bool) -> None:
    """As the data producer, put the table of records into the lake, in place of the one there."""
    story.acting_as(story.people.data_producer, "s3").put_object(
        Bucket=lake.bucket(story),
        Key=f"{TABLES}/{records_table(story.data)}/data.parquet",
        Body=Specimens(story.data).records(late=late),
    )


def ingest(story: Story, *, late: bool) -> int:
    """As the data producer, fill the group, and wait until the offline store has all records.

    Returns:
        How many it has.
    """
    function = story.accounts.names.feature_ingestion(GROUP)
    story.acting_as(story.people.data_producer, "lambda").invoke(FunctionName=function, Payload=b"{}")
    wanted = Specimens(story.data).written(late=late)

    def look() -> int | None:
        found = _rows(offline(story))
        return found if found >= wanted else None

    found: int = wait_for("the records in the offline store", look)
    if found != wanted:
        raise ActError(f"the offline store has {found} records, not {wanted}")
    return found


def _rows(files: Sequence[bytes]) -> int:
    if not files:
        return 0
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        _store(folder, files)
        counted = connection.execute(f"SELECT count(*) FROM read_parquet('{folder}/*.parquet')").fetchone()
        return int(counted[0]) if counted else 0


def offline(story: Story) -> list[bytes]:
    """As the data account's administrator, the files of the offline store."""
    return _files(story, "data", lake.bucket(story), f"features/{GROUP}/", "/data/")


def queried(story: Story) -> list[bytes]:
    """As the development account's administrator, the files that the step of the join has left."""
    return _files(story, "development", built(story.build_project).names.bucket, "runs/", "/queried/")


def _files(story: Story, account: Any, bucket: str, prefix: str, part: str) -> list[bytes]:
    s3 = story.accounts.administrator(account, "s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [each["Key"] for page in pages for each in page.get("Contents", ()) if part in each["Key"]]
    return [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
