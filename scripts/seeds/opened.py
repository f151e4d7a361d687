"""What a workspace was composed of, kept in the workspace."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from scripts.console.change import OperatorError
from scripts.seeds.files import write

RECORD = ".seed.json"
"""The record's file."""


def _below(name: str) -> str:
    """Refuse a name that leads out of its folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.as_posix() != name or name == ".":
        raise ValueError(f"{name} is no path below a folder")
    return name


Name = Annotated[str, AfterValidator(_below)]


class OpenedFile(BaseModel):
    """A file of a layer.

    Attributes:
        layer: The layer.
        digest: The SHA-256 of its content; None where a save deletes it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    layer: Name
    digest: str | None


class Opened(BaseModel):
    """What a workspace was composed of.

    Attributes:
        product: The product whose seed it is.
        layers: The seed's layers.
        files: The layer and the content of each file, by its name.
        saving: What a save that has not come to its end writes, likewise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: str
    layers: Annotated[tuple[Name, ...], Field(min_length=1)]
    files: Mapping[Name, OpenedFile]
    saving: Mapping[Name, OpenedFile] = {}

    @model_validator(mode="after")
    def _files_are_of_the_layers(self) -> "Opened":
        for file, each in (*self.files.items(), *self.saving.items()):
            if each.layer not in self.layers:
                raise ValueError(f"{file} is of the layer {each.layer}, which is none of the seed")
        return self

    @classmethod
    def read(cls, folder: Path) -> "Opened":
        """Read the record of a workspace.

        Args:
            folder: The workspace.

        Raises:
            OperatorError: If the folder is none.
        """
        try:
            return cls.model_validate_json((folder / RECORD).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise OperatorError(
                f"{folder} is no open seed, because {RECORD} is missing: open one first "
                "(catalog seed open PRODUCT FOLDER)."
            ) from error
        except (OSError, ValidationError, UnicodeDecodeError) as error:
            raise OperatorError(
                f"{folder / RECORD} is damaged or cannot be read: open the seed again in another folder, and "
                "copy your changes there."
            ) from error

    def write(self, folder: Path) -> None:
        """Write the record into a workspace.

        Args:
            folder: The workspace.
        """
        write(folder / RECORD, (self.model_dump_json(indent=1) + "\n").encode())
