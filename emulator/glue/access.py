"""What AWS Lake Formation says of a request to the Data Catalog, beside IAM."""

from typing import Any

from emulator.core.authorization import ResourcePolicy
from emulator.core.service import Request
from emulator.glue.catalog import Place


def check(request: Request, permission: str, place: Place, *, quietly: bool = False) -> bool:  # noqa: ARG001
    """Check that the caller has a permission on a place."""
    return True


def visible(request: Request, place: Place, table: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """A table with the columns that the caller may see."""
    return table


def foreign_policy(request: Request, arn: str) -> ResourcePolicy | None:  # noqa: ARG001
    """The policy that a resource of the catalog has by its owner's grants to other accounts."""
    return None
