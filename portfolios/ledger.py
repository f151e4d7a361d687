"""The ledger of product versions: what was released under a version is never released under it again.

A version in Service Catalog is a promise to whoever launched it. `versions.json` keeps the digest of each
version's template, rendered for a reference catalog file and for both ways to reach a repository, so that it
does not depend on what an adopter decides. A version may change until it is released.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from base.places import REPOSITORY
from base.user_error import UserError
from products.discovery import definition
from products.product import Product, Template

LEDGER = Path(__file__).with_name("versions.json")

COMMAND = "python -m portfolios.versions"
"""What records versions, and raises them."""

Digests = Mapping[str, str]
"""Digest of a template, by how the repository is reached."""


class Version(BaseModel):
    """A version in the ledger.

    Attributes:
        templates: The digests of its template.
        released: Whether somebody may have launched it; otherwise it may still change.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    templates: dict[str, str]
    released: bool = False


Ledger = Mapping[str, Mapping[str, Version]]
"""Versions by the product's identifier and number."""

_LEDGER: TypeAdapter[dict[str, dict[str, Version]]] = TypeAdapter(dict[str, dict[str, Version]])


class LedgerError(UserError):
    """The ledger does not agree with the products; `mistakes` holds one sentence for each reason."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


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
    return _LEDGER.validate_json(path.read_bytes()) if path.exists() else {}


def write(ledger: Ledger, path: Path) -> None:
    """Write the ledger, as a whole or not at all.

    Args:
        ledger: The ledger.
        path: The ledger file.
    """
    content = _LEDGER.dump_python({name: dict(versions) for name, versions in ledger.items()})
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(path)


def differing(ledger: Ledger, current: Mapping[str, Digests]) -> list[str]:
    """The products that were released, and whose template is not that of their newest released version.

    Args:
        ledger: The ledger.
        current: The digests of the products.
    """
    found = []
    for identifier, digests_now in current.items():
        closed = {number: each for number, each in ledger.get(identifier, {}).items() if each.released}
        if closed and closed[max(closed, key=order)].templates != digests_now:
            found.append(identifier)
    return found


def outdated(ledger: Ledger, products: Iterable[Product], current: Mapping[str, Digests]) -> list[Product]:
    """The products whose template is not the one that was released under their version.

    Args:
        ledger: The ledger.
        products: The products.
        current: Their digests.
    """
    found = []
    for product in products:
        recorded = ledger.get(product.identifier, {}).get(product.version)
        if recorded and recorded.released and recorded.templates != current[product.identifier]:
            found.append(product)
    return found


def record(
    ledger: Ledger, products: Iterable[Product], current: Mapping[str, Digests]
) -> tuple[Ledger, Mapping[str, str]]:
    """Record each product's version with its template.

    Args:
        ledger: The ledger.
        products: The products.
        current: Their digests.

    Returns:
        The ledger with what is new, and the version that is new, or has changed, of each product.

    Raises:
        LedgerError: If a released version would have to change, or a product went back to an older one.
    """
    products = tuple(products)
    mistakes = [
        f"{product.identifier}: its template is not the one that was released as {product.version}: run "
        f'`{COMMAND} --raise patch --note "..."` (or minor, or major).'
        for product in outdated(ledger, products, current)
    ]
    extended = {identifier: dict(versions) for identifier, versions in ledger.items()}
    new = {}
    for product in products:
        versions = extended.setdefault(product.identifier, {})
        newest = max(versions, key=order, default=product.version)
        if order(product.version) < order(newest):
            mistakes.append(
                f"{product.identifier}: version {product.version} is older than {newest}, which is recorded "
                f"already: set a newer version in {definition(product).relative_to(REPOSITORY)}."
            )
        digests_now = dict(current[product.identifier])
        recorded = versions.get(product.version)
        if recorded is None or recorded.templates != digests_now:
            new[product.identifier] = product.version
            # What was recorded and never released has never been anybody's.
            for number in [each for each, version in versions.items() if not version.released]:
                del versions[number]
            versions[product.version] = Version(templates=digests_now)
    if mistakes:
        raise LedgerError(mistakes)
    return extended, new


def recorded_as_they_are(ledger: Ledger, products: Iterable[Product], current: Mapping[str, Digests]) -> None:
    """Refuse to release what the ledger does not hold.

    Args:
        ledger: The ledger.
        products: The products.
        current: Their digests.

    Raises:
        LedgerError: If a version is not recorded, or is recorded with another template.
    """
    _, new = record(ledger, products, current)
    if new:
        raise LedgerError(
            [
                f"{identifier} {version} is not recorded as it is: run `{COMMAND}`, and commit the ledger."
                for identifier, version in new.items()
            ]
        )


def released(ledger: Ledger) -> Ledger:
    """The ledger with every version closed.

    Args:
        ledger: The ledger.
    """
    return {
        identifier: {number: each.model_copy(update={"released": True}) for number, each in versions.items()}
        for identifier, versions in ledger.items()
    }


def order(version: str) -> tuple[int, ...]:
    """By which versions are ordered.

    Args:
        version: The version, such as ``1.10.0``.
    """
    return tuple(map(int, version.split(".")))
