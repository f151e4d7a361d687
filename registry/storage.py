"""Where the central registry keeps the artifacts of its versions."""

import embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from names import PlatformNames
from registry.functions.model_registry.release.release import APPROVAL_TAG

MODELS = "models/*"
"""The objects of all versions."""


class RegistryStorage(Construct):
    """The central bucket and its key; both outlive the stack.

    Who may do what with an object is decided here once for all accounts, by organisation and role name, so
    that no policy grows with the number of accounts:

    * only the promotion role writes, and nobody deletes;
    * only the release role tags;
    * the endpoints of the organisation read what is tagged as approved.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, names: PlatformNames, organization_id: str
    ) -> None:
        """Define bucket and key.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            organization_id: The organisation whose endpoints may read approved artifacts.
        """
        super().__init__(scope, construct_id)
        # Access logs are allowed by the log bucket's policy, not by an access control list.
        self.node.set_context("@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy", True)
        self._names = names
        endpoint_roles = {
            "StringEquals": {"aws:PrincipalOrgID": organization_id},
            "ArnLike": {"aws:PrincipalArn": f"arn:{cdk.Aws.PARTITION}:iam::*:role/{names.endpoint_role}"},
        }
        self.key = self._key(endpoint_roles)
        self.bucket = self._bucket()
        self._let_only(names.promotion_role, ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"])
        self._let_only(names.release_role, ["s3:PutObjectTagging", "s3:DeleteObjectTagging"])
        self._let_endpoints_read_approved(endpoint_roles)
        if self.bucket.policy:
            self.bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def _key(self, endpoint_roles: dict[str, dict[str, str]]) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            alias=self._names.registry_key_alias,
            description="Artifacts of the central model registry",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EndpointsOfTheOrganizationReadThroughS3",
                principals=[iam.AnyPrincipal()],
                actions=["kms:Decrypt", "kms:DescribeKey"],
                # In a key's own policy "*" means the key.
                resources=["*"],
                conditions={
                    **endpoint_roles,
                    "StringEquals": {
                        **endpoint_roles["StringEquals"],
                        "kms:ViaService": f"s3.{self._names.region}.{cdk.Aws.URL_SUFFIX}",
                    },
                },
            )
        )
        return key

    def _bucket(self) -> s3.Bucket:
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
            bucket_name=self._names.registry_bucket,
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

    def _let_only(self, role_name: str, actions: list[str]) -> None:
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=actions,
                resources=[self.bucket.arn_for_objects("*")],
                conditions={
                    "ArnNotEquals": {
                        "aws:PrincipalArn": cdk.Stack.of(self).format_arn(
                            service="iam", region="", resource="role", resource_name=role_name
                        )
                    }
                },
            )
        )

    def _let_endpoints_read_approved(self, endpoint_roles: dict[str, dict[str, str]]) -> None:
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EndpointsOfTheOrganizationReadApprovedArtifacts",
                principals=[iam.AnyPrincipal()],
                actions=["s3:GetObject"],
                resources=[self.bucket.arn_for_objects(MODELS)],
                conditions={
                    **endpoint_roles,
                    "StringEquals": {
                        **endpoint_roles["StringEquals"],
                        f"s3:ExistingObjectTag/{APPROVAL_TAG}": "Approved",
                    },
                },
            )
        )
        # SageMaker lists the files of an uncompressed model; their names are no secret among the endpoints.
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EndpointsOfTheOrganizationListArtifacts",
                principals=[iam.AnyPrincipal()],
                actions=["s3:ListBucket"],
                resources=[self.bucket.bucket_arn],
                conditions={**endpoint_roles, "StringLike": {"s3:prefix": MODELS}},
            )
        )
