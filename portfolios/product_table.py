"""The README's table of products, written from what the catalog says of them."""

from collections.abc import Iterable

from base.names import DATA_PORTFOLIO, PORTFOLIO_NAMES
from base.places import REPOSITORY
from products.discovery import folder
from products.product import Product

README = REPOSITORY / "README.md"

BEGIN = "<!-- products -->"
END = "<!-- end of products -->"


def table(products: Iterable[Product]) -> str:
    """The table in Markdown, a row a product.

    Args:
        products: The products.
    """
    rows = [
        f"| {DATA_PORTFOLIO if product.launched_in == ('data',) else PORTFOLIO_NAMES[product.portfolio]} "
        f"| [{product.name}]({folder(product)}/README.md) "
        f"| {product.version} | {product.description} |"
        for product in sorted(products, key=lambda product: (product.portfolio, product.identifier))
    ]
    return "\n".join(["| Portfolio | Product | Version | |", "|---|---|---|---|", *rows])


def renew(text: str, products: Iterable[Product]) -> str:
    """A README with its table updated.

    Args:
        text: The README, with the two marks between which the table stands.
        products: The products.
    """
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(products)}\n{END}{after}"
