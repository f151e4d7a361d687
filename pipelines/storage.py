"""Where a project keeps what it makes."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from base.acknowledgements import acknowledge
from base.grants.objects import USE_KEY
from base.log_keys import log_key_statement
from base.names import ProjectNames
from base.roles import Permission
from pipelines.project import KEEP

VERSION_OBJECTS = ("models/*", "runs/*/evaluation/*")
"""Keys of what makes up a model version: its artifact and its evaluation, not the data it learnt from.

Pipelines of the build product's first version keep evaluations below ``runs``.
"""

ALL_OBJECTS = ("*",)


class ProjectStorage(Construct):
    """One key and one bucket, for pipeline artifacts and models alike; both outlive the project."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
    ) -> None:
        """Define the key and the bucket.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
        """
        super().__init__(scope, construct_id)
        self.key = encryption_key(
            self,
            "Key",
            alias=names.key_alias,
            description=f"Everything the project {names.project_name} stores",
        )
        self.bucket = private_bucket(self, "Bucket", name=names.bucket, key=self.key)

    def share_versions(self, reader: iam.PrincipalBase) -> None:
        """Permit a principal of another account to read what makes up model versions.

        Args:
            reader: The principal.
        """
        self._share(VERSION_OBJECTS, reader)

    def share_artifacts(self, reader: iam.PrincipalBase) -> None:
        """Permit a principal of another account to read everything, as CloudFormation actions must.

        Args:
            reader: The principal.
        """
        self._share(ALL_OBJECTS, reader)

    @property
    def key_use(self) -> Permission:
        """What a role needs of the key to read and write objects of the bucket."""
        return Permission(actions=USE_KEY, resources=(self.key.key_arn,))

    @property
    def artifact_reading(self) -> Permission:
        """What a role needs to receive artifacts of the project's pipeline."""
        return self._artifacts("s3:GetObject", "s3:GetObjectVersion")

    @property
    def artifact_use(self) -> Permission:
        """What a role needs to receive and hand over artifacts of the project's pipeline."""
        return self._artifacts("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject")

    def _artifacts(self, *actions: str) -> Permission:
        return Permission(
            actions=actions,
            resources=(self.bucket.arn_for_objects("*"),),
            because="The keys of pipeline artifacts begin with the first 20 characters of the pipeline's "
            "name, which CloudFormation cannot cut.",
        )

    def _share(self, keys: Sequence[str], reader: iam.PrincipalBase) -> None:
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                principals=[reader],
                resources=[self.bucket.arn_for_objects(key) for key in keys],
            )
        )
        # Without it, S3 responds to a missing object with AccessDenied.
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:ListBucket"],
                principals=[reader],
                resources=[self.bucket.bucket_arn],
                conditions={"StringLike": {"s3:prefix": list(keys)}},
            )
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(actions=["kms:Decrypt"], principals=[reader], resources=["*"])
        )


def encryption_key(scope: Construct, construct_id: str, *, alias: str, description: str) -> kms.Key:
    """A key that rotates, that CloudWatch Logs may use, and that outlives its stack.

    Args:
        scope: The construct it belongs to.
        construct_id: Its id there.
        alias: The key's alias.
        description: What it encrypts, for the console.
    """
    key = kms.Key(
        scope,
        construct_id,
        alias=alias,
        description=description,
        enable_key_rotation=True,
        removal_policy=KEEP,
    )
    key.add_to_resource_policy(log_key_statement())
    return key


def private_bucket(scope: Construct, construct_id: str, *, name: str, key: kms.IKey) -> s3.Bucket:
    """A bucket that is encrypted, versioned, reached by TLS alone, and that outlives its stack.

    Args:
        scope: The construct it belongs to.
        construct_id: Its id there.
        name: The bucket's name.
        key: Encrypts its objects.
    """
    bucket = s3.Bucket(
        scope,
        construct_id,
        bucket_name=name,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        bucket_key_enabled=True,
        encryption_key=key,
        enforce_ssl=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                noncurrent_version_expiration=cdk.Duration.days(90),
            )
        ],
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=KEEP,
        versioned=True,
    )
    acknowledge(
        bucket,
        rule="AwsSolutions-S1",
        reason="Access to objects is recorded by the organisation's CloudTrail data events, where an "
        "organisation wants it; a log bucket for each bucket would double their number.",
    )
    if bucket.policy:
        bucket.policy.apply_removal_policy(KEEP)
    return bucket
