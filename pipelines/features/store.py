"""A feature group with its stores, under the data lake's key and in its bucket."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_lakeformation as lakeformation
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from base.contracts.features import EVENT_TIME, FOLDER
from base.contracts.lake import DEVELOPMENT
from base.grants.objects import USE_KEY
from base.names import PlatformNames
from base.pseudo_parameters import ACCOUNT_ID, PARTITION
from base.roles import Permission, arn, role, role_arn, service_principal
from pipelines.features.definitions import FeatureList

_Permissions = lakeformation.CfnPrincipalPermissions

# What the SDK of SageMaker grants the same role when it hands an offline store to Lake Formation
# (https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-lf-governance.html).
WRITE_TABLE = ("ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT")


class FeatureStore(Construct):
    """A feature group whose offline table Lake Formation governs from its beginning.

    The group has a database of its own. Who makes a database may make its tables, so that no role needs a
    grant that another group's end would revoke. The database has the lake's audience tag: the grants by
    which the lake is shared hold for the offline table as well.

    Attributes:
        name: The group's name, which its table has as well.
        database: The database of the table.
        group: The feature group.
        tag: The audience of the table.
        online_key: What encrypts the online store, if there is one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        name: str,
        features: FeatureList,
        key_arn: str,
        is_online: cdk.CfnCondition,
    ) -> None:
        """Define location, database, role and group.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names, for the Region of the launch.
            name: The group's name.
            features: What it holds.
            key_arn: The key of the data lake.
            is_online: Holds if the group has an online store.
        """
        super().__init__(scope, construct_id)
        self.name, self.database = name, names.feature_database(name)
        bucket = names.lake_bucket(ACCOUNT_ID)
        folder = f"{bucket}/{FOLDER}/{name}"
        registration = lakeformation.CfnResource(
            self,
            "Registration",
            resource_arn=f"arn:{PARTITION}:s3:::{folder}",
            role_arn=role_arn(ACCOUNT_ID, names.lake_location_role),
            use_service_linked_role=False,
        )
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=ACCOUNT_ID,
            database_name=self.database,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.database,
                description=f"The offline store of the feature group {name}",
                location_uri=f"s3://{folder}/",
                # Of IAM alone, which would bypass Lake Formation.
                create_table_default_permissions=[],
            ),
        )
        self.tag = self._tag(names)
        self.tag.add_resource_dependency(database)
        writer = role(
            self,
            "Writer",
            name=names.feature_store_role(name),
            description=f"SageMaker writes the offline store of the feature group {name} under this role",
            trusts=service_principal("sagemaker"),
            permissions=self._writing(bucket, folder, key_arn),
        )
        self.group = sagemaker.CfnFeatureGroup(
            self,
            "Group",
            feature_group_name=name,
            record_identifier_feature_name=features.identifier,
            event_time_feature_name=EVENT_TIME,
            feature_definitions=[],
            role_arn=writer.role_arn,
            offline_store_config={
                "S3StorageConfig": {"S3Uri": f"s3://{folder}", "KmsKeyId": key_arn},
                "DataCatalogConfig": {
                    "Catalog": "AwsDataCatalog",
                    "Database": self.database,
                    "TableName": name,
                },
                "DisableGlueTableCreation": False,
                "TableFormat": "Iceberg",
            },
        )
        self.group.add_property_override("FeatureDefinitions", features.definitions)
        self.group.add_property_override(
            "OnlineStoreConfig",
            {
                "Fn::If": [
                    is_online.logical_id,
                    {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": key_arn}},
                    {"Ref": "AWS::NoValue"},
                ]
            },
        )
        for before in (registration, database, self.tag):
            self.group.add_resource_dependency(before)
        self.grant("WriteTable", writer.role_arn, WRITE_TABLE)

    def grant(self, construct_id: str, principal: str, permissions: Sequence[str]) -> None:
        """Grant a role permissions of Lake Formation on the offline table.

        Args:
            construct_id: The id of the grant.
            principal: ARN of the role.
            permissions: The permissions.
        """
        made = _Permissions(
            self,
            construct_id,
            catalog=ACCOUNT_ID,
            principal=_Permissions.DataLakePrincipalProperty(data_lake_principal_identifier=principal),
            resource=_Permissions.ResourceProperty(
                table=_Permissions.TableResourceProperty(
                    catalog_id=ACCOUNT_ID, database_name=self.database, name=self.name
                )
            ),
            permissions=list(permissions),
            permissions_with_grant_option=[],
        )
        made.add_resource_dependency(self.group)

    def _tag(self, names: PlatformNames) -> lakeformation.CfnTagAssociation:
        return lakeformation.CfnTagAssociation(
            self,
            "Audience",
            resource=lakeformation.CfnTagAssociation.ResourceProperty(
                database=lakeformation.CfnTagAssociation.DatabaseResourceProperty(
                    catalog_id=ACCOUNT_ID, name=self.database
                )
            ),
            lf_tags=[
                lakeformation.CfnTagAssociation.LFTagPairProperty(
                    catalog_id=ACCOUNT_ID, tag_key=names.lake_audience_tag, tag_values=[DEVELOPMENT]
                )
            ],
        )

    def _writing(self, bucket: str, folder: str, key_arn: str) -> list[Permission]:
        """https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-feature-store.html."""
        return [
            Permission(actions=("s3:GetBucketAcl",), resources=(f"arn:{PARTITION}:s3:::{bucket}",)),
            Permission(
                actions=("s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"),
                resources=(f"arn:{PARTITION}:s3:::{folder}/*",),
                because="SageMaker names the files of an offline store.",
            ),
            Permission(actions=USE_KEY, resources=(key_arn,)),
            Permission(
                actions=("glue:GetTable", "glue:UpdateTable"),
                resources=(
                    arn("glue", "catalog"),
                    arn("glue", f"database/{self.database}"),
                    arn("glue", f"table/{self.database}/{self.name}"),
                ),
            ),
        ]
