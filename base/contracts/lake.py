"""What the owner of a data lake and those who read it must agree on."""

from collections.abc import Mapping

from base.names import PlatformNames

DEVELOPMENT = "development"
"""Value of the audience tag: the accounts of the development unit may read it."""

NOBODY = "nobody"
"""Value of the audience tag: no other account may read it."""

AUDIENCES = (DEVELOPMENT, NOBODY)

TABLES = "tables"
"""Folder of the lake's bucket whose folders are tables."""

READ_TABLES = ("DESCRIBE", "SELECT")
"""Lake Formation's permissions on tables that are read."""

READ_DATABASE = ("DESCRIBE",)
"""Lake Formation's permissions on their database."""


def shared_expression(names: PlatformNames) -> Mapping[str, tuple[str, ...]]:
    """The LF-tags by which the lake is shared with the development unit: values by key.

    Whoever receives a grant by LF-tags grants it on by the very same expression
    (https://docs.aws.amazon.com/lake-formation/latest/dg/permission-cascading-rules.html).

    Args:
        names: The platform's names.
    """
    return {names.lake_audience_tag: (DEVELOPMENT,)}
