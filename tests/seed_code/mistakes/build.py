"""Mistakes in the seed `build`."""

from tests.seed_code.mistakes import Mistake

MISTAKES = (
    Mistake(
        name="unused import",
        file="src/train.py",
        old="import folders",
        new="import folders, os",
        check="ruff check .",
    ),
    Mistake(
        name="unusable data is accepted",
        file="src/preprocess.py",
        old="MINIMUM_ROWS = 30",
        new="MINIMUM_ROWS = 0",
        check="python -m pytest tests/test_preprocess.py",
    ),
)
