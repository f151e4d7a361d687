"""What the scan of an image found stops the build from a severity on, and a sentence says what to do."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.configuration import ConfigurationError
from pipelines.scan import ATTEMPTS, Scan, ScanError, Settings, check

DIGEST = f"sha256:{'a' * 64}"
BASIC = [
    {"name": "CVE-1", "severity": "CRITICAL"},
    {"name": "CVE-2", "severity": "HIGH"},
    {"name": "CVE-3", "severity": "LOW"},
    {"name": "CVE-4", "severity": "UNDEFINED"},
]
ENHANCED = [
    {
        "title": "CVE-1 - zlib",
        "severity": "CRITICAL",
        "packageVulnerabilityDetails": {"vulnerabilityId": "CVE-1"},
    }
]
HIGH = Scan(stops_at="HIGH", accepted={})


class Ecr:
    """Answers about the scan of one image, one status after the other."""

    class exceptions:  # noqa: N801  as boto3 has it
        class ScanNotFoundException(Exception):  # noqa: N818
            pass

    def __init__(self, *statuses: str | None, findings: dict[str, Any] | None = None) -> None:
        self.statuses = list(statuses)
        self.findings = findings or {}
        self.waited = 0

    def describe_image_scan_findings(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"repositoryName": "churn", "imageId": {"imageDigest": DIGEST}, "maxResults": 1}
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status is None:
            raise self.exceptions.ScanNotFoundException
        return {"imageScanStatus": {"status": status, "description": "as it says"}}

    def get_paginator(self, name: str) -> "Ecr":
        assert name == "describe_image_scan_findings"
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        # On two pages.
        first, *others = [{kind: [each]} for kind, listed in self.findings.items() for each in listed] or [{}]
        return [{"imageScanFindings": page} for page in (first, *others)]

    def wait(self, _: float) -> None:
        self.waited += 1


@pytest.mark.parametrize(
    ("stops_at", "accepted", "named"),
    [
        ("CRITICAL", {}, "CVE-1 (CRITICAL)"),
        ("HIGH", {}, "CVE-1 (CRITICAL), CVE-2 (HIGH)"),
        ("LOW", {}, "CVE-1 (CRITICAL), CVE-2 (HIGH), CVE-3 (LOW)"),
        ("LOW", {"CVE-1": "Not reachable from here."}, "CVE-2 (HIGH), CVE-3 (LOW)"),
        ("CRITICAL", {"CVE-1": "Not reachable from here."}, None),
        ("NEVER", {}, None),
    ],
)
def test_the_severity_decides_and_the_team_may_accept(
    stops_at: Any, accepted: dict[str, str], named: str | None
) -> None:
    ecr = Ecr("COMPLETE", findings={"findings": BASIC})
    scan = Scan(stops_at=stops_at, accepted=accepted)
    if named is None:
        check(ecr, "churn", DIGEST, scan)
        return
    with pytest.raises(ScanError) as refused:
        check(ecr, "churn", DIGEST, scan)
    assert f"found {named}: update the base" in str(refused.value)
    assert "container.toml" in str(refused.value)


def test_findings_of_inspector_count_alike() -> None:
    with pytest.raises(ScanError, match=r"CVE-1 \(CRITICAL\)"):
        check(
            Ecr("ACTIVE", findings={"enhancedFindings": ENHANCED}),
            "churn",
            DIGEST,
            HIGH,
        )


def test_a_long_list_is_cut() -> None:
    many = [{"name": f"CVE-{number:03}", "severity": "HIGH"} for number in range(30)]
    with pytest.raises(ScanError, match=r"CVE-009 \(HIGH\) and 20 more: update"):
        check(Ecr("COMPLETE", findings={"findings": many}), "churn", DIGEST, HIGH)


def test_the_end_of_the_scan_is_awaited() -> None:
    ecr = Ecr(None, "PENDING", "IN_PROGRESS", "COMPLETE")
    check(ecr, "churn", DIGEST, HIGH, wait=ecr.wait)
    assert ecr.waited == 3


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("UNSUPPORTED_IMAGE", "could not scan the image .*UNSUPPORTED_IMAGE: as it says"),
        ("FAILED", "could not scan"),
        ("IN_PROGRESS", "did not scan the image .* within 10 minutes"),
        (None, "did not scan the image"),
    ],
)
def test_an_image_that_is_not_scanned_is_not_used(status: str | None, says: str) -> None:
    ecr = Ecr(status)
    with pytest.raises(ScanError, match=says):
        check(ecr, "churn", DIGEST, Scan(stops_at="CRITICAL", accepted={}), wait=ecr.wait)
    assert ecr.waited in {0, ATTEMPTS - 1}


def test_the_settings_of_the_repository_hold() -> None:
    assert Settings.load().scan.stopping


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[scan]\nstops_at = 'BAD'\n[scan.accepted]\n", "scan.stops_at: Input should be 'CRITICAL', 'HIGH'"),
        (
            "[scan]\nstops_at = 'LOW'\n[scan.accepted]\nCVE-1 = 'so'\n",
            "scan.accepted.CVE-1: String should have at least",
        ),
        ("[scan]\nstops_at = 'LOW'\nstop = 1\n[scan.accepted]\n", "scan.stop: Extra inputs"),
        ("[scan", "is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "container.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says):
        Settings.load(tmp_path / "container.toml")
