"""The README says of each product what the catalog says."""

from pathlib import Path

import pytest

from names import PORTFOLIO_NAMES
from products.product import Product, discover

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PRODUCTS = discover()


def row(product: Product) -> str:
    link = f"[{product.name}](products/{product.identifier}/README.md)"
    return f"  | {PORTFOLIO_NAMES[product.portfolio]} | {link} | {product.version} | {product.description} |"


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.identifier)
def test_the_table_of_products_is_true(product: Product) -> None:
    assert row(product) in README.splitlines()


def test_links_of_the_readme_lead_somewhere() -> None:
    targets = [part.split(")")[0] for part in README.split("](")[1:]]
    assert targets
    missing = [target for target in targets if not target.startswith("http") and not (ROOT / target).exists()]
    assert missing == []
