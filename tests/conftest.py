"""The order of the tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the story, so that no worker waits for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("rehearsal") is None)
