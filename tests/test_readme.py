"""The README says of each product what the catalog says, and its links lead somewhere."""

from pathlib import Path

from portfolios import product_table
from products.discovery import discover

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_products_is_true() -> None:
    products = discover()
    assert all(product.name in README for product in products)
    assert product_table.renew(README, products) == README, "run `python -m portfolios.versions`"


def test_what_stands_around_the_table_is_kept() -> None:
    text = f"before\n{product_table.BEGIN}\nold\n{product_table.END}\nafter\n"
    renewed = product_table.renew(text, ())
    assert renewed.startswith("before\n")
    assert renewed.endswith("\nafter\n")
    assert "old" not in renewed
    assert product_table.renew(renewed, ()) == renewed


def test_links_of_the_readme_lead_somewhere() -> None:
    targets = [part.split(")")[0] for part in README.split("](")[1:]]
    assert targets
    missing = [target for target in targets if not target.startswith("http") and not (ROOT / target).exists()]
    assert missing == []
