"""Mistakes in the layer `build/subscribed_data`; those in the layers below it are tried elsewhere."""

from tests.seed_code.mistakes.mistake import Mistake

MISTAKES = (
    Mistake(
        name="somebody is asked who cannot grant",
        file="src/who_grants.py",
        old="ask the owner of the data set",
        new="ask the administrator",
        check="python -m pytest tests/test_who_grants.py",
    ),
)
