"""Zip archives: what pipelines, builds and repositories hand to one another."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def pack(files: Mapping[str, Path]) -> bytes:
    """Return an archive of files; equal files give an equal archive.

    Args:
        files: The files by their path inside the archive.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = path.stat().st_mode << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Unpack an archive into a folder, with the permissions of its files.

    Raises:
        zipfile.BadZipFile: The content is not a zip archive.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            permissions = entry.external_attr >> 16 & 0o777
            if permissions and not entry.is_dir():
                path.chmod(permissions)


def read(content: bytes) -> dict[str, bytes]:
    """Return the files of an archive by their path.

    Raises:
        zipfile.BadZipFile: The content is not a zip archive.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
