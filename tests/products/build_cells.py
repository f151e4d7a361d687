"""Every build product that the parts of the house could make, be it on offer or not."""

import inspect
import itertools
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import cast

import pipelines.algorithms
import pipelines.sources
from pipelines.algorithms.algorithm import Algorithm
from pipelines.registration import CENTRAL, TEAM, RegistrationChoice
from pipelines.sources.source import DataSource
from products.product import Product
from products.project import build_product

REGISTRATIONS = {"team": (TEAM,), "central": (CENTRAL,), "either": (TEAM, CENTRAL)}


@dataclass(frozen=True)
class Cell:
    """A source of data, an algorithm and a choice of registration, each by its name."""

    source: str
    algorithm: str
    registration: str

    def __str__(self) -> str:
        return f"{self.source}-{self.algorithm}-{self.registration}"

    @property
    def refused(self) -> bool:
        """Whether the algorithm's projects cannot register where the choice lets them."""
        return bool(ALGORITHMS[self.algorithm].central_registration) and self.registration != "team"

    def product(self) -> Product:
        """The product of these parts."""
        return build_product(
            identifier=f"cell_{self.source}_{self.algorithm}_{self.registration}",
            name=f"Cell {self}",
            description="Of parts that are put together as no product may have put them.",
            version="1.0.0",
            source=SOURCES[self.source],
            algorithm=ALGORITHMS[self.algorithm],
            registration=RegistrationChoice(places=REGISTRATIONS[self.registration]),
        )


def _modules(package: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    for found in pkgutil.iter_modules(package.__path__):
        yield found.name, import_module(f"{package.__name__}.{found.name}")


def _sources() -> dict[str, DataSource]:
    return {
        name: cast("DataSource", value())
        for name, module in _modules(pipelines.sources)
        for value in vars(module).values()
        if inspect.isclass(value) and value.__module__ == module.__name__
        # What asks and has layers is a source, save the protocol that says so.
        if value is not DataSource and hasattr(value, "ask") and hasattr(value, "layers")
    }


def _algorithms() -> dict[str, Algorithm]:
    return {
        name: value
        for name, module in _modules(pipelines.algorithms)
        for value in vars(module).values()
        # What names its image and its layers is an algorithm, save the classes of them.
        if not inspect.isclass(value) and hasattr(value, "image") and hasattr(value, "layers")
    }


SOURCES = _sources()
ALGORITHMS = _algorithms()
_EVERY = tuple(
    Cell(*names) for names in itertools.product(sorted(SOURCES), sorted(ALGORITHMS), REGISTRATIONS)
)
CELLS = tuple(cell for cell in _EVERY if not cell.refused)
REFUSED = tuple(cell for cell in _EVERY if cell.refused)
