"""A composed seed in a folder to work in, and the way of each change back to its layer."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from base.places import REPOSITORY
from base.seeds import MANIFEST, SEED_CODE, Layer, Seed, SeedError
from base.trees import digest_of, files_of
from scripts.console.change import Change, OperatorError, Outcome

RECORD = ".seed.json"
"""Where a workspace keeps what it was composed of."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    layer: str
    digest: str


class Opened(BaseModel):
    """What a workspace was composed of.

    Attributes:
        product: The product whose seed it is.
        layers: The seed's layers.
        files: The layer and the SHA-256 of each file, by its name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: str
    layers: tuple[str, ...]
    files: Mapping[str, _File]

    @classmethod
    def read(cls, folder: Path) -> "Opened":
        """Read the record of a workspace.

        Raises:
            OperatorError: If the folder is none.
        """
        try:
            return cls.model_validate_json((folder / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValidationError, UnicodeDecodeError) as error:
            raise OperatorError(
                f"{folder} is no open seed, because {RECORD} is missing or damaged: open one first "
                "(catalog seed open PRODUCT FOLDER)."
            ) from error

    def write(self, folder: Path) -> None:
        """Write the record into a workspace."""
        _write(folder / RECORD, (self.model_dump_json(indent=1) + "\n").encode())


@dataclass(frozen=True, kw_only=True)
class _Edit:
    """One file of a layer, and its new content; None deletes it."""

    layer: str
    file: str
    content: bytes | None


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
        OperatorError: If the folder holds something already, or the layers do not fit.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OperatorError(f"{folder} is not empty: name a new folder, so that nothing in it is lost.")
    try:
        origins = seed.origins(root)
    except SeedError as error:
        raise OperatorError(str(error)) from error
    for file, layer in sorted(origins.items()):
        if not pretend:
            _write(folder / file, layer.files[file].read_bytes())
        yield Change(Outcome.CREATE, f"{file} (of {layer.name})")
    if not pretend:
        files = {
            file: _File(layer=layer.name, digest=digest_of(layer.files[file]))
            for file, layer in origins.items()
        }
        Opened(product=product, layers=seed.layers, files=files).write(folder)


def save_seed(
    folder: Path,
    *,
    seeds: Iterable[Seed],
    layer: str | None = None,
    root: Path = SEED_CODE,
    pretend: bool = False,
) -> Iterator[Change]:
    """Bring each change of a workspace back to the layer that the file belongs to.

    Nothing is written unless all of it fits: no file has changed in its layer since the workspace was opened,
    and each seed can still be composed. Run it again after an interruption, and it goes on.

    Args:
        folder: The workspace.
        seeds: All seeds that products begin with.
        layer: Where new files go; by default the uppermost layer.
        root: Where layers lie.
        pretend: Only tell what would be done.

    Yields:
        Each file of a layer that changes.

    Raises:
        OperatorError: If something does not fit; nothing has changed then.
    """
    opened = Opened.read(folder)
    target = layer or opened.layers[-1]
    if target not in opened.layers:
        raise OperatorError(
            f"The layer {target} is none of this seed: name one of {', '.join(opened.layers)}."
        )
    edits = _edits(folder, opened, target, root)
    if not edits:
        yield Change(Outcome.IDENTICAL, str(folder))
        return
    manifests = _manifests(edits, opened, root)
    _try_out([*edits, *manifests], root, seeds)
    for edit in (*edits, *manifests):
        path = root / edit.layer / edit.file
        yield Change(_outcome(path, edit.content), str(path.relative_to(_shown_from(root))))
        if not pretend:
            _apply(edit, root)
    if not pretend:
        files = dict(opened.files)
        for edit in edits:
            if edit.content is None:
                files.pop(edit.file, None)
            else:
                files[edit.file] = _File(layer=edit.layer, digest=digest_of(folder / edit.file))
        opened.model_copy(update={"files": files}).write(folder)


def _edits(folder: Path, opened: Opened, target: str, root: Path) -> list[_Edit]:
    """What has to happen to which file of which layer, in the order of the files' names."""
    now = {file: path for file, path in files_of(folder) if file != RECORD}
    edits = []
    for file in sorted({*now, *opened.files}):
        known = opened.files.get(file)
        if known and file in now and digest_of(now[file]) == known.digest:
            continue
        edit = _Edit(
            layer=known.layer if known else target,
            file=file,
            content=now[file].read_bytes() if file in now else None,
        )
        _refuse_conflict(edit, root / edit.layer / file, known.digest if known else None)
        edits.append(edit)
    return edits


def _refuse_conflict(edit: _Edit, path: Path, opened_with: str | None) -> None:
    there = digest_of(path) if path.is_file() else None
    already = path.read_bytes() == edit.content if path.is_file() else edit.content is None
    if not already and there != opened_with:
        raise OperatorError(
            f"{edit.file} has changed in the layer {edit.layer} since this folder was opened, and here too: "
            "open the seed again in another folder, and bring your change there."
        )


def _manifests(edits: Iterable[_Edit], opened: Opened, root: Path) -> list[_Edit]:
    """The manifests that have to name a new file, or may no longer name one."""
    changed = []
    for name in opened.layers:
        manifest = Layer.manifest_of(name, root)
        if manifest.on is None:
            continue
        own = [edit for edit in edits if edit.layer == name]
        listed = {*manifest.adds, *manifest.replaces}
        new = [edit.file for edit in own if edit.content is not None and edit.file not in listed]
        gone = {edit.file for edit in own if edit.content is None} & listed
        if shown := sorted(gone & set(manifest.replaces)):
            raise OperatorError(
                f"Without {', '.join(shown)} of the layer {name}, the file of a layer below would be there "
                "again: change it instead."
            )
        if new or gone:
            adds = tuple(sorted({*manifest.adds, *new} - gone))
            text = manifest.model_copy(update={"adds": adds}).to_toml()
            changed.append(_Edit(layer=name, file=MANIFEST, content=text.encode()))
    return changed


def _try_out(edits: Iterable[_Edit], root: Path, seeds: Iterable[Seed]) -> None:
    """Compose every seed of a copy in which everything is done."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "layers")
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns("__pycache__", ".*_cache", ".venv"))
        for edit in edits:
            _apply(edit, copy)
        try:
            for seed in seeds:
                seed.origins(copy)
        except SeedError as error:
            raise OperatorError(f"{error} Nothing has been saved.") from error


def _apply(edit: _Edit, root: Path) -> None:
    path = root / edit.layer / edit.file
    if edit.content is None:
        path.unlink(missing_ok=True)
    else:
        _write(path, edit.content)


def _outcome(path: Path, content: bytes | None) -> Outcome:
    if content is None:
        return Outcome.DELETE if path.exists() else Outcome.IDENTICAL
    if not path.exists():
        return Outcome.CREATE
    return Outcome.IDENTICAL if path.read_bytes() == content else Outcome.UPDATE


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _shown_from(root: Path) -> Path:
    return REPOSITORY if root.is_relative_to(REPOSITORY) else root
