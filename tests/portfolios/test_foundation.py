"""The bucket from which accounts read, and who writes to it."""

from typing import Any

import pytest

from base.settings import Settings
from tests.portfolios.small import Templates, resources


@pytest.fixture(scope="module")
def foundation(platform: Templates) -> dict[str, Any]:
    return platform["mlplatform-foundation"]


def statements(foundation: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        statement
        for policy in resources(foundation, "AWS::S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_organisation_reads(foundation: dict[str, Any], settings: Settings) -> None:
    (reading,) = [each for each in statements(foundation) if each.get("Sid") == "OrganisationReads"]
    assert reading["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    assert reading["Principal"] == {"AWS": "*"}
    assert reading["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": settings.organization.id}}


def test_plain_requests_are_refused(foundation: dict[str, Any]) -> None:
    refusing = [each for each in statements(foundation) if each["Effect"] == "Deny"]
    assert len(refusing) == len(resources(foundation, "AWS::S3::Bucket")) == 2
    assert all(each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for each in refusing)


def test_assets_are_versioned_logged_and_kept(foundation: dict[str, Any], settings: Settings) -> None:
    buckets = resources(foundation, "AWS::S3::Bucket")
    (assets,) = [each for each in buckets.values() if each.get("BucketName") == settings.names.asset_bucket]
    assert assets["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "DestinationBucketName" in assets["LoggingConfiguration"]
    assert all(foundation["Resources"][name]["DeletionPolicy"] == "Retain" for name in buckets)


def test_publishing_role_deletes_nothing(foundation: dict[str, Any], settings: Settings) -> None:
    (role,) = resources(foundation, "AWS::IAM::Role").values()
    assert role["RoleName"] == settings.names.asset_publishing_role
    (policy,) = role["Policies"]
    actions = [action for each in policy["PolicyDocument"]["Statement"] for action in each["Action"]]
    assert "s3:PutObject" in actions
    assert not any(action.startswith("s3:Delete") for action in actions)
