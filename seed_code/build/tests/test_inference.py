"""What the endpoint takes and answers, on a classification of three classes."""

import json
from typing import Any

import pytest

import inference
from conftest import flowers, play


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> inference.Model:
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = tmp_path_factory.mktemp("requests")
        return inference.model_fn(str(play(monkeypatch, folder, flowers("species"), "species").model))


def ask(model: inference.Model, body: str | bytes, content_type: str) -> Any:
    prediction = inference.predict_fn(inference.input_fn(body, content_type), model)
    text, kind = inference.output_fn(prediction, "*/*")
    assert kind == "application/json"
    return json.loads(text)


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
def test_every_form_of_a_row_gets_the_same_answer(
    model: inference.Model, body: str | bytes, content_type: str
) -> None:
    answer = ask(model, body, content_type)
    assert answer == ask(model, 'F0001,4.5,"blue, pale",TRUE,north', "text/csv")
    assert answer["predictions"] == ["<tulip>"]
    assert sum(answer["probabilities"][0].values()) == pytest.approx(1)


def test_rows_are_answered_in_order(model: inference.Model) -> None:
    answer = ask(model, ",0.5,,,\n,4.5,,,\n,2.5,,,\n", "text/csv")
    assert answer["predictions"] == ["iris", "<tulip>", "rose"]


@pytest.mark.parametrize(
    "body", [",,,,", ",?,NA,,", "never seen,,purple,maybe,", '{"instances": [{}]}'], ids=repr
)
def test_missing_and_unknown_cells_are_answered(model: inference.Model, body: str) -> None:
    kind = "application/json" if body.startswith("{") else "text/csv"
    assert len(ask(model, body, kind)["predictions"]) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        pytest.param("<a/>", "text/xml", 'content type "text/xml" is not supported', id="content-type"),
        pytest.param("", "text/csv", "no rows", id="empty"),
        pytest.param(b"\xff\xfe", "text/csv", "not rows of comma-separated cells", id="not-utf-8"),
        pytest.param("1,2", "text/csv", "has 2 cells, and the model has 5 columns", id="too-few-cells"),
        pytest.param(",tall,,,", "text/csv", '"petal" holds numbers, and "tall" is none', id="not-a-number"),
        pytest.param(",inf,,,", "text/csv", '"petal" holds numbers, and "inf" is none', id="infinite"),
        pytest.param("{", "application/json", "not {", id="not-json"),
        pytest.param("[]", "application/json", "not {", id="json-without-instances"),
        pytest.param('{"instances": []}', "application/json", "no rows", id="json-without-rows"),
        pytest.param('{"instances": {"a": 1}}', "application/json", "no rows", id="json-not-a-list"),
        pytest.param('{"instances": [1]}', "application/json", "no rows", id="json-not-a-row"),
        pytest.param(
            '{"instances": [{"height": 1}]}',
            "application/json",
            'no column "height"',
            id="unknown-column",
        ),
        pytest.param(
            '{"instances": [{"petal": [1]}]}',
            "application/json",
            "holds a list or an object",
            id="nested",
        ),
    ],
)
def test_a_wrong_request_is_refused_with_its_reason(
    model: inference.Model, body: str | bytes, content_type: str, reason: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        ask(model, body, content_type)
    assert reason in str(refusal.value)
