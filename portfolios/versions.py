"""The ledger of product versions: what was released under a version is never released under it again.

A version in Service Catalog is a promise to whoever launched it. `versions.json` keeps the digest of each
version's template, rendered for a reference catalog file and for both ways to reach a repository, so that it
does not depend on what an adopter decides. A version may change until it is released.

`python -m portfolios.versions` records the templates as they are. `--raise` gives a new version to each
product that differs from what was released, and `--release` closes the versions that are recorded.
"""

import ast
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import BaseModel, ConfigDict, TypeAdapter

from base.places import REPOSITORY
from base.settings import CatalogError, Repository, Settings, load
from base.user_error import UserError, trace
from portfolios import product_table
from portfolios.stack import PortfoliosStack
from products.discovery import definition, discover
from products.product import Product, Template, scratch_app

LEDGER = Path(__file__).with_name("versions.json")
REFERENCE_CATALOG = REPOSITORY / "tests" / "reference_catalog.yaml"

_VERSION = re.compile(
    r'^(?P<indent>[ ]*)version="[^"]*",\n(?:[ ]*note=(?:"[^"]*"|\([^)]*\)),\n)?', re.MULTILINE
)

COMMAND = "python -m portfolios.versions"

Digests = Mapping[str, str]
"""Digest of a template, by how the repository is reached."""

Part = Literal["major", "minor", "patch"]
PARTS: tuple[Part, ...] = ("major", "minor", "patch")


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
    return _LEDGER.validate_json(path.read_bytes()) if path.exists() else {}


def write(ledger: Ledger, path: Path) -> None:
    """Write the ledger.

    Args:
        ledger: The ledger.
        path: The ledger file.
    """
    content = _LEDGER.dump_python({name: dict(versions) for name, versions in ledger.items()})
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


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
        newest = max(versions, key=_order, default=product.version)
        if _order(product.version) < _order(newest):
            mistakes.append(
                f"{product.identifier}: version {product.version} is older than {newest}, which is recorded "
                f"already: set a newer version in {_place(product)}."
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


def released(ledger: Ledger) -> Ledger:
    """The ledger with every version closed.

    Args:
        ledger: The ledger.
    """
    return {
        identifier: {number: each.model_copy(update={"released": True}) for number, each in versions.items()}
        for identifier, versions in ledger.items()
    }


def raised(version: str, part: Part) -> str:
    """The next version.

    Args:
        version: The version before it.
        part: What is raised; the parts behind it become zero.
    """
    position = PARTS.index(part)
    numbers = list(_order(version))
    return ".".join(map(str, (*numbers[:position], numbers[position] + 1, *(0,) * (2 - position))))


def rewrite(source: str, *, version: str, note: str) -> str:
    """The source of a `product.py` with another version and change note.

    Args:
        source: The source, in which the version is written as a keyword argument.
        version: The new version.
        note: What it changes.

    Raises:
        LedgerError: If the source does not name its version in one place.
    """
    lines = f'version="{version}",\n', f"note={json.dumps(note)},\n"
    text, count = _VERSION.subn(lambda match: "".join(match["indent"] + line for line in lines), source)
    if count != 1:
        raise LedgerError([f'Its product.py does not say version="..." on one line: set {version} by hand.'])
    ast.parse(text)
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Of the command line.

    Returns:
        0, or 2 if something else has to change first.
    """
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(command)
    status = app(args=arguments, standalone_mode=False)
    return int(status or 0)


def command(
    raise_: Annotated[
        str | None, typer.Option("--raise", help="Raise products that changed: major, minor or patch.")
    ] = None,
    note: Annotated[
        str, typer.Option(help="With --raise: what the version changes, for whoever updates.")
    ] = "",
    release: Annotated[
        bool, typer.Option(help="Close all versions: from now on they stay as they are.")
    ] = False,
) -> int:
    """Record new versions, and bring the README's table of products up to date."""
    try:
        products = discover()
        current = digests({name: render(products, each) for name, each in reference_settings().items()})
        ledger = read()
        if raise_ is not None:
            for product, version in _raise(ledger, products, current, raise_, note):
                print(f"{'update':>9}  {product.identifier} {product.version} to {version}")  # noqa: T201
            print(f"Run `{COMMAND}` to record what was raised.")  # noqa: T201
            return 0
        ledger, new = record(ledger, products, current)
    except (CatalogError, UserError) as error:
        trace(error)
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    if new or release:
        write(released(ledger) if release else ledger, LEDGER)
    readme = product_table.README
    readme.write_text(product_table.renew(readme.read_text(encoding="utf-8"), products), encoding="utf-8")
    for product in products:
        outcome = "create" if product.identifier in new else "identical"
        print(f"{outcome:>9}  {product.identifier} {product.version}")  # noqa: T201
    return 0


def _raise(
    ledger: Ledger, products: Iterable[Product], current: Mapping[str, Digests], part: str, note: str
) -> list[tuple[Product, str]]:
    """Write a new version into the definition of each product that differs from what was released."""
    chosen = next((each for each in PARTS if each == part), None)
    if chosen is None:
        raise LedgerError([f"--raise takes {', '.join(PARTS)}, and not {part}."])
    if not note.strip() or '"' in note or not note.isprintable():
        raise LedgerError(["--note says in a line without quotation marks what the version changes: add it."])
    new = [(product, raised(product.version, chosen)) for product in outdated(ledger, products, current)]
    texts = {
        definition(product): rewrite(definition(product).read_text("utf-8"), version=version, note=note)
        for product, version in new
    }
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return new


def _place(product: Product) -> str:
    return str(definition(product).relative_to(REPOSITORY))


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


if __name__ == "__main__":
    sys.exit(main())
