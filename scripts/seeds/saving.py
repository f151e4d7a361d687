"""The way of each change in a workspace back to the layer that it belongs to."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from base.places import REPOSITORY
from base.seeds import MANIFEST, SEED_CODE, Layer, Seed, SeedError
from base.trees import PART, digest_of, files_of
from scripts.console.change import Change, OperatorError, Outcome
from scripts.seeds.files import alone, refuse_unwritable, remove, told, write
from scripts.seeds.opened import RECORD, Opened, OpenedFile

_AGAIN = "open the seed again in another folder, and copy your change there."


@dataclass(frozen=True, kw_only=True)
class _Edit:
    """One file of a layer, and its new content; None deletes it."""

    layer: str
    file: str
    content: bytes | None

    @property
    def digest(self) -> str | None:
        return None if self.content is None else hashlib.sha256(self.content).hexdigest()

    def path(self, root: Path) -> Path:
        return root / self.layer / self.file

    def apply(self, root: Path) -> None:
        if self.content is None:
            remove(self.path(root), root / self.layer)
        else:
            write(self.path(root), self.content)

    def outcome(self, root: Path) -> Outcome:
        path = self.path(root)
        if self.content is None:
            return Outcome.DELETE if path.exists() else Outcome.IDENTICAL
        if not path.is_file():
            return Outcome.CREATE
        return Outcome.IDENTICAL if path.read_bytes() == self.content else Outcome.UPDATE


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
    none is in another layer now, and each seed can still be composed. Repeated after an interruption, also
    with further changes in the workspace, it comes to its end. Saves wait for one another.

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
    consequence = "Mend this, and repeat the command: what has been saved so far stays."
    with told(consequence), alone(root):
        try:
            yield from _save(folder, seeds=seeds, layer=layer, root=root, pretend=pretend)
        except SeedError as error:
            raise OperatorError(f"{error} Nothing has been saved.") from error


def _save(
    folder: Path, *, seeds: Iterable[Seed], layer: str | None, root: Path, pretend: bool
) -> Iterator[Change]:
    opened, seeds = Opened.read(folder), tuple(seeds)
    if Seed(*opened.layers) not in seeds:
        raise OperatorError(
            f"No product begins with {', '.join(opened.layers)} any more, of which {folder} was composed: "
            f"{_AGAIN}"
        )
    target = layer or opened.layers[-1]
    if target not in opened.layers:
        raise OperatorError(
            f"The layer {target} is none of this seed: name one of {', '.join(opened.layers)}."
        )
    edits = _edits(folder, opened, target, root)
    if not edits:
        yield Change(Outcome.IDENTICAL, str(folder))
        return
    every = [*edits, *_manifests(edits, opened, root)]
    _try_out(edits, every, opened, root, seeds)
    refuse_unwritable([*(edit.path(root) for edit in every), folder / RECORD])
    if not pretend:
        # Where this save is killed, the next one knows the contents before it and after it.
        opened = _begun(opened, edits, root)
        opened.write(folder)
    for edit in every:
        yield Change(edit.outcome(root), str(edit.path(root).relative_to(_shown_from(root))))
        if not pretend:
            edit.apply(root)
    if not pretend:
        files = {file: each for file, each in {**opened.files, **opened.saving}.items() if each.digest}
        opened.model_copy(update={"files": files, "saving": {}}).write(folder)


def _edits(folder: Path, opened: Opened, target: str, root: Path) -> list[_Edit]:
    """What has to happen to which file of which layer: deletions first, which may make room for folders."""
    now = {file: path for file, path in files_of(folder) if file != RECORD}
    if MANIFEST in now:
        raise OperatorError(f"{MANIFEST} is what a layer's manifest is called: give your file another name.")
    edits = []
    for file in sorted({*now, *opened.files, *opened.saving}):
        known, begun = opened.files.get(file), opened.saving.get(file)
        if known and not begun and file in now and digest_of(now[file]) == known.digest:
            continue
        where = known or begun
        if begun and begun.digest and not known and file in now and begun.layer != target:
            raise OperatorError(
                f"A save that was interrupted has begun to write {file} into the layer {begun.layer}: finish "
                f"it first, with --layer {begun.layer}."
            )
        edit = _Edit(
            layer=where.layer if where else target,
            file=file,
            content=now[file].read_bytes() if file in now else None,
        )
        ours = {known.digest if known else None, *([begun.digest] if begun else [])}
        _refuse_conflict(edit, _digest_in(root, edit), ours)
        edits.append(edit)
    return sorted(edits, key=lambda edit: (edit.content is not None, edit.file))


def _refuse_conflict(edit: _Edit, there: str | None, ours: set[str | None]) -> None:
    if there != edit.digest and there not in ours:
        raise OperatorError(
            f"{edit.file} has changed in the layer {edit.layer} since this folder was opened, and here too: "
            f"{_AGAIN}"
        )


def _begun(opened: Opened, edits: Iterable[_Edit], root: Path) -> Opened:
    """What the record says while edits are made."""
    edits = list(edits)
    before = {edit.file: OpenedFile(layer=edit.layer, digest=_digest_in(root, edit)) for edit in edits}
    after = {edit.file: OpenedFile(layer=edit.layer, digest=edit.digest) for edit in edits}
    files = {file: each for file, each in {**opened.files, **before}.items() if each.digest}
    return opened.model_copy(update={"files": files, "saving": after})


def _digest_in(root: Path, edit: _Edit) -> str | None:
    path = edit.path(root)
    return digest_of(path) if path.is_file() else None


def _manifests(edits: Iterable[_Edit], opened: Opened, root: Path) -> list[_Edit]:
    """The manifests that have to name a new file, or may no longer name one."""
    changed = []
    for name in opened.layers:
        manifest = Layer.manifest_of(name, root)
        if not manifest.on:
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


def _try_out(
    edits: Iterable[_Edit], every: Iterable[_Edit], opened: Opened, root: Path, seeds: Iterable[Seed]
) -> None:
    """Do everything in a copy, compose each seed of it, and find every change in the seed that was opened."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "layers")
        left = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv", f"*{PART}")
        shutil.copytree(root, copy, ignore=left)
        try:
            for edit in every:
                edit.apply(copy)
            for seed in seeds:
                seed.origins(copy)
            composed = Seed(*opened.layers).origins(copy)
        except SeedError as error:
            raise SeedError(str(error).replace(str(copy), str(root))) from error
        except OSError as error:
            raise OperatorError(
                f"{str(error.filename).removeprefix(f'{copy}/')}: {error.strerror}. Nothing has been saved: "
                "a file and a folder cannot have one name."
            ) from error
        for edit in edits:
            shown = composed.get(edit.file)
            if shown and (edit.content is None or shown.name != edit.layer):
                raise OperatorError(
                    f"{edit.file} was of the layer {edit.layer} when this folder was opened, and is now of "
                    f"the layer {shown.name}: {_AGAIN}"
                )


def _shown_from(root: Path) -> Path:
    return REPOSITORY if root.is_relative_to(REPOSITORY) else root
