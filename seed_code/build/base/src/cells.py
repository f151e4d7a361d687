"""What the text in a cell means: a missing value, a number, or a word.

Each rule looks at one cell and at what the schema says, so that a cell means the same in every step and on
the endpoint.
"""

import math
import re
import unicodedata
from functools import lru_cache
from typing import Literal

Decimal = Literal[".", ","]

# Texts that count as missing in every column: empty cells, what pandas takes for missing
# (https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html), what databases write for NULL, and
# the errors of spreadsheets.
MISSING = (
    *("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "-nan", "-NaN", "NULL", "null", "None", "<NA>", "?"),
    *("\\N", "#N/A", "#N/A N/A", "#NA", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"),
    *("1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
)
# Texts, in lower case, that count as missing where all other cells of a column are numbers.
MISSING_AMONG_NUMBERS = frozenset(
    ("-", "--", "---", "\u2013", "\u2014", ".", "..", "...", ":", "*", "x", "na", "n.a.", "none", "nil")
) | frozenset(("missing", "unknown", "not available", "undefined", "n/d", "nd"))

_EXPONENT = r"(?:[eE][+-]?\d+)?"
_PLAIN = {
    ".": re.compile(rf"[+-]?(?:\d+\.?\d*|\.\d+){_EXPONENT}", re.ASCII),
    ",": re.compile(rf"[+-]?(?:\d+,?\d*|,\d+){_EXPONENT}", re.ASCII),
}
# Groups of three digits behind one to three, or India's groups of two and a last one of three.
_GROUPED = {
    ".": re.compile(
        r"(?:[1-9]\d{0,2}(?P<mark>[,'\u2019 \u00a0\u202f])\d{3}(?:(?P=mark)\d{3})*"
        r"|[1-9]\d?(?:,\d\d)+,\d{3})(?:\.\d*)?",
        re.ASCII,
    ),
    ",": re.compile(
        r"[1-9]\d{0,2}(?P<mark>[.'\u2019 \u00a0\u202f])\d{3}(?:(?P=mark)\d{3})*(?:,\d*)?",
        re.ASCII,
    ),
}
_NAMED_CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "INR", "CNY", "AUD", "CAD", "R$", "kr", "zł")
_INFINITE = re.compile(r"([+-]?)inf(?:inity)?", re.IGNORECASE)
_INTEGER = re.compile(r"(-?(?:0|[1-9]\d*))(?:\.0+)?", re.ASCII)
PERCENT = "%"


def read_number(text: str, decimal: Decimal = ".") -> tuple[float, str] | None:
    """Read a text as a number where there is only one way to read it.

    Thousands may be grouped, a currency or a per cent sign may stand beside the number, and parentheses or a
    minus sign on either side make it negative.

    Args:
        text: Without white space around it.
        decimal: What stands before the fraction.

    Returns:
        The number and its unit: ``%``, a currency, or nothing; None when it is no number. ``5 %`` is 5 of the
        unit ``%``. Infinity is a number.
    """
    plain = plain_number(text, decimal)
    return _dressed(text, decimal) if plain is None else (plain, "")


def plain_number(text: str, decimal: Decimal = ".") -> float | None:
    """Read a number that has nothing beside its digits, its sign, its decimal mark and its exponent."""
    if not _PLAIN[decimal].fullmatch(text):
        return None
    return float(text if decimal == "." else text.replace(",", "."))


@lru_cache(maxsize=4096)
def _dressed(text: str, decimal: Decimal) -> tuple[float, str] | None:
    infinite = _INFINITE.fullmatch(text)
    if infinite:
        return (-math.inf if infinite[1] == "-" else math.inf), ""
    if len(text) > 100 or not any(character.isdigit() for character in text):
        return None
    core, negative, unit = undress(text)
    if not core or not (core[0].isdigit() or core[0] in ".,"):
        return None
    if _PLAIN[decimal].fullmatch(core):
        value = float(core if decimal == "." else core.replace(",", "."))
    elif _GROUPED[decimal].fullmatch(core):
        digits = re.sub(r"[^\d.,]", "", core).replace("," if decimal == "." else ".", "")
        value = float(digits.replace(",", "."))
    else:
        return None
    return (-value if negative else value), unit


def undress(text: str) -> tuple[str, bool, str]:
    """Take sign, parentheses, currency and per cent sign away from a number.

    Returns:
        What is left, whether the number is negative, and its unit.
    """
    negative, unit, signs = False, "", 0
    while text:
        before = text
        if text[0] == "(" and text[-1] == ")" and len(text) > 2:
            text, negative, signs = text[1:-1].strip(), not negative, signs + 1
        elif text[0] in "+-\u2212":
            text, negative, signs = text[1:].strip(), negative ^ (text[0] != "+"), signs + 1
        elif text[-1] in "-\u2212":
            text, negative, signs = text[:-1].strip(), not negative, signs + 1
        elif not unit:
            text, unit = _without_unit(text)
        if text == before:
            break
    return (text, negative, unit) if signs < 2 else ("", False, "")


def _without_unit(text: str) -> tuple[str, str]:
    if text[-1] == PERCENT:
        return text[:-1].strip(), PERCENT
    for position in (0, -1):
        if unicodedata.category(text[position]) == "Sc":
            return (text[1:] if position == 0 else text[:-1]).strip(), text[position]
    for name in _NAMED_CURRENCIES:
        if text.startswith(name):
            return text[len(name) :].strip(), name
        if text.endswith(name):
            return text[: -len(name)].strip(), name
    return text, ""


def is_integer(text: str) -> bool:
    """Whether a text is an integer without leading zeros; ``1.0`` is one, too."""
    return _INTEGER.fullmatch(text) is not None


def word(cell: object) -> str:
    """Spell a cell of a class or a category in the one way by which equal ones are found.

    ``TRUE`` in a file is ``true`` in a JSON request, and ``1.0`` in a file that pandas wrote is ``1``. Codes
    such as ``01`` stay as they are, and so do integers of any length.
    """
    text = cell.strip() if isinstance(cell, str) else str(cell)
    integer = _INTEGER.fullmatch(text)
    if integer:
        return "0" if integer[1] == "-0" else integer[1]
    lower = text.lower()
    return lower if lower in ("true", "false") else text
