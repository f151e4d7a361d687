"""How tables come into a data lake: a folder each, found by a crawler of AWS Glue."""

import json

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from base.contracts.lake import TABLES
from base.grants.objects import FIND_OBJECTS, USE_KEY
from base.grants.reasons import NOTHING_NARROWER
from base.names import PlatformNames
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import Permission, arn, role, service_principal
from pipelines.lake.location import LakeLocation

_Permissions = lakeformation.CfnPrincipalPermissions
_LOG_GROUP = "/aws-glue/crawlers-role"


class LakeIntake(Construct):
    """A crawler with its role, and the role of those who put tables into the lake.

    Attributes:
        crawler_name: The crawler's name.
        producer: The role of those who put tables into the lake.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        location: LakeLocation,
        schedule: cdk.IResolvable | None,
    ) -> None:
        """Define crawler and roles.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            location: The lake.
            schedule: When the crawler runs by itself.
        """
        super().__init__(scope, construct_id)
        self.crawler_name = names.lake_crawler
        crawler_role = self._crawler_role(names)
        grants = self._grants(names, location, crawler_role)
        security = glue.CfnSecurityConfiguration(
            self,
            "Security",
            name=names.lake_crawler,
            encryption_configuration=glue.CfnSecurityConfiguration.EncryptionConfigurationProperty(
                cloud_watch_encryption=glue.CfnSecurityConfiguration.CloudWatchEncryptionProperty(
                    cloud_watch_encryption_mode="SSE-KMS", kms_key_arn=location.key.key_arn
                ),
                s3_encryptions=[
                    glue.CfnSecurityConfiguration.S3EncryptionProperty(
                        s3_encryption_mode="SSE-KMS", kms_key_arn=location.key.key_arn
                    )
                ],
            ),
        )
        # A table of text alone shows no difference between its header and its rows.
        comma_separated = glue.CfnClassifier(
            self,
            "CommaSeparated",
            csv_classifier=glue.CfnClassifier.CsvClassifierProperty(
                name=names.lake_crawler,
                contains_header="PRESENT",
                delimiter=",",
                quote_symbol='"',
            ),
        )
        crawler = glue.CfnCrawler(
            self,
            "Crawler",
            name=names.lake_crawler,
            description="Finds new tables and columns in the data lake",
            role=crawler_role.role_arn,
            database_name=names.lake_database,
            classifiers=[names.lake_crawler],
            crawler_security_configuration=names.lake_crawler,
            # A folder is a table, whatever its files have in common with others'.
            configuration=json.dumps(
                {
                    "Version": 1.0,
                    "Grouping": {
                        "TableGroupingPolicy": "CombineCompatibleSchemas",
                        "TableLevelConfiguration": 3,
                    },
                }
            ),
            lake_formation_configuration=glue.CfnCrawler.LakeFormationConfigurationProperty(
                account_id=ACCOUNT_ID, use_lake_formation_credentials=True
            ),
            schedule=schedule,
            # What is gone from the lake stays described until somebody decides.
            schema_change_policy=glue.CfnCrawler.SchemaChangePolicyProperty(
                delete_behavior="LOG", update_behavior="UPDATE_IN_DATABASE"
            ),
            targets=glue.CfnCrawler.TargetsProperty(
                s3_targets=[
                    glue.CfnCrawler.S3TargetProperty(path=f"s3://{location.bucket.bucket_name}/{TABLES}/")
                ]
            ),
        )
        for before in (security, comma_separated, *grants):
            crawler.add_resource_dependency(before)
        self.producer = self._producer(names, location)

    def _grants(
        self, names: PlatformNames, location: LakeLocation, crawler: iam.Role
    ) -> list[lakeformation.CfnPrincipalPermissions]:
        """https://docs.aws.amazon.com/glue/latest/dg/crawler-lf-integ.html."""
        principal = _Permissions.DataLakePrincipalProperty(data_lake_principal_identifier=crawler.role_arn)
        account = ACCOUNT_ID
        on_location = _Permissions(
            self,
            "CrawlLocation",
            catalog=account,
            principal=principal,
            resource=_Permissions.ResourceProperty(
                data_location=_Permissions.DataLocationResourceProperty(
                    catalog_id=account, resource_arn=location.tables_arn
                )
            ),
            permissions=["DATA_LOCATION_ACCESS"],
            permissions_with_grant_option=[],
        )
        on_location.add_resource_dependency(location.registration)
        on_database = _Permissions(
            self,
            "CrawlDatabase",
            catalog=account,
            principal=principal,
            resource=_Permissions.ResourceProperty(
                database=_Permissions.DatabaseResourceProperty(catalog_id=account, name=names.lake_database)
            ),
            permissions=["ALTER", "CREATE_TABLE", "DESCRIBE"],
            permissions_with_grant_option=[],
        )
        on_database.add_resource_dependency(location.database)
        return [on_location, on_database]

    def _crawler_role(self, names: PlatformNames) -> iam.Role:
        log_group = f"log-group:{_LOG_GROUP}/{names.lake_crawler}-{names.lake_crawler}"
        return role(
            self,
            "CrawlerRole",
            name=names.lake_crawler,
            description="Describes the tables of the data lake in the Data Catalog",
            trusts=service_principal("glue"),
            permissions=[
                Permission(
                    actions=("lakeformation:GetDataAccess",), resources=("*",), because=NOTHING_NARROWER
                ),
                Permission(
                    actions=(
                        "glue:BatchCreatePartition",
                        "glue:BatchGetPartition",
                        "glue:CreateTable",
                        "glue:GetDatabase",
                        "glue:GetPartitions",
                        "glue:GetTable",
                        "glue:GetTables",
                        "glue:UpdatePartition",
                        "glue:UpdateTable",
                    ),
                    resources=(
                        arn("glue", "catalog"),
                        arn("glue", f"database/{names.lake_database}"),
                        arn("glue", f"table/{names.lake_database}/*"),
                    ),
                    because="Producers name the tables.",
                ),
                Permission(
                    actions=("glue:GetClassifier", "glue:GetSecurityConfiguration"),
                    resources=("*",),
                    because=NOTHING_NARROWER,
                ),
                # https://docs.aws.amazon.com/glue/latest/dg/set-up-encryption.html
                Permission(
                    actions=(
                        "logs:AssociateKmsKey",
                        "logs:CreateLogGroup",
                        "logs:CreateLogStream",
                        "logs:PutLogEvents",
                    ),
                    resources=(arn("logs", log_group), arn("logs", f"{log_group}:*")),
                    because="A log stream belongs to each crawler.",
                ),
            ],
        )

    def _producer(self, names: PlatformNames, location: LakeLocation) -> iam.Role:
        return role(
            self,
            "Producer",
            name=names.data_producer_role,
            description="Puts tables into the data lake, and has them described",
            # Identities of this account whose own policy allows it.
            trusts=iam.AccountRootPrincipal(),
            permissions=[
                Permission(
                    actions=(
                        "s3:AbortMultipartUpload",
                        "s3:DeleteObject",
                        "s3:GetObject",
                        "s3:PutObject",
                    ),
                    resources=(f"{location.tables_arn}/*",),
                    because="Producers name tables and files.",
                ),
                Permission(actions=FIND_OBJECTS, resources=(location.bucket.bucket_arn,)),
                Permission(actions=USE_KEY, resources=(location.key.key_arn,)),
                Permission(
                    actions=("glue:GetCrawler", "glue:StartCrawler", "glue:StopCrawler"),
                    resources=(arn("glue", f"crawler/{names.lake_crawler}"),),
                ),
                Permission(
                    actions=("lambda:InvokeFunction",),
                    resources=(arn("lambda", f"function:{names.feature_ingestion('*')}"),),
                    because="Feature groups are launched later, and each has its function.",
                ),
            ],
        )
