"""What holds for all tests."""

import gc
from collections.abc import Generator

import pytest

_FIRST = pytest.StashKey[dict[int, tuple[BaseException, str]]]()
"""By identity, each failure of a fixture, and the test that met it first."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the failure of a fixture once; the other tests that need the fixture name the first one.

    pytest raises the kept exception of a module's or session's fixture again for each test, and would print
    the same traceback as often.
    """
    report = yield
    if call.excinfo is None or call.when != "setup" or not report.failed:
        return report
    raised = call.excinfo.value
    _, first = item.config.stash.setdefault(_FIRST, {}).setdefault(id(raised), (raised, item.nodeid))
    if first != item.nodeid:
        report.longrepr = f"A fixture failed, as told at {first}."
    return report


def pytest_collection_finish() -> None:
    """Leave what is imported out of the search for garbage: a million objects of libraries, all in use."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Play the stories first: each takes minutes, and would leave one worker alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("rehearsal") is None)
