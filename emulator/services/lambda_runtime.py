"""What a Lambda function runs with: the interpreter of the Lambda runtime, and credentials of its role.

ministack runs functions among the bundle's own packages, and uses any role that they name. Here the packages
are those of the Lambda runtime, and the role has to trust Lambda
(https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html).

ministack also unpacks the code for each execution environment. Here it is unpacked once, and the modules that
one environment compiled serve the next.
"""

import hashlib
import threading
import types
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from emulator.core import state
from emulator.core.service import ServiceError
from emulator.iam.credentials import service_role_credentials
from emulator.machine.environments import EnvironmentSetupError, prepare

LAMBDA = "lambda.amazonaws.com"
SESSION_SECONDS = 12 * 3600

_runtime_binary = lambda_runtime._detect_runtime_binary
_unpacking = threading.Lock()


class _UnpackedOnce(zipfile.ZipFile):
    """An archive that is unpacked once, and then stands wherever it is wanted as a link."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Put the whole archive in the place of an empty folder; code of functions is read-only on AWS."""
        place = Path(path)
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        code = state.folder("functions") / digest[:32]
        with _unpacking:
            if not code.exists():
                unfinished = code.with_suffix(".unfinished")
                super().extractall(unfinished, members, pwd)
                unfinished.rename(code)
        place.rmdir()
        place.symlink_to(code, target_is_directory=True)


def install() -> None:
    """Put interpreter, credentials and code in place."""
    lambda_runtime._detect_runtime_binary = _detect_runtime_binary
    lambda_runtime.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": _UnpackedOnce})
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
        # The emulator itself writes no bytecode; that of a function stands beside its code.
        "PYTHONDONTWRITEBYTECODE": "",
    }
