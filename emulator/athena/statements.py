"""What the text of a query says: a SELECT, or an UNLOAD of one.

https://docs.aws.amazon.com/athena/latest/ug/unload.html. sqlglot reads Trino's dialect, which Athena's
queries are written in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import ErrorLevel, TokenType, exp, tokenize
from sqlglot import parse as parse_all
from sqlglot.errors import ParseError, TokenError

DIALECT = "trino"

_UNLOAD = re.compile(r"\s*UNLOAD\s*\(", re.ASCII | re.IGNORECASE)
_TO = re.compile(
    r"\s*TO\s*'(?P<location>[^']+)'\s*(?:WITH\s*\((?P<properties>.*)\)\s*)?;?\s*",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_PROPERTY = re.compile(r"\s*(\w+)\s*=\s*('[^']*'|ARRAY\s*\[[^\]]*\]|\w+)\s*(?:,|$)", re.ASCII | re.IGNORECASE)
_PROPERTIES = frozenset({"compression", "compression_level", "field_delimiter", "format", "partitioned_by"})


_OTHERS = frozenset(
    [
        "ALTER",
        "ANALYZE",
        "CALL",
        "CREATE",
        "DEALLOCATE",
        "DELETE",
        "DESCRIBE",
        "DROP",
        "EXECUTE",
        "EXPLAIN",
        "INSERT",
        "MERGE",
        "MSCK",
        "OPTIMIZE",
        "PREPARE",
        "SHOW",
        "UPDATE",
        "VACUUM",
    ]
)
"""https://docs.aws.amazon.com/athena/latest/ug/ddl-sql-reference.html, and DML that the emulator lacks."""


class StatementError(Exception):
    """Athena does not take the statement; its text is what the API answers."""


@dataclass(frozen=True, kw_only=True)
class Unload:
    """Where and how a query writes its rows.

    Attributes:
        location: Where, with a slash at the end.
        compression: Of the Parquet files, in lower case.
    """

    location: str
    compression: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement.

    Attributes:
        text: The whole text.
        select: The query in it, as sqlglot reads it.
        offset: Where the query begins in the text.
        unload: Of an UNLOAD, where and how it writes.
    """

    text: str
    select: exp.Query = field(repr=False)
    offset: int = 0
    unload: Unload | None = None


def parse(text: str) -> Statement:
    """Read a statement.

    Raises:
        StatementError: It is none, or none that the emulator runs.
    """
    begin = _UNLOAD.match(text)
    if begin is None:
        return Statement(text=text, select=_query(text, 0, text))
    end = _closing(text, begin.end())
    rest = _TO.fullmatch(text, end + 1)
    if rest is None:
        raise _mismatched(text, end + 1, "'TO'")
    return Statement(
        text=text,
        select=_query(text[begin.end() : end], begin.end(), text),
        offset=begin.end(),
        unload=_unload(rest["location"], rest["properties"] or "", text),
    )


def _closing(text: str, begin: int) -> int:
    """Index of the parenthesis that closes the query of an UNLOAD."""
    depth = 1
    try:
        tokens = tokenize(text[begin:], read=DIALECT)
    except TokenError:
        raise _mismatched(text, begin, "a query") from None
    for token in tokens:
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth == 0:
            return int(begin + token.start)
    raise _mismatched(text, len(text), "')'")


def _query(sql: str, offset: int, whole: str) -> exp.Query:
    kind = sql.split(None, 1)[0].upper() if sql.split() else ""
    if kind in _OTHERS:
        raise StatementError(f"The emulator runs SELECT and UNLOAD, and not {kind}; AWS does.")
    try:
        found = [each for each in parse_all(sql, read=DIALECT, error_level=ErrorLevel.IMMEDIATE) if each]
    except (ParseError, TokenError) as error:
        details: Any = (getattr(error, "errors", None) or [{}])[0]
        line, column = details.get("line"), details.get("col")
        if line is None or column is None:
            raise _mismatched(whole, offset, "a query") from None
        lines = sql.split("\n")
        position = sum(len(each) + 1 for each in lines[: line - 1]) + column - 1
        raise _mismatched(whole, offset + min(position, len(sql)), "a query") from None
    if len(found) != 1:
        raise StatementError("Only one sql statement is allowed. Got: " + whole)
    if isinstance(found[0], exp.Query):
        return found[0]
    raise _mismatched(whole, offset + len(sql) - len(sql.lstrip()), "'SELECT', 'UNLOAD', 'WITH'")


def _unload(location: str, text: str, whole: str) -> Unload:
    given = _properties(text, whole)
    if unknown := sorted(given.keys() - _PROPERTIES):
        raise StatementError(f"Unknown UNLOAD property: {', '.join(unknown)}.")
    if "format" not in given:
        raise StatementError("UNLOAD requires the property format.")
    if given["format"].upper() != "PARQUET":
        raise StatementError(f"The emulator unloads to PARQUET, and not to {given['format']}; AWS does.")
    if unoffered := sorted(given.keys() & {"compression_level", "field_delimiter", "partitioned_by"}):
        raise StatementError(f"The emulator does not offer UNLOAD's {', '.join(unoffered)}; AWS does.")
    compression = given.get("compression", "gzip").lower()
    if compression not in ("gzip", "snappy", "zstd", "lz4", "none"):
        raise StatementError(f"Compression {compression} is not supported for PARQUET.")
    if not re.match(r"s3://[^/]+/", location):
        raise StatementError(f"Invalid S3 folder location: {location}")
    return Unload(
        location=location if location.endswith("/") else f"{location}/",
        compression="uncompressed" if compression == "none" else compression,
    )


def _properties(text: str, whole: str) -> Mapping[str, str]:
    found, position = {}, 0
    while text[position:].strip():
        match = _PROPERTY.match(text, position)
        if match is None:
            raise _mismatched(whole, whole.rfind(text) + position, "a property")
        found[match[1].lower()] = match[2].strip("'")
        position = match.end()
    return found


def _mismatched(text: str, position: int, expected: str) -> StatementError:
    before = text[:position]
    line, column = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
    rest = text[position:].split()
    found = f"'{rest[0]}'" if rest else "'<EOF>'"
    return StatementError(f"line {line}:{column}: mismatched input {found}. Expecting: {expected}")
