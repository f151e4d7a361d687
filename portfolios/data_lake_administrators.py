"""Launch roles that grant permissions of a data lake, made administrators of it."""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from base.names import PlatformNames
from base.roles import Permission
from pipelines.assets import AssetLocation
from pipelines.custom_resource import custom_resource_function
from portfolios.launch_role import LaunchRole

LAKE_FORMATION = "AWS::LakeFormation::"


class DataLakeAdministrators(Construct):
    """A custom resource that keeps roles among an account's data lake administrators.

    Only an administrator makes LF-tags and grants by them
    (https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html). The type of
    CloudFormation replaces the settings of the account, of which there is one set, with all that others have
    set (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lakeformation-datalakesettings.html).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        code: AssetLocation,
        roles: Sequence[LaunchRole],
        governs: bool,
    ) -> None:
        """Define the function and the custom resource.

        Args:
            scope: The stack.
            construct_id: Its id there.
            names: The platform's names.
            code: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
            roles: The launch roles.
            governs: Whether the account governs data that it shares.
        """
        super().__init__(scope, construct_id)
        function = custom_resource_function(
            self,
            name=names.lake_administrators,
            description="Keeps launch roles among the data lake administrators, and removes them again",
            code=code,
            handler="data_lake_administrators",
            variables={},
            permissions=[
                Permission(
                    actions=("lakeformation:GetDataLakeSettings", "lakeformation:PutDataLakeSettings"),
                    resources=("*",),
                    because="These actions know no resources.",
                )
            ],
        )
        cdk.CustomResource(
            self,
            "Settings",
            resource_type="Custom::DataLakeAdministrators",
            service_token=function.attr_arn,
            # A function that dies does not answer; without a limit the stack would wait for an hour.
            service_timeout=cdk.Duration.minutes(5),
            properties={
                "Administrators": [launch.role.role_arn for launch in roles],
                "Governs": str(governs).lower(),
            },
        )
