"""The functions that the inference toolkit calls, on a classification of three classes."""

import importlib
import json
import sys
from collections.abc import Iterator
from http import HTTPStatus
from types import ModuleType

import pytest

import inference
from conftest import Run, ask

ROW = 'F0001,4.5,"blue, pale",TRUE,north'


class Toolkit:
    """What SageMaker's inference toolkit has that the endpoint's code takes from it.

    https://github.com/aws/sagemaker-inference-toolkit
    """

    class BaseInferenceToolkitError(Exception):
        def __init__(self, status_code: int, message: str, phrase: str) -> None:
            self.status_code, self.message, self.phrase = status_code, message, phrase


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The toolkit's types of content, with the endpoint's code loaded beside the toolkit."""
    package, errors = ModuleType("sagemaker_inference"), ModuleType("sagemaker_inference.errors")
    types = ModuleType("sagemaker_inference.content_types")
    errors.BaseInferenceToolkitError = Toolkit.BaseInferenceToolkitError  # type: ignore[attr-defined]
    types.UTF8_TYPES = ["application/json", "text/csv"]  # type: ignore[attr-defined]
    package.content_types = types  # type: ignore[attr-defined]
    for module in (package, errors, types):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    importlib.reload(inference)
    yield types
    monkeypatch.undo()
    importlib.reload(inference)


def test_the_functions_go_along_with_the_model(run: Run) -> None:
    assert (run.model / "code/inference.py").is_file()


def test_the_functions_answer_as_the_endpoint_does(run: Run) -> None:
    model = inference.model_fn(str(run.model))
    text, kind = inference.output_fn(inference.predict_fn(inference.input_fn(ROW, "text/csv"), model), "*/*")
    assert kind == "application/json"
    assert json.loads(text) == ask(model, ROW, "text/csv")


def test_the_toolkit_answers_a_wrong_request_with_its_status(types: ModuleType, run: Run) -> None:
    """What is no error of its own it answers with 500, and it decodes bodies before the code sees them."""
    with pytest.raises(Toolkit.BaseInferenceToolkitError) as refusal:
        inference.input_fn(b"\xff", "text/csv")
    assert (refusal.value.status_code, refusal.value.phrase) == (400, HTTPStatus.BAD_REQUEST.phrase)
    assert "not rows of comma-separated cells" in refusal.value.message
    with pytest.raises(Toolkit.BaseInferenceToolkitError) as refusal:
        inference.predict_fn(inference.input_fn("1,2", "text/csv"), inference.model_fn(str(run.model)))
    assert refusal.value.message.startswith("Row 1: It has 2 cells")
    assert str(refusal.value) == refusal.value.message
    assert "text/csv" not in types.UTF8_TYPES
