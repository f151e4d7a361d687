"""The whole story, played once for all tests of this module."""

import re

import pytest

from base.places import REPOSITORY
from rehearsal import readme
from rehearsal.__main__ import REPORT_FOLDER
from rehearsal.acts import ACTS
from rehearsal.denials import DENIALS
from rehearsal.faults import FAULTS
from tests.rehearsal.played import Rehearsal, played

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    """The story on the default data, as `make rehearse` plays it, reported where people look."""
    return played(REPORT_FOLDER)


def test_everything_comes_out_as_it_must(rehearsal: Rehearsal) -> None:
    failed = [
        entry
        for table in ("acts", "faults", "denied")
        for entry in rehearsal.report[table]
        if entry["status"] != "ok"
    ]
    assert not failed, rehearsal.output
    assert rehearsal.report["status"] == "ok"
    assert rehearsal.exit_code == 0


def test_every_act_was_played(rehearsal: Rehearsal) -> None:
    assert [act["name"] for act in rehearsal.report["acts"]] == [act.name for act in ACTS]
    assert all(act["detail"] for act in rehearsal.report["acts"])


def test_every_act_names_its_commands_and_what_to_do_next(rehearsal: Rehearsal) -> None:
    without = [act["name"] for act in rehearsal.report["acts"] if not act["commands"] or not act["next"]]
    assert without == []
    lines = [command["line"] for act in rehearsal.report["acts"] for command in act["commands"]]
    assert [
        line for line in lines if line.split()[0] not in ("aws", "make", "scripts/catalog", "scripts/cdk")
    ] == []
    assert [line for line in lines if str(REPOSITORY) in line] == []


def test_the_output_has_a_line_for_each_act(rehearsal: Rehearsal) -> None:
    for number, act in enumerate(rehearsal.report["acts"]):
        assert [
            line
            for line in rehearsal.output.splitlines()
            if f"{number}  {act['name']}" in line and act["actor"] in line and act["account"] in line
        ]


def test_the_readmes_own_commands_were_followed_in_their_order(rehearsal: Rehearsal) -> None:
    """Adopting and leaving, to the letter: no command is left out, and none is needed besides."""
    written = [
        command
        for heading in (readme.ADOPT, readme.LEAVE)
        for step in readme.steps(heading)
        for command in step.commands
    ]
    # Several accounts and projects follow a step of leaving.
    assert list(dict.fromkeys(rehearsal.report["followed"])) == written


def test_what_is_left_after_leaving_is_listed(rehearsal: Rehearsal) -> None:
    left = rehearsal.report["left"]
    assert any(line.startswith("shared services: bucket mlplatform-registry-") for line in left)
    assert not any(
        ": endpoint" in line or ": stack mlplatform" in line or ": portfolio" in line for line in left
    )


def test_every_refusal_was_tried(rehearsal: Rehearsal) -> None:
    assert [row["action"] for row in rehearsal.report["denied"]] == [denial.action for denial in DENIALS]
    assert len(DENIALS) >= 15


def test_every_fault_was_brought_about(rehearsal: Rehearsal) -> None:
    assert [row["name"] for row in rehearsal.report["faults"]] == [fault.name for fault in FAULTS]
    for row in rehearsal.report["faults"]:
        assert row["name"] in rehearsal.page


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param("approval-1.html", "Production runs no version yet", id="the first approval"),
        pytest.param("approval-2.html", "Production runs version 1", id="the second"),
        pytest.param("approval-3.html", "Production runs version 2", id="that of the roll-back"),
        pytest.param("receipt.html", "Running in production", id="the receipt of what production serves"),
        pytest.param("lineage.html", "/1</code>", id="the lineage of what production serves"),
        pytest.param("card.html", "Approved", id="the card"),
    ],
)
def test_the_documents_of_the_story_are_there(rehearsal: Rehearsal, file: str, says: str) -> None:
    assert f'href="{file}"' in rehearsal.page
    assert says in (REPORT_FOLDER / file).read_text(encoding="utf-8").replace("<wbr>", "")


def test_the_pages_show_what_production_serves_in_the_end(rehearsal: Rehearsal) -> None:
    receipt = (REPORT_FOLDER / "receipt.html").read_text(encoding="utf-8").replace("<wbr>", "")
    lineage = (REPORT_FOLDER / "lineage.html").read_text(encoding="utf-8").replace("<wbr>", "")
    (version,) = set(re.findall(r"model-package/[^/<]+/(\d+)</code>", lineage))
    assert version == "1"
    assert re.search(rf"<h1>\S+ {version}</h1>", receipt)


def test_rows_with_different_answers_are_shown(rehearsal: Rehearsal) -> None:
    answers = re.findall(r'data-label="Answer of version 1">([^<]+)<', rehearsal.page)
    assert len(set(answers)) > 1


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param("Production runs no version yet; metrics: accuracy", id="the first approval"),
        pytest.param("Production runs version 1; metrics: accuracy", id="the second, against the first"),
        pytest.param("Production runs version 2; metrics: accuracy", id="the rollback, against the second"),
        pytest.param("intended_uses.risk_rating", id="the field that the card lacked"),
        pytest.param("/input/palmer-penguins", id="the data at the end of the lineage"),
    ],
)
def test_the_page_says_what_people_saw(rehearsal: Rehearsal, expected: str) -> None:
    assert expected in rehearsal.page


def test_two_different_versions_were_trained_well(rehearsal: Rehearsal) -> None:
    models = rehearsal.report["models"]
    assert [model["version"] for model in models] == [1, 2]
    assert len({model["digest"] for model in models}) == 2
    for model in models:
        assert model["metrics"]["accuracy"] > 0.9


def test_the_report_says_what_it_cannot_show(rehearsal: Rehearsal) -> None:
    assert len(rehearsal.report["limits"]) >= 5
    for limit in rehearsal.report["limits"]:
        assert limit.replace("'", "&#39;") in rehearsal.page


def test_the_page_tells_of_the_story(rehearsal: Rehearsal) -> None:
    for expected in ("Production serves", "version 1", "Preprocess", "Evaluate", "multiclass classification"):
        assert expected in rehearsal.page
