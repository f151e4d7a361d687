"""How records come into a feature group: from a table of the data lake, by a query and a function."""

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lakeformation as lakeformation
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from base.grants.objects import FIND_OBJECTS, USE_KEY, WRITE_OBJECTS
from base.grants.reasons import NOTHING_NARROWER
from base.grants.tables import QUERY_TABLES
from base.names import PlatformNames
from base.pseudo_parameters import ACCOUNT_ID, PARTITION
from base.roles import Permission, arn
from pipelines.assets import AssetLocation
from pipelines.custom_resource import custom_resource_function
from pipelines.features.store import FeatureStore

_Permissions = lakeformation.CfnPrincipalPermissions
FOLDER = "ingestion"
# Of UTC, after the crawler's hour.
EACH_NIGHT = "cron(0 4 * * ? *)"


class FeatureIngestion(Construct):
    """A function that asks Athena for what the group does not have, and puts it when the query has ended.

    Nothing waits in between: EventBridge tells of the end of the query.

    Attributes:
        function_name: Whoever invokes the function starts an ingestion.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        store: FeatureStore,
        table: str,
        features: str,
        deletions: str,
        key_arn: str,
        code: AssetLocation,
        is_nightly: cdk.CfnCondition,
    ) -> None:
        """Define workgroup, function, rules and grants.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names, for the Region of the launch.
            store: The group.
            table: The table of the data lake.
            features: Names and types of the features, as in the form.
            deletions: Whether the table says which records were deleted, as in the form.
            key_arn: The key of the data lake.
            code: The bundle of the function.
            is_nightly: Holds if it runs each night.
        """
        super().__init__(scope, construct_id)
        self.function_name = names.feature_ingestion(store.name)
        bucket = names.lake_bucket(ACCOUNT_ID)
        folder = f"{bucket}/{FOLDER}/{store.name}"
        athena.CfnWorkGroup(
            self,
            "WorkGroup",
            name=self.function_name,
            description=f"Queries for what the feature group {store.name} does not have",
            recursive_delete_option=True,
            state="ENABLED",
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=key_arn
                    ),
                    expected_bucket_owner=ACCOUNT_ID,
                    output_location=f"s3://{folder}/",
                ),
            ),
        )
        function = custom_resource_function(
            self,
            name=self.function_name,
            description=f"Puts records of the data lake into the feature group {store.name}",
            code=code,
            package="feature_ingestion",
            handler="ingestion",
            variables={
                "DELETIONS": deletions,
                "FEATURES": features,
                "FEATURE_DATABASE": store.database,
                "FEATURE_GROUP": store.name,
                "LAKE_DATABASE": names.lake_database,
                "LAKE_TABLE": table,
                "WORK_GROUP": self.function_name,
            },
            permissions=self._permissions(names, store, table, bucket, folder, key_arn),
            key=kms.Key.from_key_arn(self, "Key", key_arn),
            # What is left when the time is over, the next ingestion finds.
            timeout=cdk.Duration.minutes(15),
            memory_mib=1024,
        )
        store.grant("ReadTable", self._role_arn(), ("DESCRIBE", "SELECT"))
        _Permissions(
            self,
            "ReadLake",
            catalog=ACCOUNT_ID,
            principal=_Permissions.DataLakePrincipalProperty(data_lake_principal_identifier=self._role_arn()),
            resource=_Permissions.ResourceProperty(
                table=_Permissions.TableResourceProperty(
                    catalog_id=ACCOUNT_ID, database_name=names.lake_database, name=table
                )
            ),
            permissions=["DESCRIBE", "SELECT"],
            permissions_with_grant_option=[],
        )
        ended = events.CfnRule(
            self,
            "Ended",
            description=f"Puts what a query of the workgroup {self.function_name} has found",
            event_pattern={
                "source": ["aws.athena"],
                "detail-type": ["Athena Query State Change"],
                "detail": {
                    "currentState": ["CANCELLED", "FAILED", "SUCCEEDED"],
                    "workgroupName": [self.function_name],
                },
            },
            targets=[events.CfnRule.TargetProperty(id="Function", arn=function.attr_arn)],
        )
        nightly = events.CfnRule(
            self,
            "Nightly",
            description=f"Fills the feature group {store.name}",
            schedule_expression=EACH_NIGHT,
            targets=[events.CfnRule.TargetProperty(id="Function", arn=function.attr_arn)],
        )
        nightly.cfn_options.condition = is_nightly
        for name, rule in (("EndedMay", ended), ("NightlyMay", nightly)):
            invocation = lambda_.CfnPermission(
                self,
                name,
                action="lambda:InvokeFunction",
                function_name=function.attr_arn,
                principal="events.amazonaws.com",
                source_arn=rule.attr_arn,
            )
            invocation.cfn_options.condition = rule.cfn_options.condition

    def _role_arn(self) -> str:
        made = self.node.find_child("Role")
        return str(made.role_arn)  # type: ignore[attr-defined]

    def _permissions(  # noqa: PLR0917
        self,
        names: PlatformNames,
        store: FeatureStore,
        table: str,
        bucket: str,
        folder: str,
        key_arn: str,
    ) -> list[Permission]:
        lake = names.lake_database
        return [
            Permission(
                actions=("athena:GetQueryExecution", "athena:StartQueryExecution"),
                resources=(arn("athena", f"workgroup/{self.function_name}"),),
            ),
            Permission(
                actions=QUERY_TABLES,
                resources=(
                    arn("glue", "catalog"),
                    arn("glue", f"database/{lake}"),
                    arn("glue", f"database/{store.database}"),
                    arn("glue", f"table/{lake}/{table}"),
                    arn("glue", f"table/{store.database}/{store.name}"),
                ),
            ),
            Permission(actions=("lakeformation:GetDataAccess",), resources=("*",), because=NOTHING_NARROWER),
            Permission(
                actions=(*WRITE_OBJECTS, "s3:ListMultipartUploadParts"),
                resources=(f"arn:{PARTITION}:s3:::{folder}/*",),
                because="Athena names the results of queries.",
            ),
            Permission(actions=FIND_OBJECTS, resources=(f"arn:{PARTITION}:s3:::{bucket}",)),
            Permission(actions=USE_KEY, resources=(key_arn,)),
            Permission(
                actions=("sagemaker:DeleteRecord", "sagemaker:PutRecord"),
                resources=(arn("sagemaker", f"feature-group/{store.name}"),),
            ),
        ]
