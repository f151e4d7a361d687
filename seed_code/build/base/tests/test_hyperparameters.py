"""A hyperparameter takes what its declaration says, in `config.toml` and in the job alike."""

from collections.abc import Mapping

import pytest

import step
from errors import UsageError
from hyperparameter import Hyperparameter, HyperparameterError, add_to, read_all

DEPTH = Hyperparameter(name="depth", kind=int, least=1, most=30)
RATE = Hyperparameter(name="rate", kind=float, above=0, most=1)
ANY = Hyperparameter(name="any", kind=float)
GROW = Hyperparameter(name="grow", kind=str, choices=("depthwise", "lossguide"))
NO_DEPTHS: tuple[object, ...] = (0, 31, 4.0, "4.5", True, [], "")
NO_RATES: tuple[object, ...] = (0, 1.1, "nan", "inf", "high", None)


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
