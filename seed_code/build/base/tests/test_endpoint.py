"""What the endpoint takes and answers, on a classification of three classes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import endpoint
from conftest import ask, flowers, play
from model import Model
from model_schema import Column, Schema


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = tmp_path_factory.mktemp("requests")
        return Model.load(play(monkeypatch, folder, flowers("species"), "species").model)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param('F0001,4.5,"blue, pale",TRUE,north\n', "text/csv", id="csv"),
        pytest.param(b'F0001,4.5,"blue, pale",true,north\r\n', "text/csv; charset=utf-8", id="csv-bytes"),
        pytest.param('F0001, 4.5 ,"blue, pale",True,', "text/csv", id="csv-with-an-ignored-cell-missing"),
        pytest.param(
            '{"instances": [{"label": "F0001", "petal": 4.5, "colour": "blue, pale", "wild": true}]}',
            "application/json",
            id="json-objects",
        ),
        pytest.param(
            '{"instances": [["F0001", 4.5, "blue, pale", "TRUE", null]]}',
            "application/json",
            id="json-lists",
        ),
    ],
)
def test_every_form_of_a_row_gets_the_same_answer(model: Model, body: str | bytes, content_type: str) -> None:
    answer = ask(model, body, content_type)
    assert answer == ask(model, 'F0001,4.5,"blue, pale",TRUE,north', "text/csv")
    assert answer["predictions"] == ["<tulip>"]
    assert sum(answer["probabilities"][0].values()) == pytest.approx(1)


def test_rows_are_answered_in_order(model: Model) -> None:
    answer = ask(model, ",0.5,,,\n,4.5,,,\n,2.5,,,\n", "text/csv")
    assert answer["predictions"] == ["iris", "<tulip>", "rose"]


@pytest.mark.parametrize(
    "body", [",,,,", ",?,NA,,", "never seen,,purple,maybe,", ",inf,,,", '{"instances": [{}]}'], ids=repr
)
def test_missing_and_unknown_cells_are_answered(model: Model, body: str) -> None:
    kind = "application/json" if body.startswith("{") else "text/csv"
    assert len(ask(model, body, kind)["predictions"]) == 1


def test_null_is_missing_and_not_zero(model: Model) -> None:
    answers = [
        ask(model, json.dumps({"instances": [["F0001", petal, "red", True, "north"]]}), "application/json")
        for petal in (None, "", 0)
    ]
    assert answers[0] == answers[1] != answers[2]
    assert answers[0] == ask(model, "F0001,,red,true,north", "text/csv")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "reason"),
    [
        pytest.param("<a/>", "text/xml", 415, 'content type "text/xml" is not supported', id="content type"),
        pytest.param("", "text/csv", 400, "no rows", id="empty"),
        pytest.param(b"\xff\xfe", "text/csv", 400, "not rows of comma-separated cells", id="not UTF-8"),
        pytest.param('"a', "text/csv", 400, "not rows of comma-separated cells", id="open quote"),
        pytest.param(
            "1,2",
            "text/csv",
            400,
            "Row 1: It has 2 cells, and the model has 5 columns: label",
            id="short row",
        ),
        pytest.param(",,,,\n,,,,,\n", "text/csv", 400, "Row 2: It has 6 cells", id="long row"),
        pytest.param(",,,,\n\n,,,,\n", "text/csv", 400, "Row 2: It has 0 cells", id="blank line"),
        pytest.param(
            ",,,,\n,tall,,,",
            "text/csv",
            400,
            'Row 2: The column "petal" holds numbers, and "tall" is none.',
            id="not a number",
        ),
        pytest.param(
            "label,petal,colour,wild,station\nF1,4,,,", "text/csv", 400, "Row 1 is the header", id="header"
        ),
        pytest.param(
            "label,petal,colour,wild,station,species\n",
            "text/csv",
            400,
            "Row 1 is the header",
            id="file's header",
        ),
        pytest.param("{", "application/json", 400, "not {", id="not JSON"),
        pytest.param("[" * 10**5, "application/json", 400, "not {", id="deep JSON"),
        pytest.param(
            '{"instances": [[1' + "0" * 5000 + "]]}", "application/json", 400, "not {", id="long integer"
        ),
        pytest.param('{"instances": [[NaN]]}', "application/json", 400, "not {", id="NaN is not JSON"),
        pytest.param("[]", "application/json", 400, "not {", id="JSON without instances"),
        pytest.param('{"instances": []}', "application/json", 400, "no rows", id="JSON without rows"),
        pytest.param('{"instances": {"a": 1}}', "application/json", 400, "no rows", id="JSON without a list"),
        pytest.param('{"instances": [{}, 1]}', "application/json", 400, "Row 2: It is neither", id="no row"),
        pytest.param(
            '{"instances": [{}, []]}', "application/json", 400, "Row 2: It has 0 cells", id="no cells"
        ),
        pytest.param(
            '{"instances": [{"height": 1}]}',
            "application/json",
            400,
            'Row 1: The model has no column "height"; it has 5 columns: label, petal',
            id="unknown column",
        ),
        pytest.param(
            '{"instances": [{"petal": [1]}]}',
            "application/json",
            400,
            "holds a list or an object",
            id="nested",
        ),
        pytest.param(
            '{"instances": [{"petal": true}]}',
            "application/json",
            400,
            '"True" is none',
            id="boolean for a number",
        ),
        pytest.param(
            '{"instances": [{"petal": "\\ud800"}]}',
            "application/json",
            400,
            '"?" is none',
            id="half a character",
        ),
    ],
)
def test_a_wrong_request_is_refused_with_its_reason(
    model: Model, body: str | bytes, content_type: str, status: int, reason: str
) -> None:
    with pytest.raises(endpoint.RequestError) as refusal:
        ask(model, body, content_type)
    assert reason in str(refusal.value)
    assert refusal.value.status == status
    assert json.loads(json.dumps(str(refusal.value)).encode()) == str(refusal.value)


def test_a_blank_line_is_a_row_of_a_model_of_one_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(["a,b", *(f"{number},{'no' if number < 30 else 'yes'}" for number in range(60))])
    model = Model.load(play(monkeypatch, tmp_path, text, "b").model)
    assert len(ask(model, "5\n\n50\n", "text/csv")["predictions"]) == 3
    assert ask(model, "5\n50\n", "text/csv")["predictions"] == ["no", "yes"]


NUMBER, WORD = Column("0", "numeric"), Column("red", "categorical", categories=("blue", "red"))


@pytest.mark.parametrize(
    ("columns", "row", "expected"),
    [
        pytest.param((Column("age", "numeric"),), ["age"], True, id="name of a number column"),
        pytest.param((NUMBER,), ["0"], False, id="number that names its column"),
        pytest.param((WORD,), ["red"], False, id="word that names its column"),
        pytest.param((NUMBER, WORD), ["0", "red"], False, id="a row like the header"),
        pytest.param((NUMBER, Column("age", "numeric")), ["0", "age"], True, id="one name is no value"),
        pytest.param((NUMBER, WORD), ["0", "blue"], False, id="another row"),
    ],
)
def test_a_row_is_a_header_only_if_it_is_no_data(
    columns: tuple[Column, ...], row: list[str], expected: bool
) -> None:
    schema = Schema(target="y", problem_type="regression", columns=columns)
    assert endpoint._is_header(row, schema) is expected


def test_requests_are_read_with_pythons_own_library(tmp_path: Path) -> None:
    """The images that serve models differ in their packages."""
    program = (
        f"import sys; sys.path.insert(0, {str(Path(endpoint.__file__).parent)!r}); import endpoint; "
        "found = {name.partition('.')[0] for name in sys.modules}; "
        "print(sorted(found - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-B", "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(
        ["__main__", "cells", "encoding", "endpoint", "errors", "model_schema"]
    ), done.stderr
