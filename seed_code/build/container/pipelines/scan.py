"""What Amazon ECR's scan found in an image, and whether that is too much for `container.toml`.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from pipelines.configuration import ConfigurationError

SETTINGS_FILE = Path(__file__).parent.parent / "container.toml"
SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
"""From the worst on. UNTRIAGED, UNDEFINED and INFORMATIONAL never stop."""

# A scan takes a minute or two; ACTIVE is what Amazon Inspector says of an image that it keeps scanning.
DONE = ("COMPLETE", "ACTIVE")
PAUSE_SECONDS = 5
ATTEMPTS = 120
MOST_NAMED = 10


class ScanError(Exception):
    """The image is not to be used; the message is one sentence for a person."""


class Finding(NamedTuple):
    """A vulnerability."""

    name: str
    severity: str


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scan(_Section):
    """The section ``scan`` of `container.toml`."""

    stops_at: Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "NEVER"]
    accepted: dict[str, Annotated[str, StringConstraints(min_length=10)]]

    @property
    def stopping(self) -> tuple[str, ...]:
        """The severities that stop the build."""
        return () if self.stops_at == "NEVER" else SEVERITIES[: SEVERITIES.index(self.stops_at) + 1]

    def minds(self, finding: Finding) -> bool:
        """Whether a finding stops the build."""
        return finding.severity in self.stopping and finding.name not in self.accepted


class Settings(_Section):
    """The whole of `container.toml`."""

    scan: Scan

    @classmethod
    def load(cls, path: Path = SETTINGS_FILE) -> Self:
        """Read and check the file.

        Raises:
            ConfigurationError: A setting is unknown, missing or out of its range.
        """
        try:
            return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{path.name} is not valid TOML: {error}.") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"{path.name}, {where}: {first['msg']}.") from error


def check(
    ecr: Any, repository: str, digest: str, scan: Scan, *, wait: Callable[[float], None] = time.sleep
) -> None:
    """Wait for the scan of an image, and judge what it found.

    Args:
        ecr: A boto3 client of ECR.
        repository: The repository's name.
        digest: The image's digest.
        scan: What the team minds.
        wait: Waits so many seconds.

    Raises:
        ScanError: The scan found too much, or did not come to an end.
    """
    if not scan.stopping:
        return
    image = {"repositoryName": repository, "imageId": {"imageDigest": digest}}
    _await_end(ecr, image, wait)
    found = sorted(
        {
            each
            for each in _findings(ecr, image)
            if each.severity in scan.stopping and each.name not in scan.accepted
        },
        key=lambda each: (SEVERITIES.index(each.severity), each.name),
    )
    if found:
        named = ", ".join(f"{each.name} ({each.severity})" for each in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise ScanError(
            f"The image {digest} is not used, because Amazon ECR's scan found {named}{more}: update the base "
            f"or the packages in a new commit, or accept what does not matter here under [scan.accepted] in "
            f"{SETTINGS_FILE.name} with the reason."
        )


def _await_end(ecr: Any, image: dict[str, Any], wait: Callable[[float], None]) -> None:
    for attempt in range(ATTEMPTS):
        if attempt:
            wait(PAUSE_SECONDS)
        try:
            status = ecr.describe_image_scan_findings(**image, maxResults=1)["imageScanStatus"]
        except ecr.exceptions.ScanNotFoundException:
            # It begins some time after the push.
            continue
        if status["status"] in DONE:
            return
        if status["status"] not in {"IN_PROGRESS", "PENDING"}:
            raise ScanError(
                f"Amazon ECR could not scan the image {image['imageId']['imageDigest']} ({status['status']}: "
                f"{status.get('description', 'no reason')}): choose a base that it supports, or set "
                f'stops_at = "NEVER" in {SETTINGS_FILE.name}.'
            )
    raise ScanError(
        f"Amazon ECR did not scan the image {image['imageId']['imageDigest']} within "
        f"{ATTEMPTS * PAUSE_SECONDS // 60} minutes: start the pipeline again, or see whether the repository "
        "scans on push."
    )


def _findings(ecr: Any, image: dict[str, Any]) -> Iterator[Finding]:
    for page in ecr.get_paginator("describe_image_scan_findings").paginate(**image):
        findings = page.get("imageScanFindings", {})
        for each in findings.get("findings", []):
            yield Finding(each["name"], each["severity"])
        # Of Amazon Inspector, where the account's registry scans with it.
        for each in findings.get("enhancedFindings", []):
            details = each.get("packageVulnerabilityDetails", {})
            yield Finding(details.get("vulnerabilityId", each.get("title", "")), each["severity"])
