"""What promotion will put into a receipt, kept from before the central version exists.

A receipt names the central version, so it comes after it. If promotion ends in between, and the team deletes
its version meanwhile, the draft still says what was promoted and who had approved it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..central_bucket import CentralBucket

DRAFT = "receipt-draft.json"


@dataclass(frozen=True, kw_only=True)
class Drafts(CentralBucket):
    """The drafts of receipts in the central bucket."""

    def write(self, folder: str, content: Mapping[str, Any]) -> None:
        """Keep the draft of a version's receipt; the last one counts.

        Args:
            folder: What the keys of the version's objects begin with, ending with a slash.
            content: The receipt's content, without the central version.
        """
        self.s3.put_object(
            Bucket=self.bucket,
            Key=f"{folder}{DRAFT}",
            Body=json.dumps(content, sort_keys=True, indent=2).encode(),
            ContentType="application/json",
            ExpectedBucketOwner=self.account,
        )

    def read(self, folder: str) -> dict[str, Any] | None:
        """The draft of a version's receipt, or None if there is none."""
        body = self.content(f"{folder}{DRAFT}")
        return None if body is None else json.loads(body)
