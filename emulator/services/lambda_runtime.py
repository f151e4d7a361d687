"""What a Lambda function runs with: the interpreter of the Lambda runtime, and credentials of its role.

ministack runs functions among the bundle's own packages, and uses any role that they name. Here the packages
are those of the Lambda runtime, and the role has to trust Lambda
(https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html).
"""

from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from emulator.core.service import ServiceError
from emulator.iam.credentials import service_role_credentials
from emulator.machine.environments import EnvironmentSetupError, prepare

LAMBDA = "lambda.amazonaws.com"
SESSION_SECONDS = 12 * 3600

_runtime_binary = lambda_runtime._detect_runtime_binary


def install() -> None:
    """Put interpreter and credentials in place."""
    lambda_runtime._detect_runtime_binary = _detect_runtime_binary
    for module in (lambda_runtime, lambda_svc):
        module.execution_credentials = _execution_credentials


def _detect_runtime_binary(runtime: str) -> tuple[str, str]:
    binary, worker = _runtime_binary(runtime)
    if not runtime.startswith("python"):
        return binary, worker
    try:
        return str(prepare("lambda").python), worker
    except EnvironmentSetupError as error:
        raise RuntimeError(f"There is no environment for functions: {error}") from None


def _execution_credentials(configuration: dict[str, Any]) -> dict[str, str]:
    arn: str = configuration["FunctionArn"]
    try:
        credentials = service_role_credentials(
            configuration["Role"],
            LAMBDA,
            configuration["FunctionName"],
            source_arn=arn,
            source_account=arn.split(":")[4],
            seconds=SESSION_SECONDS,
        )
    except ServiceError as error:
        raise RuntimeError(
            f"The role defined for the function cannot be assumed by Lambda. {error.message}"
        ) from None
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }
