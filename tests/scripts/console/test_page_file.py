"""Identifiers break between their parts, and words never."""

import re
from html import unescape

import pytest

from scripts.console.page_file import seams


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("a sentence, with words.", ["a sentence, with words."], id="words"),
        pytest.param(
            "arn:aws:iam::222222222222:role/x-y",
            ["arn:", "aws:", "iam::", "222222222222:", "role/", "x-", "y"],
            id="ARN",
        ),
        pytest.param("s3://bucket/key.json", ["s3://", "bucket/", "key.", "json"], id="URI"),
        pytest.param("bill_length_mm", ["bill_", "length_", "mm"], id="column"),
        pytest.param("AccessDeniedException", ["Access", "Denied", "Exception"], id="error code"),
        pytest.param("-0.12 1,234 2026-11-21T09:15:00Z", ["-0.12 1,234 2026-11-21T09:15:00Z"], id="numbers"),
        pytest.param("0123456789abcdef01234567", ["01234567", "89abcdef", "01234567"], id="digest"),
        pytest.param("one\ntwo  three", ["one\ntwo  three"], id="white space stays"),
        pytest.param("", [""], id="nothing"),
    ],
)
def test_where_a_line_may_break(text: str, pieces: list[str]) -> None:
    assert str(seams(text)).split("<wbr>") == pieces


def test_what_is_between_the_seams_is_escaped_and_complete() -> None:
    text = "a<b>/c&d-e \"f\" 'g' x=<script>"
    drawn = str(seams(text))
    assert re.findall(r"<[^>]*>", drawn) == ["<wbr>"] * drawn.count("<wbr>")
    assert unescape(drawn.replace("<wbr>", "")) == text
