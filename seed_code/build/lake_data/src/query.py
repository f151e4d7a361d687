"""Step 0: run `query.sql` in Athena, and fetch what it returns to ``queried``."""

from pathlib import Path

import athena
import folders
import step

QUERY = Path(__file__).parent / "query.sql"
FILE = "src/query.sql"


def main() -> None:
    """Run the step."""
    parser = step.Arguments(__doc__)
    athena.ask(parser)
    given = parser.given()
    athena.check_image()
    _, table = athena.source_of(given.source)
    select = named(athena.select_of(QUERY, file=FILE), table)
    athena.query(select, athena.place_of(given), file=FILE, folder=folders.processing("queried"))


def named(select: str, table: str) -> str:
    """A query with a table in the place of ``{table}``."""
    return select.replace("{table}", f'"{table}"')


if __name__ == "__main__":
    step.run(main)
