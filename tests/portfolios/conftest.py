"""What the tests of the portfolios share: the platform, synthesized with products of choice."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

import app
from base.settings import Settings, load
from products.discovery import discover
from products.product import Product
from tests.portfolios.small import Templates, templates_in
from tests.sharing import made_once

Synthesize = Callable[..., Templates]


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load()


@pytest.fixture(scope="session")
def synthesize(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesize the platform with some products, and return its templates by stack."""

    def run(products: Sequence[Product], **changes: Any) -> Templates:
        folder = tmp_path_factory.mktemp("assembly")
        composed = app.new_app(str(folder))
        app.compose(composed, settings.model_copy(update=changes), tuple(products))
        composed.synth()
        return templates_in(folder)

    return run


@pytest.fixture(scope="session")
def platform(synthesize: Synthesize) -> Templates:
    """The real platform with its real products."""
    return made_once("templates", lambda _: synthesize(discover()))
