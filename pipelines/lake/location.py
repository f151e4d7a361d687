"""Where a data lake lies: a bucket under a key of its own, registered with AWS Lake Formation."""

from aws_cdk import aws_glue as glue
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from base.contracts.lake import TABLES
from base.grants.objects import READ_BUCKET
from base.names import PlatformNames
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import Permission, role, service_principal
from pipelines.storage import encryption_key, private_bucket


class LakeLocation(Construct):
    """Key, bucket, registration and database of a data lake; key and bucket outlive it.

    Whoever may read a table reads it through Lake Formation, which lends the permissions of the location's
    role for the time of a query. The role reads: nobody changes the lake that way.

    Attributes:
        key: Encrypts the tables.
        bucket: Holds them.
        registration: After which Lake Formation decides who reads them.
        database: Their database in the Data Catalog.
        tables_arn: ARN of the folder whose folders are tables.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, names: PlatformNames, tells_account: bool
    ) -> None:
        """Define the location.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names, for the Region of the launch.
            tells_account: Whether Lake Formation says for which account it acts.
        """
        super().__init__(scope, construct_id)
        self.key = encryption_key(
            self, "Key", alias=names.lake_key_alias, description="The tables of the data lake"
        )
        self.bucket = private_bucket(self, "Bucket", name=names.lake_bucket(ACCOUNT_ID), key=self.key)
        self.tables_arn = f"{self.bucket.bucket_arn}/{TABLES}"
        # https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html
        reader = role(
            self,
            "Reader",
            name=names.lake_location_role,
            description="Lake Formation reads the data lake under this role, for whoever may read a table",
            trusts=service_principal("lakeformation", tells_account=tells_account),
            permissions=[
                Permission(
                    actions=READ_BUCKET,
                    resources=(self.bucket.bucket_arn, self.bucket.arn_for_objects("*")),
                    because="Lake Formation narrows the role to the table that is read.",
                ),
                Permission(actions=("kms:Decrypt",), resources=(self.key.key_arn,)),
            ],
        )
        self.registration = lakeformation.CfnResource(
            self,
            "Registration",
            resource_arn=self.tables_arn,
            role_arn=reader.role_arn,
            use_service_linked_role=False,
        )
        self.database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=ACCOUNT_ID,
            database_name=names.lake_database,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=names.lake_database,
                description="Tables that teams may read, each a folder of the data lake",
                location_uri=f"s3://{self.bucket.bucket_name}/{TABLES}/",
                # Of IAM alone, which would bypass Lake Formation.
                create_table_default_permissions=[],
            ),
        )
