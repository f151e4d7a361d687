"""How a query fails, in Athena's words.

https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html; the names are Trino's
(https://github.com/trinodb/trino/blob/master/core/trino-spi/src/main/java/io/trino/spi/StandardErrorCode.java).
"""


class QueryError(Exception):
    """A query that ends FAILED; its text is the reason."""


class CutOffError(Exception):
    """A query that would read more bytes than its workgroup allows."""


def at(code: str, text: str, position: int, message: str) -> QueryError:
    """An error at a place of a query.

    Args:
        code: Such as `TABLE_NOT_FOUND`.
        text: The whole query.
        position: Index in it.
        message: For people.
    """
    before = text[:position]
    line, column = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
    return QueryError(f"{code}: line {line}:{column}: {message}")


def insufficient(message: str) -> QueryError:
    """An error of whoever lacks a permission on something in the catalog."""
    return QueryError(f"Insufficient permissions to execute the query. {message}")
