"""What the steps run and read, stored under keys that follow from the content.

Equal scripts and texts give equal keys, and so an equal pipeline definition.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pipelines.configuration import ModelCard

FOLDER = Path(__file__).parent.parent / "src"


@dataclass(frozen=True)
class Source:
    """The scripts, as they go to S3.

    Attributes:
        digest: SHA-256 of the archive.
        archive: ``sourcedir.tar.gz`` for the training step.
        files: Content by file name, for the processing steps.
    """

    digest: str
    archive: bytes
    files: dict[str, bytes]

    @classmethod
    def pack(cls, folder: Path = FOLDER) -> Self:
        """Read the scripts of a folder; names and contents decide, times and owners do not."""
        # A source of data may bring a query along.
        paths = sorted((*folder.glob("*.py"), *folder.glob("*.sql")))
        files = {path.name: path.read_bytes() for path in paths}
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        plain = buffer.getvalue()
        # The digest is of the plain archive: compressed bytes may differ between versions of zlib.
        return cls(hashlib.sha256(plain).hexdigest(), gzip.compress(plain, mtime=0), files)

    @property
    def archive_key(self) -> str:
        """Key of the archive."""
        return f"{_prefix(self.digest)}/sourcedir.tar.gz"

    @property
    def files_prefix(self) -> str:
        """Key prefix of the single files, with a slash at its end."""
        return f"{_prefix(self.digest)}/src/"

    @property
    def objects(self) -> dict[str, bytes]:
        """Everything that is stored, by its key."""
        files = {f"{self.files_prefix}{name}": content for name, content in self.files.items()}
        return {self.archive_key: self.archive, **files}


@dataclass(frozen=True)
class CardTexts:
    """What `config.toml` says for the model card, as it goes to S3.

    Attributes:
        content: ``model_card.json``.
    """

    content: bytes

    @classmethod
    def of(cls, model_card: ModelCard) -> Self:
        """Write the settings down."""
        return cls(json.dumps(model_card.model_dump(), sort_keys=True, ensure_ascii=False).encode())

    @property
    def key(self) -> str:
        """Key of the file."""
        return f"{_prefix(hashlib.sha256(self.content).hexdigest())}/model_card.json"

    @property
    def objects(self) -> dict[str, bytes]:
        """Everything that is stored, by its key."""
        return {self.key: self.content}


def upload(s3: Any, objects: Mapping[str, bytes], *, bucket: str, kms_key_arn: str) -> None:
    """Store objects; storing them twice changes nothing.

    Args:
        s3: A boto3 S3 client.
        objects: Contents by key.
        bucket: The project's bucket.
        kms_key_arn: The project's key.
    """
    for key, body in objects.items():
        s3.put_object(
            Bucket=bucket, Key=key, Body=body, ServerSideEncryption="aws:kms", SSEKMSKeyId=kms_key_arn
        )


def _prefix(digest: str) -> str:
    return f"code/{digest[:32]}"
