"""Each source with each algorithm, each way of registering, each provider and each layout of cards.

A product that nobody has declared yet must work as soon as somebody does: parts know nothing of one another.
"""

from functools import cache
from pathlib import Path

import pytest

import app
from base.acknowledgements import acknowledgements
from products.discovery import discover
from products.product import ProductError, Template, add_stack, render_all
from tests.gates.everything import judge
from tests.gates.test_lint import findings
from tests.products.build_cells import ALGORITHMS, CELLS, REFUSED, REGISTRATIONS, SOURCES, Cell
from tests.products.launches import LAYOUTS, assets, settings

PROVIDERS = ("codecommit", "github")


@cache
def rendered(provider: str, layout: str) -> dict[Cell, Template]:
    """The templates of all cells; a cell that cannot be made ends it with the reason."""
    products = {cell: cell.product() for cell in CELLS}
    templates = render_all(
        products.values(),
        settings(provider=provider, layout=layout),
        {product.identifier: assets(product) for product in products.values()},
    )
    return {cell: templates[product.identifier] for cell, product in products.items()}


def test_the_parts_of_every_build_product_are_among_them() -> None:
    """Else a part would be missing from the table without anybody noticing."""
    layers = {layer for source in SOURCES.values() for layer in source.layers}
    layers |= {layer for algorithm in ALGORITHMS.values() for layer in algorithm.layers}
    built = [product for product in discover() if product.identifier.startswith("build_")]
    assert built
    own = {layer for product in built for seed in product.seeds.values() for layer in seed.layers}
    assert own - {"build/base", "tools/uv"} <= layers


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_cell_is_rendered_and_has_what_its_parts_have(provider: str, layout: str) -> None:
    templates = rendered(provider, layout)
    assert list(templates) == list(CELLS)
    for cell, template in templates.items():
        # The source decides what is asked of the data, whatever trains on it.
        same_source = next(
            templates[other]
            for other in CELLS
            if (other.source, other.registration) == (cell.source, cell.registration)
        )
        assert template["Parameters"].keys() >= same_source["Parameters"].keys(), cell
        # Where there is one place, nothing is asked, and nothing depends on it.
        asked = template["Parameters"].get("Registration", {"AllowedValues": ()})["AllowedValues"]
        places = REGISTRATIONS[cell.registration]
        assert tuple(asked) == (places if len(places) > 1 else ()), cell


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_pair_of_parts_is_clean(provider: str, layout: str) -> None:
    """cfn-lint looks at one cell for each pair of a source and an algorithm; the registrations take turns."""
    pairs = [(source, algorithm) for source in sorted(SOURCES) for algorithm in sorted(ALGORITHMS)]
    turn = PROVIDERS.index(provider) + LAYOUTS.index(layout)
    chosen = []
    for number, pair in enumerate(pairs):
        of_pair = [cell for cell in CELLS if (cell.source, cell.algorithm) == pair]
        chosen.append(of_pair[(number + turn) % len(of_pair)])
    templates = rendered(provider, layout)
    assert findings({str(cell): templates[cell] for cell in chosen}) == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_cdk_nag_finds_nothing_in_any_cell(provider: str, layout: str, tmp_path: Path) -> None:
    chosen = settings(provider=provider, layout=layout)
    with acknowledgements():
        judged = app.new_app(str(tmp_path))
        for product in map(Cell.product, CELLS):
            add_stack(judged, product, chosen, assets(product))
        assert judge(judged, tmp_path) == ()


@pytest.mark.parametrize("cell", REFUSED, ids=str)
def test_what_cannot_work_is_refused_with_the_reason(cell: Cell) -> None:
    with pytest.raises(ProductError, match="cannot register in the central registry itself, because"):
        cell.product()


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.registration == "team"], ids=str)
def test_every_cell_has_a_whole_seed(cell: Cell) -> None:
    (seed,) = cell.product().seeds.values()
    assert (seed.compose() / "buildspec.yml").is_file()
