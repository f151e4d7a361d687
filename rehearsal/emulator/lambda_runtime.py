"""The interpreter of Lambda functions: with the packages of the Lambda runtime, not the bundle's own."""

from ministack.core import lambda_runtime

from rehearsal.environments import EnvironmentSetupError, prepare

_runtime_binary = lambda_runtime._detect_runtime_binary


def install() -> None:
    """Put the interpreter in place."""
    lambda_runtime._detect_runtime_binary = _detect_runtime_binary


def _detect_runtime_binary(runtime: str) -> tuple[str, str]:
    binary, worker = _runtime_binary(runtime)
    if not runtime.startswith("python"):
        return binary, worker
    try:
        return str(prepare("lambda").python), worker
    except EnvironmentSetupError as error:
        raise RuntimeError(f"There is no environment for functions: {error}") from None
