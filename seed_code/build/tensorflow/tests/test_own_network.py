"""The saved network's answers, computed once more with NumPy and pandas, and what training says of them."""

import json
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from conftest import Run
from model import SAVED
from test_numbers import Frame, answers_of, frame, own_target


def own_features(run: Run, rows: Frame) -> Any:
    """The features of the flowers, made by pandas: what is missing, the number, a column for each word."""
    known = frame(run, "train")["petal"].replace("", np.nan).astype("float64")
    petal = rows["petal"].replace("", np.nan).astype("float64")
    standard = ((petal - known.mean()) / known.std(ddof=0)).fillna(0)
    nothing = np.zeros(len(rows))
    words = [rows["colour"] == word for word in ("blue, pale", "red", "white")]
    wild = [rows["wild"].str.lower() == word for word in ("false", "true")]
    return np.stack([petal.isna(), nothing, nothing, standard, *words, *wild], axis=1).astype("float64")


def own_layers(run: Run) -> list[Any]:
    """Kernels and biases of the layers, as they are in the file of variables."""
    reader = tf.train.load_checkpoint(str(run.model / SAVED / "variables" / "variables"))
    found = [reader.get_tensor(name) for name in reader.get_variable_to_shape_map()]
    tensors = [each for each in found if getattr(each, "ndim", 0) in (1, 2) and each.dtype == "float32"]
    outputs = {"species": 3, "tall": 2, "weight": 1}[run.target]
    shapes = [(9, 16), (16,), (16, outputs), (outputs,)]
    return [next(each for each in tensors if each.shape == shape) for shape in shapes]


def own_answers(run: Run, rows: Frame) -> Any:
    """The layers one by one."""
    first, first_bias, last, last_bias = own_layers(run)
    outputs = np.maximum(own_features(run, rows) @ first + first_bias, 0) @ last + last_bias
    if run.target == "weight":
        target = own_target(run, frame(run, "train"))
        return outputs[:, 0] * 2.0 ** np.floor(np.log2(target.std())) + target.mean()
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_the_endpoint_answers_as_the_layers_say(run: Run) -> None:
    for part in ("train", "test"):
        rows = frame(run, part)
        np.testing.assert_allclose(answers_of(run, rows), own_answers(run, rows), rtol=1e-3, atol=1e-4)


def test_training_says_what_it_minimised_and_how_far(run: Run) -> None:
    training = run.evaluation["training"]
    regression = run.target == "weight"
    assert training["metric"] == ("mean_squared_error" if regression else "sparse_categorical_crossentropy")
    assert 1 <= training["rounds"] <= 60
    for part in ("train", "validation"):
        rows = frame(run, part)
        truth, answers = own_target(run, rows), own_answers(run, rows)
        expected = (
            ((answers - truth) ** 2).mean()
            if regression
            else -np.log(answers[np.arange(len(truth)), truth]).mean()
        )
        assert training["metrics"][f"{part}_{training['metric']}"] == pytest.approx(expected, rel=1e-2)


def test_the_network_is_beside_its_schema_and_code(run: Run) -> None:
    assert sorted(path.name for path in run.model.iterdir()) == [
        "code",
        "network",
        "schema.json",
        "training.json",
    ]
    assert json.loads((run.model / "training.json").read_text()) == run.evaluation["training"]
