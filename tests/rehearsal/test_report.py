import json
import re
from pathlib import Path

import pytest
from typer import Exit

from rehearsal.commands import sentence
from rehearsal.record import PipelineRun, Report, StepRecord
from rehearsal.report import read, write
from rehearsal.report.__main__ import main as draw_again
from rehearsal.report.figures import number
from rehearsal.report.page import render
from rehearsal.report.pipeline_graph import draw_graph
from tests.rehearsal.example import DEFINITION, page


def test_report_json_has_the_documented_shape(tmp_path: Path) -> None:
    write(page(), tmp_path)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert list(report) == [
        "status",
        "seconds",
        "peak_memory_mib",
        "acts",
        "denied",
        "faults",
        "models",
        "limits",
        "followed",
        "left",
    ]
    assert {tuple(act) for act in report["acts"]} == {
        ("name", "actor", "account", "status", "seconds", "detail", "commands", "quotes", "next")
    }
    assert {tuple(row) for row in report["denied"]} == {
        ("actor", "action", "expected", "observed", "status", "commands")
    }
    assert {tuple(model) for model in report["models"]} == {("version", "metrics", "digest")}
    assert Report.model_validate(report) == page().report
    assert {entry.name for entry in tmp_path.iterdir()} == {"report.json", "story.json", "index.html"}


def test_the_page_is_drawn_again_from_what_was_reported(tmp_path: Path) -> None:
    write(page(), tmp_path)
    first = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert read(tmp_path) == page()
    (tmp_path / "index.html").unlink()
    draw_again(tmp_path)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == first


def test_without_a_story_there_is_nothing_to_draw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as ended:
        draw_again(tmp_path)
    assert ended.value.exit_code == 2
    assert "`make rehearse` writes it" in capsys.readouterr().err


def test_the_page_shows_everything_reported() -> None:
    shown = page()
    html = render(shown).replace("<wbr>", "")
    for act in shown.report.acts:
        assert act.name in html
    for expected in ("0.9808", "\N{MINUS SIGN}0.01923", "0f" * 32, "version 1", "2 of 3", "not reached"):
        assert expected in html
    assert all(limit.replace("'", "&#39;") in html for limit in shown.report.limits)


def test_what_comes_from_elsewhere_is_escaped() -> None:
    assert "Nobody <known>" not in render(page())
    assert "Nobody &lt;known&gt;" in render(page())


def test_the_page_loads_nothing() -> None:
    html = render(page())
    assert not re.findall(r"<(?:script|img|iframe|object)\b", html)
    links = re.findall(r"(?:src|href)=\"([^\"]*)\"", html)
    assert [link for link in links if not link.startswith("#")] == ["data:,", "approval-1.html", "card.html"]
    assert "@import" not in html
    assert set(re.findall(r"url\(([^)]*)\)", html)) == {"#tip-wide", "#tip-narrow", "#tip-graph"}


def test_a_story_that_failed_early_has_a_page_too() -> None:
    whole = page(failed_act=1)
    empty = whole.report.model_copy(update={"models": (), "denied": (), "faults": ()})
    html = render(whole.model_copy(update={"report": empty, "runs": (), "predictions": (), "serving": None}))
    assert "✗ failed" in html
    assert "What must not work" not in html


@pytest.mark.parametrize("failed_act", [None, 0])
def test_the_contents_name_every_section_in_its_order(failed_act: int | None) -> None:
    html = render(page(failed_act=failed_act))
    assert re.findall(r'href="#([^"]+)"', html) == re.findall(r'<section id="([^"]+)"', html)
    assert "<section>" not in html


def test_answers_that_differ_between_places_are_counted_and_unfolded() -> None:
    whole = page()
    assert "<b>6 of 6 answers were the same" in render(whole)
    assert "<details open>\n  <summary>Rows" not in render(whole)
    other = whole.predictions[0].model_copy(update={"production": "Gentoo"})
    html = render(whole.model_copy(update={"predictions": (other, *whole.predictions[1:])}))
    assert "<b>5 of 6 answers were the same" in html
    assert "<details open>\n  <summary>Rows" in html
    assert "test Adelie, production Gentoo, the model itself Adelie" in html


def test_the_refusal_of_a_command_is_told_without_its_table() -> None:
    lines = ["model, version 3", "┏━━┳━━┓", "┃ a ┃ b ┃", "└──┴──┘", "Missing: risk_rating.", "Mend it."]
    assert sentence(lines) == "Missing: risk_rating. Mend it."
    assert sentence(["It is not", "there."]) == "It is not there."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.980769, "0.9808"),
        (1.0, "1"),
        (-0.5, "\N{MINUS SIGN}0.5"),
        (1234.5678, "1,235"),
        (123456.7, "123,457"),
        (0.00001234, "1.234e\N{MINUS SIGN}05"),
        (None, "\N{EN DASH}"),
    ],
)
def test_figures_are_short(value: float | None, text: str) -> None:
    assert number(value) == text


def graph_of(*reached: str) -> tuple[dict[str, tuple[float, float]], set[tuple[str, bool]]]:
    steps = tuple(StepRecord(name=name, status="Succeeded", seconds=1.0) for name in reached)
    graph = draw_graph(PipelineRun(version=1, definition=DEFINITION, steps=steps))
    return {node.name: (node.x, node.y) for node in graph.nodes}, {
        (edge.label, edge.taken) for edge in graph.edges
    }


def test_each_step_stands_below_all_it_depends_on() -> None:
    places, _ = graph_of()
    rows = [places[name][1] for name in ("Preprocess", "Train", "Evaluate", "CheckQuality", "QualityTooLow")]
    assert rows == sorted(set(rows))
    assert places["Register-RegisterModel"][1] == places["QualityTooLow"][1]
    assert len(set(places.values())) == len(places)


def test_the_branch_that_was_taken_is_told_from_the_other() -> None:
    _, edges = graph_of("Preprocess", "Train", "Evaluate", "CheckQuality", "QualityTooLow")
    assert edges == {("", True), ("true", False), ("false", True)}


def test_a_dependency_that_another_implies_is_not_drawn() -> None:
    graph = draw_graph(PipelineRun(version=1, definition=DEFINITION, steps=()))
    assert len(graph.edges) == 5  # Evaluate needs Preprocess too, and is drawn below Train alone.
