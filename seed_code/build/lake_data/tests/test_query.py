"""The query of the repository, and the table that it begins with."""

import athena
import query


def test_the_query_of_the_repository_names_the_table() -> None:
    written = athena.select_of(query.QUERY, file=query.FILE)
    named = query.named(written, "houses")
    assert '"houses"' in named or "{table}" not in written
    assert "{table}" not in named


def test_a_table_is_named_wherever_it_stands() -> None:
    assert query.named("SELECT {table}.a FROM {table}", "houses") == 'SELECT "houses".a FROM "houses"'
