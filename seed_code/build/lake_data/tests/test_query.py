"""The query of the repository, and the table that it begins with."""

import pytest

import athena
import query
from errors import UsageError


def test_the_table_is_that_of_the_source() -> None:
    assert query.table_of("athena://666666666666/lake/houses") == "houses"


@pytest.mark.parametrize(
    "source", ["s3://bucket/a.csv", "athena://1/lake/a", 'athena://666666666666/lake/a"b']
)
def test_a_source_that_names_no_table_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="is not written athena://account/database/table"):
        query.table_of(source)


def test_the_query_of_the_repository_names_the_table() -> None:
    written = athena.select_of(query.QUERY, file=query.FILE)
    named = query.named(written, "houses")
    assert '"houses"' in named or "{table}" not in written
    assert "{table}" not in named


def test_a_table_is_named_wherever_it_stands() -> None:
    assert query.named("SELECT {table}.a FROM {table}", "houses") == 'SELECT "houses".a FROM "houses"'
