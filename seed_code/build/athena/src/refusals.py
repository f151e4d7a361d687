"""What Athena says when a query fails, as a sentence that names the grant or the limit."""

import re
from collections.abc import Callable
from typing import NamedTuple

from who_grants import ASK

# What AWS says, as documented or seen: https://docs.aws.amazon.com/athena/latest/ug/lf-athena-limitations.html,
# https://repost.aws/knowledge-center/athena-lake-formation-cross-account-error
Match = re.Match[str]


class _Refusal(NamedTuple):
    said: re.Pattern[str]
    sentence: Callable[[Match, str], str]


_REFUSALS = (
    _Refusal(
        re.compile(r"Lake Formation permission\(s\):? Required (?P<right>[\w ]+?) on (?P<what>[^\s.;)]+)"),
        lambda said, _: (
            f"The training role lacks the Lake Formation permission {said['right'].upper()} on "
            f"{said['what']}: {ASK}."
        ),
    ),
    _Refusal(
        re.compile(r"not allowed from relation that has no columns"),
        lambda *_: f"The training role lacks the Lake Formation permission SELECT on the table: {ASK}.",
    ),
    _Refusal(
        re.compile(r"Column '(?P<what>[^']+)' cannot be resolved"),
        lambda said, file: (
            f'The table has no column "{said["what"]}", or the training role lacks the Lake Formation '
            f"permission SELECT on it: correct {file}, or {ASK}."
        ),
    ),
    _Refusal(
        re.compile(r"(?:TABLE|SCHEMA)_NOT_FOUND.*?'(?P<what>[^']+)' does not exist"),
        lambda said, file: (
            f"There is no {said['what']} in the data lake, or the training role lacks the Lake Formation "
            f"permission DESCRIBE on it: correct {file}, or {ASK}."
        ),
    ),
    _Refusal(
        re.compile(r"not authorized to perform: (?P<action>[\w:]+)(?: on resource: (?P<what>\S+))?"),
        lambda said, _: (
            f"The training role lacks the IAM permission {said['action']} on {said['what'] or 'the query'}: "
            "update the project to the newest version of its product."
        ),
    ),
    # https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
    _Refusal(
        re.compile(r"Error parsing field value '(?P<value>[^']*)' for field (?P<place>\d+)"),
        lambda said, _: (
            f"A CSV file in the lake has '{said['value']}' in column {said['place']} of its table (from 0), "
            "which is not of the column's type: ask the data producer for Parquet, or ask the data lake's "
            "administrator to set the table property use.null.for.invalid.data to true, which makes such "
            "cells missing ones."
        ),
    ),
    _Refusal(
        re.compile(r"[Bb]ytes scanned limit was exceeded"),
        lambda _, file: (
            f"The query reads more than the project's limit: name fewer columns or rows in {file}, or "
            "raise ScanLimit of the project (catalog project update)."
        ),
    ),
)


def sentence(said: str, *, file: str) -> str:
    """What went wrong, and what to do.

    Args:
        said: What Athena gives as the reason.
        file: The file of the repository that decides what is asked.
    """
    for refusal in _REFUSALS:
        if match := refusal.said.search(said):
            return refusal.sentence(match, file)
    return f"Athena refused {file}: {said.strip().rstrip('.')}."
