"""Versions that were released before: their templates, as this catalog offered them.

A template says who the adopter is (accounts, prefix, tags, where assets lie), so that an old one cannot be
rendered again. `catalog release` keeps each template beside the code, to be committed, and the portfolios go
on offering it: whoever launched a version changes its parameters under that version, and updates when it
suits them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from base.places import REPOSITORY
from base.settings import Settings
from portfolios.ledger import order
from products.product import Product, ProductError, Template

RELEASES = REPOSITORY / "releases"

# "Product versions per product" (https://docs.aws.amazon.com/servicecatalog/latest/adminguide/limits.html)
MAXIMUM_VERSIONS = 100


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    note: str
    template: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Release:
    """A version of a product on offer.

    Attributes:
        version: Its number.
        note: What it changes.
        template: Its template.
    """

    version: str
    note: str
    template: Template


def of(product: Product, template: Template) -> Release:
    """The version of a product that the repository holds.

    Args:
        product: The product.
        template: Its rendered template.
    """
    return Release(version=product.version, note=product.note, template=template)


def earlier(product: Product, settings: Settings, root: Path | None = None) -> tuple[Release, ...]:
    """The kept versions of a product before its own, the oldest first.

    Args:
        product: The product.
        settings: What the adopter decided; templates of another account, Region or prefix are not theirs.
        root: Where releases are kept.

    Raises:
        ProductError: If a file is not one that `keep` wrote, or there are more than Service Catalog takes.
    """
    found = []
    for path in _folder(product, settings, root or RELEASES).glob("*.json"):
        try:
            kept = _Kept.model_validate_json(path.read_bytes())
            number = order(path.stem)
        except (ValidationError, ValueError) as error:
            raise ProductError(f"{path} is no kept release: restore it, or remove it.") from error
        if number < order(product.version):
            found.append((number, Release(version=path.stem, note=kept.note, template=dict(kept.template))))
    if len(found) >= MAXIMUM_VERSIONS:
        oldest = f"{min(found, key=lambda each: each[0])[1].version}.json"
        raise ProductError(
            f"{product.identifier} has {len(found) + 1} versions, and Service Catalog offers "
            f"{MAXIMUM_VERSIONS}: retire some by removing their files, such as "
            f"{_folder(product, settings, root or RELEASES) / oldest}."
        )
    return tuple(release for _, release in sorted(found, key=lambda each: each[0]))


def keep(
    products: Iterable[Product],
    templates: Mapping[str, Template],
    settings: Settings,
    root: Path | None = None,
    *,
    pretend: bool = False,
) -> Iterator[tuple[Path, bool]]:
    """Keep the template of each product's version.

    Args:
        products: The products.
        templates: Their rendered templates, by identifier.
        settings: What the adopter decided.
        root: Where releases are kept.
        pretend: Only tell what would be kept.

    Yields:
        The file of each product, and whether it is new.

    Raises:
        ProductError: If a version was released with another template; nothing is kept then.
    """
    texts: dict[Path, str] = {}
    for product in products:
        path = _folder(product, settings, root or RELEASES) / f"{product.version}.json"
        kept = _Kept(note=product.note, template=dict(templates[product.identifier]))
        # In the template's own order, on which its address depends.
        text = json.dumps(kept.model_dump(), indent=1) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise ProductError(
                f"{product.identifier} was released as {product.version} with another template or note, and "
                "teams may have launched it: give it a new version."
            )
        texts[path] = text
    for path, text in texts.items():
        is_new = not path.exists()
        if is_new and not pretend:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        yield path, is_new


def _folder(product: Product, settings: Settings, root: Path) -> Path:
    """Where the releases of a product lie; several platforms of one repository do not share them."""
    account = root / settings.accounts.shared_services
    folder = account / settings.region / settings.name_prefix / product.identifier
    former = account / product.identifier
    if any(former.glob("*.json")):
        raise ProductError(
            f"{former} says of which account it is, and not of which Region and prefix: move its files to "
            f"{folder}."
        )
    return folder
