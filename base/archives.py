"""Zip archives of folders that `base.trees.assemble` has put together."""

import tempfile
import zipfile
from pathlib import Path

from base.trees import COMPILED, PART

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
"""Lambda reads the files of a function as another user than the one that owns them."""


def archive(folder: Path) -> Path:
    """Zip a folder into a file beside it; one that is there is used again, since the folder's name says all.

    Several processes may zip the same folder at once.

    Args:
        folder: A folder that `assemble` returned.
    """
    target = folder.with_name(f"{folder.name}.zip")
    if target.exists():
        return target
    with (
        tempfile.NamedTemporaryFile(dir=folder.parent, suffix=PART, delete=False) as draft,
        zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and COMPILED not in path.parts:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EARLIEST)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = _READABLE
                written.writestr(entry, path.read_bytes())
    Path(draft.name).replace(target)
    return target
