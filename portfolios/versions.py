"""The ledger of product versions: what was published under a version is never published under it again.

A version in Service Catalog is a promise to whoever launched it. `versions.json` keeps the digest of each
version's template, rendered for a reference catalog file and for both ways to reach a repository, so that it
does not depend on what an adopter decides. `python -m portfolios.versions` records what is new.
"""

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from base.places import REPOSITORY
from base.settings import CatalogError, Repository, Settings, load
from portfolios import product_table
from portfolios.stack import PortfoliosStack
from products.discovery import discover
from products.product import Product, ProductError, Template, scratch_app

LEDGER = Path(__file__).with_name("versions.json")
REFERENCE_CATALOG = REPOSITORY / "tests" / "reference_catalog.yaml"

COMMAND = "python -m portfolios.versions"

Digests = Mapping[str, str]
"""Digest of a template, by how the repository is reached."""

Ledger = Mapping[str, Mapping[str, Digests]]
"""Digests by the product's identifier and version."""


class LedgerError(ValueError):
    """The ledger does not agree with the products; `mistakes` holds one sentence for each reason."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def reference_settings(catalog: Path = REFERENCE_CATALOG) -> Mapping[str, Settings]:
    """The settings for which templates are rendered, by how the repository is reached.

    Args:
        catalog: A catalog file that names CodeCommit.

    Raises:
        CatalogError: If it is not as it must be.
    """
    settings = load(catalog)
    connected = Repository(
        provider="github",
        connection_arn=f"arn:aws:codeconnections:{settings.region}:{settings.accounts.shared_services}"
        ":connection/00000000-0000-0000-0000-000000000000",
    )
    return {
        "codecommit": settings,
        "codeconnections": settings.model_copy(update={"repository": connected}),
    }


def render(products: Iterable[Product], settings: Settings) -> Mapping[str, Template]:
    """The template of each product as the portfolios offer it, by identifier.

    Args:
        products: The products.
        settings: What an adopter decided.
    """
    with tempfile.TemporaryDirectory() as folder:
        return PortfoliosStack(
            scratch_app(folder), "portfolios", settings=settings, products=products
        ).templates


def digests(templates: Mapping[str, Mapping[str, Template]]) -> Mapping[str, Digests]:
    """The digests of templates, by product and by how the repository is reached.

    Args:
        templates: Templates by how the repository is reached, and by product.
    """
    found: dict[str, dict[str, str]] = {}
    for provider, rendered in templates.items():
        for identifier, template in rendered.items():
            text = json.dumps(template, sort_keys=True, separators=(",", ":"))
            found.setdefault(identifier, {})[provider] = hashlib.sha256(text.encode()).hexdigest()
    return found


def read(path: Path = LEDGER) -> Ledger:
    """The ledger; empty if there is none yet.

    Args:
        path: The ledger file.
    """
    if not path.exists():
        return {}
    ledger: Ledger = json.loads(path.read_text(encoding="utf-8"))
    return ledger


def missing(ledger: Ledger, products: Iterable[Product], current: Mapping[str, Digests]) -> Mapping[str, str]:
    """The version of each product that the ledger does not hold yet.

    Args:
        ledger: The ledger.
        products: The products.
        current: Their digests.

    Raises:
        LedgerError: If a recorded version has another template now, or a product went back to an older one.
    """
    mistakes = []
    new = {}
    for product in products:
        recorded = ledger.get(product.identifier, {})
        newest = max(recorded, key=_order, default=None)
        where = f"products/{product.identifier}/product.py"
        if newest is None or _order(product.version) > _order(newest):
            new[product.identifier] = product.version
        elif product.version != newest:
            mistakes.append(
                f"{product.identifier}: version {product.version} is older than {newest}, which is published "
                f"already: set a newer version in {where}."
            )
        elif recorded[newest] != current[product.identifier]:
            mistakes.append(
                f"{product.identifier}: its template is not the one published as {newest}: raise the version "
                f"in {where}, then run `{COMMAND}`."
            )
    if mistakes:
        raise LedgerError(mistakes)
    return new


def record(
    ledger: Ledger, products: Iterable[Product], current: Mapping[str, Digests]
) -> tuple[Ledger, Mapping[str, str]]:
    """Add each product's version that is new.

    Args:
        ledger: The ledger.
        products: The products.
        current: Their digests.

    Returns:
        The ledger with what is new, and the version that is new of each product.

    Raises:
        LedgerError: If what is recorded already would have to change.
    """
    new = missing(ledger, products, current)
    extended = {identifier: dict(versions) for identifier, versions in ledger.items()}
    for identifier, version in new.items():
        extended.setdefault(identifier, {})[version] = current[identifier]
    return extended, new


def main() -> int:
    """Record new versions, and bring the README's table of products up to date.

    Returns:
        0, or 2 if something else has to change first.
    """
    try:
        products = discover()
        templates = {name: render(products, settings) for name, settings in reference_settings().items()}
        ledger, new = record(read(), products, digests(templates))
    except (CatalogError, LedgerError, ProductError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    if new:
        LEDGER.write_text(json.dumps(ledger, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    readme = product_table.README
    readme.write_text(product_table.renew(readme.read_text(encoding="utf-8"), products), encoding="utf-8")
    for product in products:
        outcome = "create" if product.identifier in new else "identical"
        print(f"{outcome:>9}  {product.identifier} {product.version}")  # noqa: T201
    return 0


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


if __name__ == "__main__":
    sys.exit(main())
