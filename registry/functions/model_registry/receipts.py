"""Receipts: what a central model version is, where it comes from, and who decided what about it.

A receipt is beside the artifact of its version and is written once. The version holds its digest, so that
a receipt that was changed or exchanged is known. What is decided later, each in a file of its own below the
receipt, names that digest too. The bucket's policy lets nobody delete any of them, and lets each kind of
decision be written by its own role alone.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from botocore.exceptions import ClientError

from .central_bucket import CentralBucket
from .errors import RegistryError, error_code, explained
from .locations import parse
from .records import (
    DECISIONS,
    FORMAT,
    MAXIMUM_METADATA_VALUE,
    RECEIPT,
    RECEIPT_SHA256,
    RECEIPT_URI,
    WHAT_TO_DO,
    Decision,
    Kind,
    Receipt,
    has_receipt,
    timestamp,
)

ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class ReceiptBook(CentralBucket):
    """Writes and reads the receipts of the central registry, and the decisions below them."""

    def write(self, folder: str, content: Mapping[str, Any]) -> str:
        """Write the receipt of a version, once: what another try has written stays.

        Args:
            folder: What the keys of the version's objects begin with, ending with a slash.
            content: From `receipt_content`.

        Returns:
            The digest of what is there, in hexadecimal digits.

        Raises:
            RegistryError: If a receipt of another version is there.
        """
        body = self._put_once(f"{folder}{RECEIPT}", content)
        there = _object(body)
        if there.get("central_model_package_arn") != content["central_model_package_arn"]:
            raise RegistryError(
                f"s3://{self.bucket}/{folder}{RECEIPT} is the receipt of "
                f"{there.get('central_model_package_arn')}, not of {content['central_model_package_arn']}: "
                "register the model again in its own account, so that it gets a folder of its own."
            )
        return hashlib.sha256(body).hexdigest()

    def metadata(self, folder: str, sha256: str) -> dict[str, str]:
        """What a version says of its receipt, as customer metadata.

        Args:
            folder: What the keys of the version's objects begin with.
            sha256: The digest that `write` gave.

        Raises:
            RegistryError: If the place has too long a name to be noted.
        """
        uri = f"s3://{self.bucket}/{folder}{RECEIPT}"
        if len(uri) > MAXIMUM_METADATA_VALUE:
            raise RegistryError(
                f"{uri} has {len(uri)} characters, and the metadata of a version takes "
                f"{MAXIMUM_METADATA_VALUE}: keep the artifact in a folder with a shorter name."
            )
        return {RECEIPT_URI: uri, RECEIPT_SHA256: sha256}

    def read(self, version: Mapping[str, Any]) -> Receipt:
        """Read the receipt of a version, and check that it is the one that was written.

        Args:
            version: What DescribeModelPackage says of the central version.

        Raises:
            RegistryError: If there is none, or it is not what the version says it is.
        """
        arn = version["ModelPackageArn"]
        if not has_receipt(version):
            raise RegistryError(
                f"{arn} has no receipt: promotion or release writes it; see why not in their dead letters, "
                "and replay them."
            )
        stated = version["CustomerMetadataProperties"]
        location = parse(stated[RECEIPT_URI], field=RECEIPT_URI)
        if location.bucket != self.bucket or location.name != RECEIPT:
            raise RegistryError(
                f"{arn} names {location.uri} as its receipt, which is none of {self.bucket}: {WHAT_TO_DO}"
            )
        body = self._get(location.key)
        if body is None:
            raise RegistryError(f"The receipt {location.uri} of {arn} is gone: {WHAT_TO_DO}")
        digest = hashlib.sha256(body).hexdigest()
        if digest != stated[RECEIPT_SHA256]:
            raise RegistryError(
                f"The receipt {location.uri} has the digest {digest}, and {arn} says "
                f"{stated[RECEIPT_SHA256]}: one of them was tampered with; {WHAT_TO_DO}"
            )
        content = _object(body)
        if content.get("format") != FORMAT or content.get("central_model_package_arn") != arn:
            raise RegistryError(
                f"The receipt {location.uri} speaks for {content.get('central_model_package_arn')} in format "
                f"{content.get('format')}, and not for {arn} in format {FORMAT}: {WHAT_TO_DO}"
            )
        return Receipt(bucket=self.bucket, folder=location.parent, sha256=digest, content=content)

    def decide(
        self,
        receipt: Receipt,
        kind: Kind,
        identifier: str,
        *,
        by: str,
        time: datetime,
        details: Mapping[str, Any],
    ) -> Decision:
        """Record a decision, once: what was recorded under the same identifier stays.

        Args:
            receipt: The receipt of the version.
            kind: What kind of decision.
            identifier: Tells it from others of its kind, and is the same at every try.
            by: Who decided.
            time: When.
            details: What else there is to say, by name.

        Returns:
            The decision as it is recorded.

        Raises:
            RegistryError: If what is recorded belongs to another receipt.
        """
        key = _decision_key(receipt, kind, identifier)
        content = {
            "by": by,
            "details": dict(details),
            "id": identifier,
            "kind": kind,
            "model_package_arn": receipt.model_package_arn,
            "receipt_sha256": receipt.sha256,
            "time": timestamp(time),
        }
        return self._decision(receipt, key, self._put_once(key, content))

    def decisions(self, receipt: Receipt, kind: Kind | None = None) -> list[Decision]:
        """The decisions about a version, oldest first.

        Args:
            receipt: The receipt of the version.
            kind: Only those of one kind.

        Raises:
            RegistryError: If one of them was not made for this receipt.
        """
        listed = self.listed(f"{receipt.folder}{DECISIONS}{f'{kind}-' if kind else ''}")
        keys = [item["Key"] for item in listed]
        bodies = {key: self._get(key) for key in keys}
        found = [self._decision(receipt, key, body) for key, body in bodies.items() if body is not None]
        return sorted(
            # The name of one kind begins with that of another.
            (decision for decision in found if kind in (None, decision.kind)),
            key=lambda decision: (decision.time, get_args(Kind).index(decision.kind)),
        )

    def _decision(self, receipt: Receipt, key: str, body: bytes) -> Decision:
        content = _object(body)
        try:
            decision = Decision(
                kind=content["kind"],
                id=content["id"],
                time=content["time"],
                by=content["by"],
                details=content["details"],
            )
            genuine = (
                decision.kind in get_args(Kind)
                and key == _decision_key(receipt, decision.kind, decision.id)
                and content["receipt_sha256"] == receipt.sha256
            )
        except KeyError:
            genuine = False
        if not genuine:
            raise RegistryError(
                f"s3://{self.bucket}/{key} is no decision about the receipt {receipt.uri}: {WHAT_TO_DO}"
            )
        return decision

    def _put_once(self, key: str, content: Mapping[str, Any]) -> bytes:
        """Write an object unless there is one, and give what is there."""
        body = (
            json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        ).encode()
        for _ in range(ROUNDS):
            try:
                with explained(denied=f"This role may not write s3://{self.bucket}/{key}: another one does."):
                    self.s3.put_object(
                        Bucket=self.bucket,
                        Key=key,
                        Body=body,
                        ContentType="application/json",
                        ChecksumAlgorithm="SHA256",
                        IfNoneMatch="*",
                        ExpectedBucketOwner=self.account,
                    )
                return body
            except ClientError as error:
                # The second means that another is writing at this moment.
                # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
                if error_code(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                    raise
            there = self._get(key)
            if there is not None:
                return there
        raise RegistryError(f"Others are writing s3://{self.bucket}/{key} all the time: try again.")

    def _get(self, key: str) -> bytes | None:
        with explained(denied=f"This role may not read s3://{self.bucket}/{key}."):
            return self.content(key)


def _decision_key(receipt: Receipt, kind: str, identifier: str) -> str:
    return f"{receipt.folder}{DECISIONS}{kind}-{identifier}.json"


def _object(body: bytes) -> Mapping[str, Any]:
    """A JSON object; empty if the text is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
