"""Artifacts in S3, encrypted with the key of their store.

S3 itself does not ask the key's policy here, so this does on its behalf: whoever writes an encrypted object
needs `kms:GenerateDataKey`, whoever reads it `kms:Decrypt`
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from ministack.services import kms

from emulator.core import authorization
from emulator.core.service import ServiceError
from emulator.iam import credentials


class Location(NamedTuple):
    """An object."""

    bucket: str
    key: str

    @property
    def arn(self) -> str:
        """ARN of the object."""
        return f"arn:aws:s3:::{self.bucket}/{self.key}"


def location(path: str) -> Location:
    """Return the object of `bucket/key`, or of an ARN."""
    bucket, _, key = path.removeprefix("arn:aws:s3:::").partition("/")
    return Location(bucket, key)


@dataclass(frozen=True, kw_only=True)
class ArtifactStore:
    """Reads and writes artifacts on the credentials of a role.

    Attributes:
        credentials: Temporary credentials of the role.
        account: Account of the role.
        region: Region of the objects.
    """

    credentials: dict[str, Any]
    account: str
    region: str

    def read(self, place: Location) -> bytes:
        """Read an object.

        Raises:
            ClientError: S3 does not let the role.
            ServiceError: The key of the object does not let it.
        """
        answer = self._client().get_object(Bucket=place.bucket, Key=place.key)
        content: bytes = answer["Body"].read()
        if "SSEKMSKeyId" in answer:
            self._check_key("kms:Decrypt", answer["SSEKMSKeyId"], place)
        return content

    def write(self, place: Location, content: bytes, key: str | None) -> None:
        """Write an object.

        Args:
            place: Where.
            content: What.
            key: ARN of the KMS key or alias that encrypts it; None for S3's own.

        Raises:
            ClientError: S3 does not let the role.
            ServiceError: The key does not let it.
        """
        encryption: dict[str, str] = {}
        if key:
            self._check_key("kms:GenerateDataKey", key, place)
            encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
        self._client().put_object(Bucket=place.bucket, Key=place.key, Body=content, **encryption)

    def _client(self) -> Any:
        return credentials.client("s3", self.credentials, self.region)

    def _check_key(self, action: str, key: str, place: Location) -> None:
        key_arn = self._key_arn(key)
        reason = authorization.refusal(
            authorization.principal_of_key(self.credentials["AccessKeyId"], self.account),
            action,
            key_arn,
            region=self.region,
            condition_keys={
                "kms:CallerAccount": self.account,
                "kms:EncryptionContext:aws:s3:arn": place.arn,
                "kms:ViaService": f"s3.{self.region}.amazonaws.com",
            },
            resource_policy=kms.key_policy_for_arn(key_arn),
        )
        if reason is not None:
            raise ServiceError("AccessDenied", reason)

    def _key_arn(self, key: str) -> str:
        """Return the ARN of a key that is given by its id, its ARN, or the ARN of an alias."""
        if not key.startswith("arn:"):
            return f"arn:aws:kms:{self.region}:{self.account}:key/{key}"
        prefix, separator, _ = key.partition(":alias/")
        if not separator:
            return key
        region, account = key.split(":")[3:5]
        return f"{prefix}:key/{kms._aliases.get_scoped(account, region, key)}"
