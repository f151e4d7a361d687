"""The parts of the report: the summary, approvals, chosen rows, commands, lines of the map."""

import shlex
from itertools import combinations

import pytest

from rehearsal.record import AccountRecord, Prediction, ShownRecord
from rehearsal.report.account_map import draw_maps
from rehearsal.report.answers import answers
from rehearsal.report.approvals import approvals
from rehearsal.report.figures import typed
from rehearsal.report.page import render
from rehearsal.report.summary import figures, sentence
from tests.rehearsal.example import page

ASKED = (
    "Version arn:aws:x/3 has passed its tests in account 444444444444. Approve it for account 555555555555?"
)
FIRST = "churn version 3, commit 0f0f, artifact sha256 a7a7, approved by ml-engineer at 2026-11-21T10:04:00Z."


def parts(text: str) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    (approval,) = approvals([ShownRecord(version=3, text=text, link="https://x", page="approval-1.html")])
    return [
        (part.title, part.text, [(each.name, each.value, each.note) for each in part.metrics])
        for part in approval.parts
    ]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        pytest.param(
            "Production runs no version yet; metrics: rmse 2.81, r2 0.84. Its model card, version 4, was "
            "approved by governance-officer.",
            [
                (
                    "Beside production",
                    "Production runs no version yet.",
                    [("rmse", "2.81", ""), ("r2", "0.84", "")],
                ),
                ("Model card", "Its model card, version 4, was approved by governance-officer.", []),
            ],
            id="the first version",
        ),
        pytest.param(
            "Production runs version 2; metrics: rmse 2.81 (production 2.93, -0.12), r2 0.84 (new), mae "
            "missing (production 3). It cannot be deployed yet: no card. Create one.",
            [
                (
                    "Beside production",
                    "Production runs version 2.",
                    [
                        ("rmse", "2.81", "production 2.93, -0.12"),
                        ("r2", "0.84", "new"),
                        ("mae", "missing", "production 3"),
                    ],
                ),
                ("Model card", "It cannot be deployed yet: no card. Create one.", []),
            ],
            id="beside production, without a card",
        ),
        pytest.param("Something new is said.", [("Also", "Something new is said.", [])], id="unknown"),
    ],
)
def test_an_approval_is_shown_in_its_parts(
    rest: str, expected: list[tuple[str, str, list[tuple[str, str, str]]]]
) -> None:
    tests, question = ASKED.split(". ")
    assert parts(f"{ASKED} {FIRST} {rest}") == [
        ("Tests", f"{tests}.", []),
        ("Question", question, []),
        ("The version", FIRST, []),
        *expected,
    ]


def asked(*given: tuple[str, ...], broken: int | None = None) -> list[Prediction]:
    """Predictions of as many versions as each row has answers."""
    return [
        Prediction(
            version=version + 1,
            request=(str(row),),
            test=answer,
            production="else" if row == broken else answer,
            model=answer,
        )
        for version in range(len(given[0]))
        for row, answer in enumerate(one[version] for one in given)
    ]


@pytest.mark.parametrize(
    ("predictions", "rows", "label"),
    [
        pytest.param(
            asked(("a", "a"), ("a", "a"), ("b", "b"), ("a", "b"), ("b", "b")),
            [0, 2, 3],
            "first row for each",
            id="classes",
        ),
        pytest.param(asked(("a",), ("a",)), [0], "Every row got the same answer", id="all the same"),
        pytest.param(
            asked(*[(str(float(20 - row)),) for row in range(21)]),
            [20, 16, 12, 8, 4, 0],
            "lowest",
            id="numbers",
        ),
        pytest.param(
            asked(*[(f"class-{row}",) for row in range(9)]),
            [0, 1, 2, 3, 4, 5],
            "first 6 rows",
            id="many classes",
        ),
        pytest.param(asked(("a",), ("a",), ("a",), broken=1), [1], "1 of the 1 that were not", id="broken"),
    ],
)
def test_rows_with_different_answers_are_chosen_and_the_choice_is_told(
    predictions: list[Prediction], rows: list[int], label: str
) -> None:
    chosen = answers(predictions, ["row"])
    assert [dict(row.cells)["row"] for row in chosen.rows] == [str(row) for row in rows]
    assert label in chosen.label
    assert chosen.given == len(predictions)


@pytest.mark.parametrize(
    "line",
    [
        "scripts/catalog share",
        "aws sagemaker update-model-package --model-package-arn "
        + "a" * 80
        + " --approval-description 'By me. $x'",
        "scripts/catalog card create --group g --problem \"It's long\" --purpose '" + "words " * 20 + "'",
    ],
)
def test_a_command_over_several_lines_is_the_same_command(line: str) -> None:
    shown = typed(line)
    assert shlex.split(shown.replace("\\\n", "")) == shlex.split(line)
    assert ("\n" in shown) == (len(line) > 72)


def test_the_summary_counts_what_came_out() -> None:
    found = {figure.title: (figure.value, figure.status) for figure in figures(page())}
    assert found == {
        "Outcome": ("✗ failed", "failed"),
        "Time": ("1 min 5 s", ""),
        "Refusals": ("2 of 3", "failed"),
        "Faults": ("1 of 1", "ok"),
        "Production serves": ("version 1", ""),
    }


@pytest.mark.parametrize(
    ("failed_act", "status", "says"),
    [
        pytest.param(None, "ok", "A team trained a model", id="well"),
        pytest.param(None, "failed", "Every act was played, but", id="a refusal that did not come"),
        pytest.param(4, "failed", "The story failed in act 4, Create the project, after 1 min 5 s", id="act"),
    ],
)
def test_the_summary_says_what_happened(failed_act: int | None, status: str, says: str) -> None:
    shown = page(failed_act=failed_act)
    report = shown.report.model_copy(update={"status": status})
    assert sentence(shown.model_copy(update={"report": report})).startswith(says)


def test_each_act_shows_its_commands_and_what_to_do_next() -> None:
    html = render(page()).replace("<wbr>", "")
    for act in page().report.acts:
        shown = html.partition(f"<h3>{act.name} ")[2].partition("</li>")[0]
        assert "scripts/catalog project show" in shown
        assert "aws codepipeline list-pipelines --output &#39;a table&#39;" in shown
        assert '<p class="next">' in shown


def test_the_map_wraps_what_is_too_long_and_cuts_nothing() -> None:
    for drawing in draw_maps(page()):
        for account, box in zip(page().accounts, drawing.boxes, strict=True):
            said = "".join(line.text.replace(" ", "") for line in box.lines)
            assert all(thing.replace(" ", "") in said for thing in account.holds)
        assert "…" not in str(drawing)


def test_the_map_gives_a_data_account_a_place_of_its_own() -> None:
    data = AccountRecord(key="data", title="data", id="666666666666", holds=("data lake mlplatform_lake",))
    shown = page().model_copy(update={"accounts": (*page().accounts, data)})
    for drawing in draw_maps(shown):
        assert [box.key for box in drawing.boxes][-1] == "data"
        assert "grant" in [arrow.label for arrow in drawing.arrows]
        for one, other in combinations(drawing.boxes, 2):
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            below = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert beside or below, (drawing.name, one.key, other.key)
    assert "Six accounts" in render(shown)
    assert "Five accounts" in render(page())


def test_the_map_shows_no_deployment_where_nothing_is_deployed() -> None:
    short = page().report.model_copy(update={"acts": page().report.acts[:4]})
    shown = page().model_copy(update={"report": short, "act_starts": page().act_starts[:4]})
    for whole, part in zip(draw_maps(page()), draw_maps(shown), strict=True):
        assert len(whole.arrows) - len(part.arrows) == 2
