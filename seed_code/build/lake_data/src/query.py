"""Step 0: run `query.sql` in Athena, and fetch what it returns to ``queried``."""

import re
from pathlib import Path

import athena
import folders
import step
from errors import UsageError

QUERY = Path(__file__).parent / "query.sql"
FILE = "src/query.sql"
SOURCE = re.compile(r"athena://\d{12}/[a-z0-9_]+/(?P<table>[a-z0-9_]+)")


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    parser.add_argument("--source", required=True, help="athena://account/database/table")
    athena.ask(parser)
    given = parser.given()
    athena.check_image()
    select = named(athena.select_of(QUERY, file=FILE), table_of(given.source))
    athena.query(select, athena.place_of(given), file=FILE, folder=folders.processing("queried"))


def table_of(source: str) -> str:
    """The table of a source.

    Args:
        source: ``athena://account/database/table``.

    Raises:
        UsageError: It is none.
    """
    match = SOURCE.fullmatch(source)
    if match is None:
        raise UsageError(f"The source {source} is not written athena://account/database/table.")
    return match["table"]


def named(select: str, table: str) -> str:
    """A query with a table in the place of ``{table}``."""
    return select.replace("{table}", f'"{table}"')


if __name__ == "__main__":
    step.run(main)
