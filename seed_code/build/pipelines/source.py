"""The scripts of the steps, stored under a key that follows from their content.

Equal scripts give equal keys, and so an equal pipeline definition.
"""

import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

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
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.py"))}
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
    def prefix(self) -> str:
        """Key prefix of everything that is uploaded."""
        return f"code/{self.digest[:32]}"

    @property
    def archive_key(self) -> str:
        """Key of the archive."""
        return f"{self.prefix}/sourcedir.tar.gz"

    @property
    def files_prefix(self) -> str:
        """Key prefix of the single files."""
        return f"{self.prefix}/src"

    def upload(self, s3: Any, *, bucket: str, kms_key_arn: str) -> None:
        """Store the scripts; storing them twice changes nothing.

        Args:
            s3: A boto3 S3 client.
            bucket: The project's bucket.
            kms_key_arn: The project's key.
        """
        objects = {self.archive_key: self.archive}
        objects |= {f"{self.files_prefix}/{name}": content for name, content in self.files.items()}
        for key, body in objects.items():
            s3.put_object(
                Bucket=bucket, Key=key, Body=body, ServerSideEncryption="aws:kms", SSEKMSKeyId=kms_key_arn
            )
