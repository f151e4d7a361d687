"""A composed seed in a folder to work in."""

from collections.abc import Iterator
from pathlib import Path

from base.seeds import SEED_CODE, Seed, SeedError
from base.trees import digest_of
from scripts.console.change import Change, OperatorError, Outcome
from scripts.seeds.files import alone, told, write
from scripts.seeds.opened import Opened, OpenedFile


def open_seed(
    product: str, seed: Seed, folder: Path, *, root: Path = SEED_CODE, pretend: bool = False
) -> Iterator[Change]:
    """Write a composed seed into a folder.

    Args:
        product: The product's identifier.
        seed: Its seed.
        folder: The folder; made if it is not there.
        root: Where layers lie.
        pretend: Only tell what would be done.

    Yields:
        Each file.

    Raises:
        OperatorError: If the folder holds something already or cannot be written, or the layers do not fit.
    """
    with told(f"{folder} is no open seed yet: name a new folder that you may write."), alone(root):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise OperatorError(f"{folder} is not empty: name a new folder, so that nothing in it is lost.")
        if folder.resolve().is_relative_to(root.resolve()):
            raise OperatorError(f"{folder} is among the layers: name a folder outside of {root}.")
        try:
            origins = seed.origins(root)
        except SeedError as error:
            raise OperatorError(str(error)) from error
        for file, layer in sorted(origins.items()):
            if not pretend:
                write(folder / file, layer.files[file].read_bytes())
            yield Change(Outcome.CREATE, f"{file} (of {layer.name})")
        if not pretend:
            files = {
                file: OpenedFile(layer=layer.name, digest=digest_of(layer.files[file]))
                for file, layer in origins.items()
            }
            Opened(product=product, layers=seed.layers, files=files).write(folder)
