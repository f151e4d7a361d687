"""With what Athena reads a table, and what of it the caller may see."""

from dataclasses import dataclass
from typing import Any

from emulator.athena.relations import Visible
from emulator.athena.store import Execution
from emulator.athena.tables import Table
from emulator.iam.credentials import client


@dataclass(frozen=True, kw_only=True)
class Lent:
    """What a query is lent of a table.

    Attributes:
        s3: A client with the credentials for its objects.
        visible: What the caller may see.
    """

    s3: Any
    visible: Visible


def lend(execution: Execution, credentials: dict[str, Any], table: Table) -> Lent:
    """Return with what a query reads a table: in the caller's own name.

    Args:
        execution: The query.
        credentials: Of whoever started it.
        table: The table.
    """
    return Lent(
        s3=client("s3", credentials, execution.region),
        visible=Visible(columns=[column.name for column in table.all_columns()]),
    )
