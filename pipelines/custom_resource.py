"""The function behind a custom resource, with its role and its log group."""

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from base.acknowledgements import acknowledge
from base.grants.runs import WRITE_LOGS
from base.roles import Permission, role
from pipelines.assets import AssetLocation


def custom_resource_function(
    scope: Construct,
    *,
    name: str,
    description: str,
    code: AssetLocation,
    handler: str,
    variables: Mapping[str, str],
    permissions: Iterable[Permission],
    key: kms.IKey | None = None,
    package: str = "custom_resources",
    timeout: cdk.Duration | None = None,
    memory_mib: int | None = None,
) -> lambda_.CfnFunction:
    """Define a function that responds to CloudFormation, or that does other work of a product.

    Args:
        scope: The construct that holds ``Function``, ``Role`` and ``Logs``.
        name: The name of the function and of its role.
        description: What the function does, in the console.
        code: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
        handler: The module of the bundle that handles the requests.
        variables: Environment variables.
        permissions: What the function may do, besides writing its log.
        key: The key that encrypts the log; by default a key of AWS.
        package: The package of the module.
        timeout: How long it may run; a minute by default.
        memory_mib: Its memory; Lambda's default of 128 if not given.
    """
    log_group = logs.LogGroup(
        scope,
        "Logs",
        log_group_name=f"/aws/lambda/{name}",
        encryption_key=key,
        removal_policy=cdk.RemovalPolicy.DESTROY,
        retention=logs.RetentionDays.THREE_MONTHS,
    )
    function_role = role(
        scope,
        "Role",
        name=name,
        description=description,
        trusts=iam.ServicePrincipal("lambda.amazonaws.com"),
        permissions=[
            *permissions,
            Permission(
                actions=WRITE_LOGS,
                resources=(log_group.log_group_arn,),
                because="Lambda names a log stream after each of its environments.",
            ),
        ],
    )
    function = lambda_.CfnFunction(
        scope,
        "Function",
        function_name=name,
        description=description,
        code=lambda_.CfnFunction.CodeProperty(s3_bucket=code.bucket, s3_key=code.key),
        handler=f"{package}.{handler}.handler",
        runtime="python3.13",
        role=function_role.role_arn,
        environment=lambda_.CfnFunction.EnvironmentProperty(variables=dict(variables)),
        logging_config=lambda_.CfnFunction.LoggingConfigProperty(log_group=log_group.log_group_name),
        timeout=timeout.to_seconds() if timeout else 60,
        memory_size=memory_mib,
    )
    acknowledge(
        function,
        rule="AwsSolutions-L1",
        reason="Python 3.13 is the version the bundle is tested with; Lambda supports it until 2029.",
    )
    return function
