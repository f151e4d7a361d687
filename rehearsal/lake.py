"""The data lake of the story: its catalog, its tables, and the tag by which a table is for nobody."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from base.contracts.lake import TABLES
from base.places import REPOSITORY
from base.settings import CATALOG
from rehearsal.data import DataSet
from rehearsal.story import ActError, Story
from rehearsal.waiting import wait_for

LAKE = "Data lake"
BUILD_PROJECT = "Build a model from the data lake"
PROVISIONED = "lake"
"""Name under which the data engineer launches the product."""

MISSING = ["", "NA"]
"""How the default data set writes what is not known."""

NOBODY = "nobody"
"""Value of the audience's tag with which nothing is shared (README of the product)."""

_OFFERED = re.compile(r"^\| ML Admin \(data\) \| \[([^\]]+)\]", re.MULTILINE)
_OPTIONAL = re.compile(r"^( +)# data: ", re.MULTILINE)


def write_catalog(path: Path) -> Path:
    """Write the repository's catalog file with the data account and the unit that it has in comments.

    Args:
        path: The file.

    Returns:
        The same.

    Raises:
        ActError: The catalog does not have both in comments.
    """
    text, count = _OPTIONAL.subn(r"\1data: ", CATALOG.read_text(encoding="utf-8"))
    if count != 2:
        raise ActError("catalog.yaml does not have the data account and its unit in comments, one line each")
    path.write_text(text, encoding="utf-8")
    return path


def offered() -> list[str]:
    """What the README says that the data account's portfolio holds, by name."""
    return sorted(_OFFERED.findall((REPOSITORY / "README.md").read_text(encoding="utf-8")))


def bucket(story: Story) -> str:
    """The lake's bucket."""
    return story.accounts.names.lake_bucket(story.accounts.account_id("data"))


def table(data: DataSet) -> str:
    """Name of the table that a data set becomes as Parquet; as CSV it has `_csv` at its end."""
    return re.sub(r"[^a-z0-9]+", "_", data.name.lower()).strip("_")


def files(data: DataSet) -> dict[str, bytes]:
    """The data set as files of the lake, by their keys: one table of Parquet, one of CSV."""
    name = table(data)
    return {
        f"{TABLES}/{name}/data.parquet": _parquet(data),
        f"{TABLES}/{name}_csv/data.csv": data.path.read_bytes(),
    }


def _parquet(data: DataSet) -> bytes:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "data.parquet"
        rows = connection.read_csv(str(data.path), header=True, na_values=MISSING)
        rows.write_parquet(str(path))
        return path.read_bytes()


def crawl(story: Story) -> None:
    """As the data producer, start the crawler and wait for its end.

    Raises:
        ActError: It failed.
    """
    glue = story.acting_as(story.people.data_producer, "glue")
    name = story.accounts.names.lake_crawler
    glue.start_crawler(Name=name)

    def look() -> dict[str, Any] | None:
        crawler: dict[str, Any] = glue.get_crawler(Name=name)["Crawler"]
        return crawler if crawler["State"] == "READY" else None

    last = wait_for("the end of the crawler", look).get("LastCrawl", {})
    if last.get("Status") != "SUCCEEDED":
        raise ActError(f"the crawler ended as {last.get('Status')}: {last.get('ErrorMessage', 'no reason')}")


def govern(story: Story) -> None:
    """Make the lake administrator a data lake administrator, beside those whom the platform has added.

    AWS wants this of whoever tags, even with AdministratorAccess:
    https://docs.aws.amazon.com/lake-formation/latest/dg/initial-lf-config.html.
    """
    person = story.people.lake_administrator
    lake_formation = story.acting_as(person, "lakeformation")
    settings = lake_formation.get_data_lake_settings()["DataLakeSettings"]
    own = {"DataLakePrincipalIdentifier": story.accounts.role_arn(person)}
    if own not in settings["DataLakeAdmins"]:
        settings["DataLakeAdmins"] = [*settings["DataLakeAdmins"], own]
        lake_formation.put_data_lake_settings(DataLakeSettings=settings)


def table_resource(story: Story) -> dict[str, Any]:
    """The story's table, as Lake Formation names it."""
    database = story.accounts.names.lake_database
    return {"Table": {"DatabaseName": database, "Name": table(story.data)}}


def column_resource(story: Story, column: str) -> dict[str, Any]:
    """A column of the story's table, as Lake Formation names it."""
    database = story.accounts.names.lake_database
    named = {"DatabaseName": database, "Name": table(story.data), "ColumnNames": [column]}
    return {"TableWithColumns": named}


@contextmanager
def kept_from_all(story: Story, resource: Mapping[str, Any]) -> Iterator[None]:
    """As the lake administrator, tag a table or column for nobody, and take the tag away in the end.

    Raises:
        ActError: Lake Formation did not take the tag.
    """
    govern(story)
    lake_formation = story.acting_as(story.people.lake_administrator, "lakeformation")
    tagged = {
        "Resource": resource,
        "LFTags": [{"TagKey": story.accounts.names.lake_audience_tag, "TagValues": [NOBODY]}],
    }
    if failures := lake_formation.add_lf_tags_to_resource(**tagged)["Failures"]:
        raise ActError(f"the tag was not taken: {json.dumps(failures)}")
    try:
        yield
    finally:
        lake_formation.remove_lf_tags_from_resource(**tagged)
