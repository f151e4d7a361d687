"""SageMaker Projects, turned on in every account that creates projects."""

import aws_cdk as cdk
from constructs import Construct

from base.names import PlatformNames
from base.pseudo_parameters import PARTITION, REGION
from base.roles import Permission, arn
from pipelines.assets import AssetLocation
from pipelines.custom_resource import custom_resource_function


class SageMakerProjects(Construct):
    """A custom resource that turns Projects on, and off again with its stack if it was off before.

    No type of CloudFormation does this
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SageMaker.html).
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, names: PlatformNames, code: AssetLocation
    ) -> None:
        """Define the function and the custom resource.

        Args:
            scope: The stack.
            construct_id: Its id there.
            names: The platform's names.
            code: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
        """
        super().__init__(scope, construct_id)
        function = custom_resource_function(
            self,
            name=names.sagemaker_projects_function,
            description="Turns SageMaker Projects on, and off again when the platform leaves the account",
            code=code,
            handler="sagemaker_projects",
            variables={"NOTE_PARAMETER": names.sagemaker_projects_note},
            permissions=_permissions(names),
        )
        cdk.CustomResource(
            self,
            "Enabled",
            resource_type="Custom::SageMakerProjects",
            service_token=function.attr_arn,
            # A function that dies does not answer; without a limit the stack would wait for an hour.
            service_timeout=cdk.Duration.minutes(5),
        )


def _permissions(names: PlatformNames) -> list[Permission]:
    """What the function calls, and what SageMaker asks of it in its name.

    SageMaker accepts a portfolio of AWS for the account. Its documentation does not say what that takes;
    AWS's samples allow listing and accepting shares of portfolios
    (https://github.com/awslabs/aiops-modules/blob/main/modules/sagemaker/sagemaker-studio/stack.py).
    """
    return [
        Permission(
            actions=(
                "sagemaker:DisableSagemakerServicecatalogPortfolio",
                "sagemaker:EnableSagemakerServicecatalogPortfolio",
                "sagemaker:GetSagemakerServicecatalogPortfolioStatus",
                "sagemaker:ListProjects",
                "servicecatalog:ListAcceptedPortfolioShares",
            ),
            resources=("*",),
            because="These actions know no resources.",
        ),
        Permission(
            actions=("servicecatalog:AcceptPortfolioShare",),
            resources=(f"arn:{PARTITION}:catalog:{REGION}:*:portfolio/*",),
            because="The portfolio is AWS's own, in an account that AWS does not name.",
        ),
        Permission(
            actions=("ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"),
            resources=(arn("ssm", f"parameter{names.sagemaker_projects_note}"),),
        ),
    ]
