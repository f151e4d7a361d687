"""The failure of a fixture is told once, and fails each test that needs the fixture."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
FINDINGS = """
import pytest

@pytest.fixture(scope="module")
def templates():
    raise AssertionError("the finding")

@pytest.mark.parametrize("number", range(20))
def test_of_templates(templates, number):
    pass

@pytest.mark.parametrize("number", range(2))
def test_of_its_own(number):
    raise AssertionError("another finding")
"""


def test_a_finding_in_a_fixture_says_itself_once(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(FINDINGS)
    result = pytester.runpytest_subprocess("-rN")
    result.assert_outcomes(errors=20, failed=2)
    text = result.stdout.str()
    assert text.count("AssertionError: the finding") == 1
    assert text.count("A fixture failed, as told at ") == 19
    assert text.count("E       AssertionError: another finding") == 2
