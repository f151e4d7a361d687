"""Artifacts of the central registry are written by promotion alone, and served while they are approved."""

import json

from botocore.exceptions import ClientError

from rehearsal.accounts import Credentials, administrator_credentials
from rehearsal.denied import Denial, location
from rehearsal.people import AccountKey
from rehearsal.story import ActError, ModelVersion, Story
from rehearsal.waiting import wait_for

OUTSIDE_ACCOUNT = "999999999999"
"""An account of another organisation."""


def _scientist_writes_centrally(story: Story) -> None:
    story.acting_as(story.people.data_scientist, "s3").put_object(
        Bucket=story.accounts.names.registry_bucket, Key="models/smuggled.tar.gz", Body=b"not promoted"
    )


def _administrator_writes_centrally(story: Story) -> None:
    story.acting_as(story.people.development_administrator, "s3").put_object(
        Bucket=story.accounts.names.registry_bucket, Key="models/smuggled.tar.gz", Body=b"not promoted"
    )


def _lead_replaces_artifact(story: Story) -> None:
    story.acting_as(story.people.lead_data_scientist, "s3").put_object(
        **location(story.versions[-1]), Body=b"another model"
    )


def _engineer_deletes_artifact(story: Story) -> None:
    story.acting_as(story.people.ml_engineer, "s3").delete_object(**location(story.versions[-1]))


def _test_administrator_reads_artifact(story: Story) -> None:
    story.acting_as(story.people.test_administrator, "s3").get_object(**location(story.versions[0]))


def _outsider_reads_assets(story: Story) -> None:
    """Somebody who may do everything in an account of another organisation."""
    accounts = story.accounts
    iam = accounts.client(administrator_credentials(OUTSIDE_ACCOUNT), "iam")
    iam.create_user(UserName="outsider")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_user_policy(
        UserName="outsider",
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    key = iam.create_access_key(UserName="outsider")["AccessKey"]
    credentials = Credentials(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
    assets = accounts.administrator("shared_services", "s3").list_objects_v2(
        Bucket=accounts.names.asset_bucket
    )
    accounts.client(credentials, "s3").get_object(
        Bucket=accounts.names.asset_bucket, Key=assets["Contents"][0]["Key"]
    )


def _production_loads_withdrawn(story: Story) -> None:
    """Reject the newest version, and let the endpoint role in production load its artifact.

    The version that is still approved is loaded first: otherwise the refusal might have another reason.
    """
    approved, withdrawn = story.versions[0], story.versions[-1]
    story.acting_as(story.people.ml_engineer, "sagemaker").update_model_package(
        ModelPackageArn=withdrawn.central_arn,
        ModelApprovalStatus="Rejected",
        ApprovalDescription="Withdrawn by the ML engineer.",
    )
    _await_tag(story, withdrawn, "Rejected")
    try:
        _create_model(story, "approved-version", approved)
    except ClientError as error:
        raise ActError(f"the approved version is refused as well: {error}") from error
    _create_model(story, "withdrawn-version", withdrawn)


def _production_loads_not_admitted(story: Story) -> None:
    """Approve the withdrawn version again, which test may load from then on, and production not yet."""
    version = story.versions[-1]
    story.acting_as(story.people.ml_engineer, "sagemaker").update_model_package(
        ModelPackageArn=version.central_arn, ModelApprovalStatus="Approved"
    )
    _await_tag(story, version, "Approved")
    try:
        _create_model(story, "approved-in-test", version, account="test")
    except ClientError as error:
        raise ActError(f"test is refused as well: {error}") from error
    _create_model(story, "not-admitted", version)


def _create_model(story: Story, name: str, version: ModelVersion, account: AccountKey = "production") -> None:
    """Create a model of an artifact as an endpoint would load it, under its role, and delete it at once."""
    accounts = story.accounts
    package = story.acting_as(story.people.ml_engineer, "sagemaker").describe_model_package(
        ModelPackageName=version.central_arn
    )
    image = package["InferenceSpecification"]["Containers"][0]["Image"]
    sagemaker = accounts.administrator(account, "sagemaker")
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=f"arn:aws:iam::{accounts.account_id(account)}:role/{accounts.names.endpoint_role}",
        PrimaryContainer={"Image": image, "ModelDataUrl": version.artifact},
    )
    sagemaker.delete_model(ModelName=name)


def _await_tag(story: Story, version: ModelVersion, status: str) -> None:
    """Wait until the release function has marked an artifact with the status of its version."""
    s3 = story.accounts.administrator("shared_services", "s3")

    def look() -> bool | None:
        tags = s3.get_object_tagging(**location(version))["TagSet"]
        return True if {"Key": "approval-status", "Value": status} in tags else None

    wait_for(f"tag {status} on the artifact of version {version.number}", look, 30)


# Across accounts, S3 does not say which action it refuses.
ROWS = (
    Denial(
        actor="Data scientist",
        action="writes to the central bucket",
        code="AccessDenied",
        mentions="s3:PutObject",
        attempt=_scientist_writes_centrally,
    ),
    Denial(
        actor="Administrator of development",
        action="writes to the central bucket outside promotion",
        code="AccessDenied",
        mentions="Access Denied",
        attempt=_administrator_writes_centrally,
    ),
    Denial(
        actor="Lead data scientist",
        action="replaces the artifact of a promoted version",
        code="AccessDenied",
        mentions="s3:PutObject",
        attempt=_lead_replaces_artifact,
    ),
    Denial(
        actor="ML engineer",
        action="deletes the artifact of a promoted version",
        code="AccessDenied",
        mentions="s3:DeleteObject",
        attempt=_engineer_deletes_artifact,
    ),
    Denial(
        actor="Administrator of test",
        action="reads an artifact from the central bucket",
        code="AccessDenied",
        mentions="Access Denied",
        attempt=_test_administrator_reads_artifact,
    ),
    Denial(
        actor="Somebody of another organisation",
        action="reads from the asset bucket",
        code="AccessDenied",
        mentions="Access Denied",
        attempt=_outsider_reads_assets,
    ),
    Denial(
        actor="Endpoint role of production",
        action="loads the artifact of a version that is not approved",
        code="ValidationException",
        mentions="Could not access model data",
        attempt=_production_loads_withdrawn,
    ),
    Denial(
        actor="Endpoint role of production",
        action="loads the artifact of an approved version that production does not admit",
        code="ValidationException",
        mentions="Could not access model data",
        attempt=_production_loads_not_admitted,
    ),
)
