"""Seeds: what a team's repository starts with, composed of layers.

A layer is a folder below ``seed_code`` with whole files and a manifest, ``layer.toml``:

* ``about``: what it is, in a sentence.
* ``on``: the layer that it lies on, or a list of layers, one of which has to be there; a base has none, and
  all of its files belong to it.
* ``adds``, ``replaces``: the files of a layer that is no base, each in one of both.

A file is never merged and never rewritten: what a team gets is one of the files that lie here.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from base.places import BUILD, REPOSITORY
from base.trees import assemble, files_of
from base.user_error import UserError

SEED_CODE = REPOSITORY / "seed_code"
SEEDS = BUILD / "seeds"
MANIFEST = "layer.toml"


class SeedError(UserError):
    """The layers of a seed do not fit; the message says which file of which layer, and what to do."""


def _one_or_several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Manifest(BaseModel):
    """What ``layer.toml`` says.

    Attributes:
        about: What the layer is, in a sentence.
        on: The layers of which one has to be below; none for a base. The file names a single one as a text.
        adds: Files that the layers below do not have.
        replaces: Files that one of the layers below has.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    on: Annotated[tuple[str, ...], BeforeValidator(_one_or_several)] = ()
    adds: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()

    def to_toml(self) -> str:
        """The manifest as it stands in its file."""
        lines = [f"about = {json.dumps(self.about)}"]
        if self.on:
            lines.append(f"on = {json.dumps(self.on if len(self.on) > 1 else self.on[0])}")
            for key, files in (("adds", self.adds), ("replaces", self.replaces)):
                inner = "".join(f"\n  {json.dumps(file)}," for file in files)
                lines.append(f"{key} = [{inner}{chr(10) if files else ''}]")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Layer:
    """A layer, as it is in the repository.

    Attributes:
        name: Its folder below ``seed_code``.
        manifest: What it says of itself.
        files: Its files, by their names in a seed.
    """

    name: str
    manifest: Manifest
    files: Mapping[str, Path]

    @classmethod
    def read(cls, name: str, root: Path = SEED_CODE) -> "Layer":
        """Read a layer, and compare its manifest with its files.

        Args:
            name: Its folder below the root.
            root: Where layers lie.

        Raises:
            SeedError: If there is none, or its manifest is not as it must be.
        """
        manifest = cls.manifest_of(name, root)
        layer = cls(name, manifest, {file: each for file, each in files_of(root / name) if file != MANIFEST})
        layer._check(root / name / MANIFEST)
        return layer

    @staticmethod
    def manifest_of(name: str, root: Path = SEED_CODE) -> Manifest:
        """Read the manifest of a layer.

        Args:
            name: Its folder below the root.
            root: Where layers lie.

        Raises:
            SeedError: If there is none, or it cannot be read.
        """
        path = root / name / MANIFEST
        if not path.is_file():
            raise SeedError(f"There is no layer {name}: {path} is missing.")
        try:
            return Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
            raise SeedError(f"{path} cannot be read: {' '.join(str(error).split())}") from error

    def _check(self, path: Path) -> None:
        listed = (*self.manifest.adds, *self.manifest.replaces)
        if not self.manifest.on:
            if listed:
                raise SeedError(f"{path}: all files of a base belong to it, so remove adds and replaces.")
            return
        if twice := sorted({file for file in listed if listed.count(file) > 1}):
            raise SeedError(f"{path} names {', '.join(twice)} twice: a file is added, or replaced.")
        if absent := sorted(set(listed) - set(self.files)):
            raise SeedError(f"{path} names {', '.join(absent)}, and there is no such file in the layer.")
        if unnamed := sorted(set(self.files) - set(listed)):
            raise SeedError(f"{path} does not name {', '.join(unnamed)}: add it to adds or replaces.")


@dataclass(frozen=True, init=False)
class Seed:
    """The layers of a repository, the base first.

    Attributes:
        layers: Their names.
    """

    layers: tuple[str, ...]

    def __init__(self, *layers: str) -> None:
        """Name the layers.

        Args:
            layers: Their names, the base first.
        """
        object.__setattr__(self, "layers", layers)

    @property
    def name(self) -> str:
        """What the seed is called, for folders and messages."""
        return "+".join(self.layers).replace("/", "-")

    def origins(self, root: Path = SEED_CODE) -> Mapping[str, Layer]:
        """The layer that gives each file, by the file's name.

        Args:
            root: Where layers lie.

        Raises:
            SeedError: If the layers do not fit.
        """
        found: dict[str, Layer] = {}
        below: set[str] = set()
        for name in self.layers:
            layer = Layer.read(name, root)
            lower = " or ".join(layer.manifest.on) or "nothing"
            if not below and layer.manifest.on:
                raise SeedError(f"The layer {name} lies on {lower}: name that one first.")
            if below and not below.intersection(layer.manifest.on):
                raise SeedError(f"The layer {name} lies on {lower}, and not on {', '.join(self.layers)}.")
            for file in layer.manifest.replaces:
                if file not in found:
                    raise SeedError(f"The layer {name} replaces {file}, which no layer below it has: add it.")
            for file in layer.files:
                if file in found and file not in layer.manifest.replaces:
                    raise SeedError(
                        f"The layer {name} adds {file}, which {found[file].name} has already: replace it."
                    )
                found[file] = layer
            below.add(name)
        return found

    def compose(self, root: Path = SEED_CODE) -> Path:
        """Put the repository together.

        Args:
            root: Where layers lie.

        Returns:
            A folder whose content is a team's first commit; leave it as it is.

        Raises:
            SeedError: If the layers do not fit.
        """
        files = {file: layer.files[file] for file, layer in self.origins(root).items()}
        return assemble(SEEDS, self.name, files)
