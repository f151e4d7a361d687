"""What is declared once rules everything that takes it: its bounds, and that it reaches XGBoost."""

import json
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import step
import train
from errors import UsageError
from features import Array
from hyperparameter import Hyperparameter, HyperparameterError, add_to, read_all
from hyperparameters import HYPERPARAMETERS
from model_schema import Column, Schema

DEPTH = Hyperparameter(name="depth", kind=int, least=1, most=30)
RATE = Hyperparameter(name="rate", kind=float, above=0, most=1)
ANY = Hyperparameter(name="any", kind=float)
GROW = Hyperparameter(name="grow", kind=str, choices=("depthwise", "lossguide"))
NO_DEPTHS: tuple[object, ...] = (0, 31, 4.0, "4.5", True, [], "")
NO_RATES: tuple[object, ...] = (0, 1.1, "nan", "inf", "high", None)
# What `train.train` takes itself.
OF_TRAINING = ("num_round", "early_stopping_rounds")


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        pytest.param(DEPTH, 4, 4, id="integer"),
        pytest.param(DEPTH, "30", 30, id="text of an argument"),
        pytest.param(RATE, 1, 1.0, id="integer for a number"),
        pytest.param(RATE, "1e-3", 0.001, id="exponent"),
        pytest.param(GROW, "lossguide", "lossguide", id="choice"),
    ],
)
def test_a_value_is_of_its_kind(declared: Hyperparameter, given: object, value: object) -> None:
    read = declared.read(given)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("declared", "given", "takes"),
    [
        *((DEPTH, given, "an integer at least 1 and at most 30") for given in NO_DEPTHS),
        *((RATE, given, "a number above 0 and at most 1") for given in NO_RATES),
        *((ANY, given, "a number") for given in ("-inf", 10**400, float("nan"))),
        (GROW, "deep", "one of depthwise, lossguide"),
        (GROW, 1, "one of depthwise, lossguide"),
    ],
)
def test_another_value_is_refused_with_what_is_taken(
    declared: Hyperparameter, given: object, takes: str
) -> None:
    with pytest.raises(HyperparameterError) as refusal:
        declared.read(given)
    assert str(refusal.value) == f'{declared.name} is "{given}"; it takes {takes}.'


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(
            {"dept": 4}, "dept is not declared in src/hyperparameters.py; did you mean depth?", id="near"
        ),
        pytest.param({"zeal": 4}, "zeal is not declared in src/hyperparameters.py; declare it", id="unknown"),
        pytest.param({"rate": 1}, "size is missing; it takes an integer.", id="missing"),
        pytest.param({"size": 1, "depth": 0}, 'depth is "0"', id="range"),
    ],
)
def test_a_table_is_checked_as_a_whole(given: Mapping[str, object], says: str) -> None:
    declared = (Hyperparameter(name="size", kind=int, needed=True), DEPTH, RATE)
    assert read_all(declared, {"rate": 1, "size": 2}) == {"size": 2, "rate": 1.0}
    with pytest.raises(HyperparameterError) as refusal:
        read_all(declared, given)
    assert str(refusal.value).startswith(says)


def test_a_step_refuses_what_the_check_refuses() -> None:
    parser = step.Arguments(None)
    add_to(parser, (DEPTH,))
    assert parser.given(["--depth", "4"]).depth == 4
    with pytest.raises(UsageError, match='argument --depth: depth is "0"; it takes an integer at least 1'):
        parser.given(["--depth", "0"])


def sample(declared: Hyperparameter) -> Any:
    """Another value than the algorithm's own default, within the bounds."""
    if declared.choices:
        return declared.choices[-1]
    if declared.kind is int:
        return declared.read(max(int(declared.least or 0), 2) + 1)
    low = declared.above if declared.above is not None else declared.least or 0.0
    return declared.read(low + 0.375)


@pytest.mark.parametrize(
    "declared", [each for each in HYPERPARAMETERS if each.name not in OF_TRAINING], ids=lambda each: each.name
)
def test_each_one_reaches_the_algorithm(declared: Hyperparameter) -> None:
    """XGBoost takes any name; only its own configuration tells which it knew."""
    value = sample(declared)
    booster = train.train(*table(), parameters={declared.name: value}, rounds=1, patience=None)
    assert texts_of(json.loads(booster.save_config()), declared.name) == {np.float32(value)}


def test_training_itself_takes_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    schema, part, _ = table()
    monkeypatch.setattr(train, "train", lambda *_, **options: given.update(options))
    monkeypatch.setattr(train, "read", lambda *_: part)
    monkeypatch.setattr(train, "save", lambda *_: None)
    monkeypatch.setattr(Schema, "load", lambda _: schema)
    own = ("--num_round", "7", "--early_stopping_rounds", "3", "--max_depth", "5")
    monkeypatch.setattr(sys, "argv", ["train.py", *own])
    train.main()
    assert given == {"rounds": 7, "patience": 3, "parameters": {"max_depth": 5}}


def test_without_patience_every_round_is_kept() -> None:
    booster = train.train(*table(), parameters={"eta": 1.0}, rounds=30, patience=None)
    assert booster.num_boosted_rounds() == 30
    patient = train.train(*table(), parameters={"eta": 1.0}, rounds=30, patience=1)
    assert patient.num_boosted_rounds() < 30


def table() -> tuple[Schema, tuple[Array, Array], tuple[Array, Array]]:
    """A schema of one number, with rows to train and to validate: a little signal, and noise."""
    chance = random.Random(3)
    schema = Schema(target="y", problem_type="regression", columns=(Column("x", "numeric"),))
    features = np.array([[chance.random()] for _ in range(60)], "float32")
    target = np.array([row[0] + chance.random() for row in features], "float64")
    return schema, (features[:40], target[:40]), (features[40:], target[40:])


def texts_of(content: Any, name: str) -> set[np.float32]:
    """What a configuration of XGBoost says under a name, wherever it stands."""
    if isinstance(content, list):
        return {value for item in content for value in texts_of(item, name)}
    if not isinstance(content, dict):
        return set()
    own = {np.float32(content[name])} if isinstance(content.get(name), str) else set()
    return own.union(*(texts_of(item, name) for item in content.values()))
