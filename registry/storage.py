"""Where the central registry keeps the artifacts of its versions."""

from collections.abc import Sequence

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from base.log_keys import log_key_statement
from base.names import PlatformNames
from base.settings import Organization
from registry.bucket_policy import BucketPolicy
from registry.key_policy import key_statements
from registry.parties import Parties


class RegistryStorage(Construct):
    """The central bucket and its key; both outlive the stack.

    Who may do what with an object is decided here once for all accounts (`bucket_policy`, `key_policy`).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        organization: Organization,
        serving_roles: Sequence[str],
    ) -> None:
        """Define bucket and key.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            organization: The organisation whose accounts register and serve models.
            serving_roles: The names of the roles under which models serve there.
        """
        super().__init__(scope, construct_id)
        # Access logs are allowed by the log bucket's policy, not by an access control list.
        self.node.set_context("@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy", True)
        parties = Parties(names=names, organization=organization, serving_roles=tuple(serving_roles))
        self.key = kms.Key(
            self,
            "Key",
            alias=names.registry_key_alias,
            description="Artifacts of the central model registry",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        for statement in (*key_statements(parties), log_key_statement()):
            self.key.add_to_resource_policy(statement)
        self.bucket = self._bucket(names.registry_bucket)
        for statement in BucketPolicy(self.bucket, parties).statements():
            self.bucket.add_to_resource_policy(statement)
        if self.bucket.policy:
            self.bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def _bucket(self, name: str) -> s3.Bucket:
        logs = s3.Bucket(
            self,
            "AccessLogs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(400))],
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        return s3.Bucket(
            self,
            "Bucket",
            bucket_name=name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            bucket_key_enabled=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            enforce_ssl=True,
            lifecycle_rules=[
                # A copy that stopped half-way is continued within hours or not at all.
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=cdk.Duration.days(7))
            ],
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            server_access_logs_bucket=logs,
            server_access_logs_prefix="registry/",
            versioned=True,
        )
