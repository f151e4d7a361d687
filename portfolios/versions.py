"""`python -m portfolios.versions`: record the versions of products in the ledger, and raise them.

Without options it records the templates as they are, if the application takes them. `--raise` gives a new
version to each product that differs from what was released, and `--release` closes the versions that are
recorded.
"""

import ast
import gc
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import TypeAdapter

from base.settings import CatalogError
from base.user_error import UserError, trace
from portfolios import ledger as ledgers
from portfolios import product_table
from portfolios.ledger import COMMAND, Digests, Ledger, LedgerError, differing, digests, outdated, record
from portfolios.offer import offers, reference_settings
from products import parts
from products.discovery import definition, discover
from products.product import Product

LEDGER = ledgers.LEDGER
PARTS_AT_RELEASE = Path(__file__).with_name("parts.json")
"""The digests of shared parts when versions were last released."""

_VERSION = re.compile(
    r'^(?P<indent>[ ]*)version="[^"]*",\n(?:[ ]*note=(?:"[^"]*"|\([^)]*\)),\n)?', re.MULTILINE
)
_PARTS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])

Part = Literal["major", "minor", "patch"]
PARTS: tuple[Part, ...] = ("major", "minor", "patch")


def raised(version: str, part: Part) -> str:
    """The next version.

    Args:
        version: The version before it.
        part: What is raised; the parts behind it become zero.
    """
    position = PARTS.index(part)
    numbers = list(ledgers.order(version))
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


def shared_changes(ledger: Ledger, products: Iterable[Product], current: Mapping[str, Digests]) -> list[str]:
    """A line for each shared part that has changed since the last release, with the products it touches.

    Args:
        ledger: The ledger, before the release.
        products: The products.
        current: Their digests.
    """
    path = PARTS_AT_RELEASE
    before = _PARTS.validate_json(path.read_bytes()) if path.exists() else {}
    found = parts.touched(before, products, differing(ledger, current))
    return [f"{part} changes {', '.join(identifiers)}" for part, identifiers in found.items()]


def close(ledger: Ledger, products: Iterable[Product]) -> None:
    """Close every version of the ledger, and keep the digests of the parts that products share.

    Args:
        ledger: The ledger.
        products: The products.
    """
    digests_now = {part: digest for product in products for part, digest in parts.parts(product).items()}
    ledgers.write(ledgers.released(ledger), LEDGER)
    part = PARTS_AT_RELEASE.with_suffix(".part")
    part.write_text(json.dumps(digests_now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(PARTS_AT_RELEASE)


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
    """Record new versions, and update the README's table of products."""
    try:
        products = discover()
        with offers(products, reference_settings()) as offered:
            current = digests({name: each.templates for name, each in offered.items()})
            before = ledgers.read(LEDGER)
            if raise_ is not None:
                _raise_and_tell(before, products, current, raise_, note)
                return 0
            ledger, new = record(before, products, current)
            if new or release:
                # What the application refuses is no version that somebody could launch.
                for each in offered.values():
                    each.check()
    except (CatalogError, UserError) as error:
        trace(error)
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    if release:
        _tell(shared_changes(before, products, current))
        close(ledger, products)
    elif new:
        ledgers.write(ledger, LEDGER)
    readme = product_table.README
    readme.write_text(product_table.renew(readme.read_text(encoding="utf-8"), products), encoding="utf-8")
    for product in products:
        outcome = "create" if product.identifier in new else "identical"
        print(f"{outcome:>9}  {product.identifier} {product.version}")  # noqa: T201
    return 0


def _raise_and_tell(
    ledger: Ledger, products: Iterable[Product], current: Mapping[str, Digests], part: str, note: str
) -> None:
    new = _raise(ledger, products, current, part, note)
    for product, version in new:
        print(f"{'update':>9}  {product.identifier} {product.version} to {version}")  # noqa: T201
    if not new:
        print("No product differs from what was released: nothing is raised.")  # noqa: T201
        return
    _tell(shared_changes(ledger, products, current))
    print(f"Run `{COMMAND}` to record what was raised.")  # noqa: T201


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201


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


if __name__ == "__main__":
    # To look for garbage among the objects of the CDK's library, all of which are in use, takes long.
    gc.disable()
    sys.exit(main())
