"""What single cells mean, and what a column of them is."""

import math

import pytest

from cells import Decimal, read_number, word
from columns import decide_column
from profiles import Profile
from reading import Row


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("5", ".", (5, "")),
        ("-5.25e-3", ".", (-0.00525, "")),
        (".5", ".", (0.5, "")),
        ("5.", ".", (5, "")),
        ("007", ".", (7, "")),
        ("6,750", ".", (6750, "")),
        ("1,234,567.5", ".", (1234567.5, "")),
        ("12,34,567", ".", (1234567, "")),
        ("1 234.5", ".", (1234.5, "")),
        ("1\u202f234.5", ".", (1234.5, "")),
        ("1'234.50", ".", (1234.5, "")),
        ("$6,750", ".", (6750, "$")),
        ("-$5", ".", (-5, "$")),
        ("$-5", ".", (-5, "$")),
        ("5 €", ".", (5, "€")),
        ("USD 5", ".", (5, "USD")),
        ("12.5%", ".", (12.5, "%")),
        ("(1,234.50)", ".", (-1234.5, "")),
        ("($5)", ".", (-5, "$")),
        ("\u22125", ".", (-5, "")),
        ("5-", ".", (-5, "")),
        ("Infinity", ".", (math.inf, "")),
        ("-inf", ".", (-math.inf, "")),
        ("5,75", ",", (5.75, "")),
        ("1.234,5", ",", (1234.5, "")),
        ("6,750", ",", (6.75, "")),
        ("5,75 €", ",", (5.75, "€")),
        # More than one way to read them, or none.
        *((text, ".", None) for text in ("5,75", "0,123", "1,2345", "12,34", "1,23,45", "1.234,5")),
        *((text, ",", None) for text in ("5.75", "1.23", "1,234.5")),
        *((text, ".", None) for text in ("", "-", "--5", "(-5)", "5 %%", "€", "1_000", "0x10", "٣", "½")),
        *((text, ".", None) for text in ("2020-01-05", "12:30", "1.2.3", "5 kg", "1/2", "e5", "nan", "1e")),
    ],
)
def test_a_text_is_a_number_where_there_is_one_way_to_read_it(
    text: str, decimal: Decimal, number: tuple[float, str] | None
) -> None:
    assert read_number(text, decimal) == number


@pytest.mark.parametrize(
    ("cell", "spelt"),
    [
        ("TRUE", "true"),
        (True, "true"),
        ("1.0", "1"),
        (1.0, "1"),
        (1, "1"),
        ("-0", "0"),
        ("01", "01"),
        ("1.50", "1.50"),
        ("9007199254740993", "9007199254740993"),
        ("9007199254740993.0", "9007199254740993"),
        ("Yes ", "Yes"),
    ],
    ids=repr,
)
def test_equal_words_are_spelt_alike(cell: object, spelt: str) -> None:
    assert word(cell) == spelt


def column(cells: list[str], decimal: Decimal = ".") -> tuple[object, ...]:
    """What a column is: its kind, what belongs to it, and what was found with count and first culprit."""
    profile = Profile("a", decimal, frozenset(("", "NA")))
    rows = [Row("x.csv", line, [cell]) for line, cell in enumerate(cells, 2)]
    # In two portions, as a long table comes.
    for some in (slice(0, 7), slice(7, None)):
        profile.add(cells[some], rows[some])
    decided, findings = decide_column(profile)
    belongs = decided.categories or decided.numbers.missing or decided.numbers.unit or decided.reason
    return decided.kind, belongs, [(finding.says, finding.count, finding.example) for finding in findings]


HUGE = "holds numbers beyond single precision, in which models compute; each is read as the largest"
NUMBERS = [str(number) for number in range(40)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param(NUMBERS, ("numeric", "", []), id="numbers"),
        pytest.param(["NA", *NUMBERS, ""], ("numeric", "", []), id="usual marks"),
        pytest.param(
            ["-", *NUMBERS, "Unknown"],
            (
                "numeric",
                "",
                [
                    (
                        "holds numbers, and marks of missing ones, which are read as such",
                        2,
                        '"-" (x.csv, line 2)',
                    )
                ],
            ),
            id="marks among numbers",
        ),
        pytest.param(
            [*NUMBERS, "Varies with device", "Varies with device", "soon"],
            (
                "numeric",
                ("Varies with device", "soon"),
                [
                    (
                        "holds numbers, and some cells that are none, which are read as missing",
                        3,
                        '"Varies with device" (x.csv, line 42)',
                    )
                ],
            ),
            id="nearly numbers",
        ),
        pytest.param(
            ["0", "1", "2", "3+"] * 10,
            (
                "categorical",
                ("0", "1", "2", "3+"),
                [("holds 30 numbers among 40 known cells, and is read as texts", 10, '"3+" (x.csv, line 5)')],
            ),
            id="few numbers and a text are categories",
        ),
        pytest.param(
            [f"${number},500" for number in range(1, 41)],
            (
                "numeric",
                "$",
                [
                    (
                        "holds numbers in $ that are written for people, and are read as meant",
                        40,
                        '"$1,500" (x.csv, line 2)',
                    )
                ],
            ),
            id="currency",
        ),
        pytest.param(
            [f"{number}%" for number in range(40)],
            ("numeric", "%", [("holds percentages; 5 % is read as 5", 40, '"0%" (x.csv, line 2)')]),
            id="per cent",
        ),
        pytest.param(
            [*(f"{number}%" for number in range(40)), *NUMBERS],
            (
                "ignored",
                "it has 80 distinct texts in 80 rows",
                [("holds 80 numbers among 80 known cells, and is read as texts", 40, '"0" (x.csv, line 42)')],
            ),
            id="per cent and numbers mean different things",
        ),
        pytest.param(
            [*NUMBERS, "1e300", "Infinity"],
            (
                "numeric",
                "",
                [
                    (
                        HUGE,
                        2,
                        '"1e300" (x.csv, line 42)',
                    )
                ],
            ),
            id="beyond single precision",
        ),
        pytest.param(["TRUE", "false", "True"] * 5, ("categorical", ("false", "true"), []), id="booleans"),
        pytest.param(["x", "x"], ("ignored", "it has fewer than two distinct values", []), id="constant"),
    ],
)
def test_nearly_all_numbers_are_numbers_and_a_finding(cells: list[str], expected: tuple[object, ...]) -> None:
    assert column(cells) == expected


@pytest.mark.parametrize("offset", [1.6e18, 1e-45, -1e30])
def test_numbers_differ_in_single_precision_as_they_do_in_double(offset: float) -> None:
    import numpy as np  # noqa: PLC0415

    from features import matrix  # noqa: PLC0415
    from model_schema import Schema  # noqa: PLC0415

    values = [offset * (1 + number * 1e-9) for number in range(60)]
    profile = Profile("a", ".", frozenset(("",)))
    cells = [repr(value) for value in values]
    profile.add(cells, [Row("x.csv", 1, [cell]) for cell in cells])
    decided, _ = decide_column(profile)
    encoded = matrix(Schema("y", "regression", (decided,)), [[cell] for cell in cells])[:, 0]
    assert len(np.unique(encoded)) == len(set(values))
    assert np.array_equal(np.argsort(encoded, kind="stable"), np.argsort(values, kind="stable"))
