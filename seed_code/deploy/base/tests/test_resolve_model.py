"""Which version goes out, for each state of the central registry."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from deploy import resolve_model
from deploy.resolve_model import ResolutionError, resolve

GROUP = "flowers"
PREFIX = "arn:aws:sagemaker:eu-west-1:222222222222:model-package"
START = datetime(2026, 1, 1, tzinfo=UTC)


def arn(number: int, group: str = GROUP) -> str:
    return f"{PREFIX}/{group}/{number}"


def version(
    number: int, *, changed: int | None = None, status: str = "Approved", group: str = GROUP
) -> dict[str, Any]:
    """A version of a day; it was last changed on another day, or never."""
    details = {
        "ModelPackageName": group,
        "ModelPackageGroupName": group,
        "ModelPackageVersion": number,
        "ModelPackageArn": arn(number, group),
        "CreationTime": START + timedelta(days=number),
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "ModelApprovalStatus": status,
    }
    return details | ({"LastModifiedTime": START + timedelta(days=changed)} if changed else {})


# Stage and status of a version's life cycle, as the platform's stage function sets them.
TEST, PRODUCTION, ARCHIVED = ("QA", "InProgress"), ("Production", "Approved"), ("Archived", "Retired")


def in_(life_cycle: tuple[str, str], number: int, *, changed: int) -> dict[str, Any]:
    """An approved version that has come to a stage, which was its last change."""
    stage, status = life_cycle
    return version(number, changed=changed) | {"ModelLifeCycle": {"Stage": stage, "StageStatus": status}}


def summary(details: dict[str, Any]) -> dict[str, Any]:
    return {key: details[key] for key in ("ModelPackageArn", "CreationTime", "ModelPackageStatus")}


@pytest.fixture
def stubber() -> Iterator[Stubber]:
    client = boto3.client(
        "sagemaker", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def given(stubber: Stubber, pages: list[list[dict[str, Any]]]) -> None:
    """Prepare answers: approved versions in pages, and a description of each."""
    for number, page in enumerate(pages):
        answer: dict[str, Any] = {"ModelPackageSummaryList": [summary(details) for details in page]}
        request = {"ModelPackageGroupName": GROUP, "ModelApprovalStatus": "Approved"}
        if number + 1 < len(pages):
            answer["NextToken"] = f"page-{number + 1}"
        if number:
            request["NextToken"] = f"page-{number}"
        stubber.add_response("list_model_packages", answer, request)
    for page in pages:
        for details in page:
            stubber.add_response(
                "describe_model_package",
                details,
                {"ModelPackageName": details["ModelPackageArn"], "IncludedData": "MetadataOnly"},
            )


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        pytest.param([[]], "none", id="empty-registry"),
        pytest.param([[version(1)]], "1", id="one-version"),
        pytest.param([[version(2, changed=5), version(1, changed=4)]], "2", id="newer-approved-last"),
        pytest.param([[version(2, changed=5), version(1, changed=6)]], "1", id="older-approved-again"),
        pytest.param([[version(3, changed=7)], [version(2, changed=8)]], "2", id="on-the-second-page"),
        pytest.param([[in_(TEST, 2, changed=6), in_(PRODUCTION, 1, changed=5)]], "2", id="newer-in-test"),
        pytest.param(
            [[in_(PRODUCTION, 2, changed=8), in_(ARCHIVED, 1, changed=7)]], "2", id="newer-took-production"
        ),
        pytest.param(
            [[in_(ARCHIVED, 2, changed=9), in_(PRODUCTION, 1, changed=10)]], "1", id="older-took-it-back"
        ),
        pytest.param(
            [[in_(ARCHIVED, 3, changed=11), in_(PRODUCTION, 2, changed=8)]], "3", id="archived-approved-again"
        ),
    ],
)
def test_the_version_that_moved_last_goes_out(
    stubber: Stubber, pages: list[list[dict[str, Any]]], expected: str
) -> None:
    given(stubber, pages)
    assert resolve(stubber.client, GROUP, "none").version == expected


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFound"])
def test_a_group_that_nothing_was_promoted_to_is_an_empty_one(stubber: Stubber, code: str) -> None:
    stubber.add_client_error("list_model_packages", code, "Model package group flowers does not exist.")
    resolution = resolve(stubber.client, GROUP, "none")
    assert resolution.arn == "none"
    assert resolution.note.startswith("The central registry has no approved version of flowers yet")


def test_a_registry_that_cannot_be_read_is_not_an_empty_one(stubber: Stubber) -> None:
    stubber.add_client_error("list_model_packages", "AccessDeniedException", "not authorized")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        resolve(stubber.client, GROUP, "none")


def test_the_version_that_was_asked_for_goes_out(stubber: Stubber) -> None:
    stubber.add_response(
        "describe_model_package", version(4), {"ModelPackageName": arn(4), "IncludedData": "MetadataOnly"}
    )
    resolution = resolve(stubber.client, GROUP, arn(4))
    assert (resolution.arn, resolution.version) == (arn(4), "4")
    assert resolution.note == "Version 4 of flowers is deployed."


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        pytest.param(version(4, status="Rejected"), "is Rejected; approve it to deploy it.", id="rejected"),
        pytest.param(version(4, status="PendingManualApproval"), "is PendingManualApproval", id="pending"),
        pytest.param(version(4, group="trees"), "is not a version of flowers", id="other-group"),
    ],
)
def test_what_must_not_go_out_is_refused(stubber: Stubber, details: dict[str, Any], sentence: str) -> None:
    stubber.add_response("describe_model_package", details)
    with pytest.raises(ResolutionError, match=sentence):
        resolve(stubber.client, GROUP, details["ModelPackageArn"])


def test_a_version_that_is_not_there_is_refused(stubber: Stubber) -> None:
    stubber.add_client_error("describe_model_package", "ValidationException", "ModelPackage does not exist")
    with pytest.raises(ResolutionError, match="cannot be read: ModelPackage does not exist"):
        resolve(stubber.client, GROUP, arn(9))


def test_a_shell_reads_what_is_printed(
    stubber: Stubber, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(stubber, [[version(1)]])
    monkeypatch.setattr(boto3, "client", lambda service: stubber.client)
    monkeypatch.setenv("MODEL_PACKAGE_GROUP_NAME", GROUP)
    monkeypatch.delenv("MODEL_PACKAGE_ARN", raising=False)
    assert resolve_model.main() == 0
    lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["export", f"MODEL_PACKAGE_ARN={arn(1)}"],
        ["export", "MODEL_PACKAGE_VERSION=1"],
        ["export", "NOTE=Version 1 of flowers is deployed."],
    ]


def test_a_missing_group_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MODEL_PACKAGE_GROUP_NAME", raising=False)
    assert resolve_model.main() == 2
    assert capsys.readouterr().err.startswith("Set MODEL_PACKAGE_GROUP_NAME")
