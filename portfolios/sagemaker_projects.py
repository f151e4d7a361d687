"""SageMaker Projects, turned on in every account that creates projects."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from names import PlatformNames
from pipelines.assets import AssetLocation
from roles import Permission, arn, role


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
        name, note = names.sagemaker_projects_function, names.sagemaker_projects_note
        description = "Turns SageMaker Projects on, and off again when the platform leaves the account"
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{name}",
            removal_policy=cdk.RemovalPolicy.DESTROY,
            retention=logs.RetentionDays.THREE_MONTHS,
        )
        function_role = role(
            self,
            "Role",
            name=name,
            description=description,
            trusts=iam.ServicePrincipal("lambda.amazonaws.com"),
            permissions=[
                *_permissions(names),
                Permission(
                    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                    resources=(log_group.log_group_arn,),
                    because="Lambda names a log stream after each of its environments.",
                ),
            ],
        )
        function = lambda_.CfnFunction(
            self,
            "Function",
            function_name=name,
            description=description,
            code=lambda_.CfnFunction.CodeProperty(s3_bucket=code.bucket, s3_key=code.key),
            handler="custom_resources.sagemaker_projects.handler",
            runtime="python3.13",
            role=function_role.role_arn,
            environment=lambda_.CfnFunction.EnvironmentProperty(variables={"NOTE_PARAMETER": note}),
            logging_config=lambda_.CfnFunction.LoggingConfigProperty(log_group=log_group.log_group_name),
            timeout=60,
        )
        cdk.Validations.of(function).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-L1",
                reason="Python 3.13 is the version the bundle is tested with; Lambda supports it until 2029.",
            )
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
            resources=(f"arn:{cdk.Aws.PARTITION}:catalog:{cdk.Aws.REGION}:*:portfolio/*",),
            because="The portfolio is AWS's own, in an account that AWS does not name.",
        ),
        Permission(
            actions=("ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"),
            resources=(arn("ssm", f"parameter{names.sagemaker_projects_note}"),),
        ),
    ]
