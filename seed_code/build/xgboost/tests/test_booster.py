"""Each hyperparameter that is declared reaches XGBoost, and what it decides is seen in the booster."""

import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import train
from batches import Part
from hyperparameter import Hyperparameter
from hyperparameters import HYPERPARAMETERS
from model_schema import Column, Schema

# What `train.train` takes itself.
OF_TRAINING = ("num_round", "early_stopping_rounds")


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
    monkeypatch.setattr(train, "batches", lambda *_: [(part.features, part.target)])
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


def table() -> tuple[Schema, Part, Part]:
    """A schema of one number, with rows to train and to validate: a little signal, and noise."""
    chance = random.Random(3)
    schema = Schema(target="y", problem_type="regression", columns=(Column("x", "numeric"),))
    features = np.array([[chance.random()] for _ in range(60)], "float32")
    target = np.array([row[0] + chance.random() for row in features], "float64")
    return schema, Part(features[:40], target[:40]), Part(features[40:], target[40:])


def texts_of(content: Any, name: str) -> set[np.float32]:
    """What a configuration of XGBoost says under a name, wherever it stands."""
    if isinstance(content, list):
        return {value for item in content for value in texts_of(item, name)}
    if not isinstance(content, dict):
        return set()
    own = {np.float32(content[name])} if isinstance(content.get(name), str) else set()
    return own.union(*(texts_of(item, name) for item in content.values()))
