"""`catalog seed`: open the seed of a product in a folder, and save what was changed there."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.command import Pretend, output, report, sentences
from scripts.seeds.opened import Opened
from scripts.seeds.saving import save_seed
from scripts.seeds.workspace import open_seed

if TYPE_CHECKING:
    from base.seeds import Seed

app = typer.Typer(no_args_is_help=True, help="Work on what a product's repositories begin with.")

Layer = Annotated[
    str | None, typer.Option("--layer", help="Where new files go; by default the uppermost layer.")
]


@app.command(name="open")
def open_command(
    product: Annotated[str, typer.Argument(help="The product, such as build_from_s3.")],
    folder: Annotated[Path, typer.Argument(help="A new folder to work in.")],
    pretend: Pretend = False,
) -> None:
    """Write the composed seed of a product into a folder."""
    with sentences():
        seeds = _seeds()
        if product not in seeds:
            raise OperatorError(f"No product {product} has a seed: name one of {', '.join(seeds)}.")
        report(open_seed(product, seeds[product], folder, pretend=pretend), pretend=pretend)
        if not pretend:
            output.print(
                f"Work in {folder}, run its checks (make check), and save your changes to their layers:"
            )
            output.print(f"  scripts/catalog seed save {folder}")


@app.command()
def save(
    folder: Annotated[Path, typer.Argument(help="The folder that the seed was opened in.")],
    layer: Layer = None,
    pretend: Pretend = False,
) -> None:
    """Bring each change back to the layer it belongs to, and say which products it touches."""
    with sentences():
        opened = Opened.read(folder)
        seeds = _seeds()
        changes: list[Change] = []
        saving = save_seed(folder, seeds=seeds.values(), layer=layer, pretend=pretend)
        report(_noted(saving, changes), pretend=pretend)
        touched = [name for name, seed in seeds.items() if any(_is_of(each, seed) for each in changes)]
        if touched:
            sharing = "" if touched == [opened.product] else ", which share a layer"
            output.print(
                f"This changes {', '.join(touched)}{sharing}: raise their versions before you release."
            )


def _noted(changes: Iterable[Change], into: list[Change]) -> Iterator[Change]:
    for change in changes:
        into.append(change)
        yield change


def _is_of(change: Change, seed: "Seed") -> bool:
    """Whether a file of one of a seed's layers changes."""
    return change.outcome is not Outcome.IDENTICAL and any(
        f"/{layer}/" in change.subject for layer in seed.layers
    )


def _seeds() -> "dict[str, Seed]":
    """What each project begins with, by its product's identifier; not every one may compose just now."""
    # Takes seconds, because it loads the CDK.
    from pipelines.assets import SEED  # noqa: PLC0415
    from products.discovery import discover  # noqa: PLC0415

    return {each.identifier: each.seeds[SEED] for each in discover(seeds=False) if SEED in each.seeds}
