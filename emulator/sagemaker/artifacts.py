"""Gzipped tar archives: what SageMaker packs models and code in."""

import tarfile
from pathlib import Path


class ArtifactError(Exception):
    """An archive that cannot be unpacked."""


def unpack(archive: Path, folder: Path, origin: str) -> None:
    """Unpack a gzipped tar archive.

    Args:
        archive: The file.
        folder: Where to; created if missing.
        origin: What an error names.

    Raises:
        ArtifactError: It is not a gzipped tar archive, or it reaches out of its folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, "r:gz") as content:
            # Python before 3.11.4 has no such filter; the archive is the pipeline's own.
            content.extraction_filter = getattr(tarfile, "data_filter", None)
            content.extractall(folder)  # noqa: S202
    except (tarfile.TarError, OSError) as error:
        raise ArtifactError(f"{origin} cannot be unpacked: {error}") from error


def pack(folder: Path, archive: Path) -> None:
    """Pack the content of a folder as SageMaker packs `/opt/ml/model`."""
    with tarfile.open(archive, "w:gz") as content:
        for path in sorted(folder.iterdir()):
            content.add(path, path.name)
