"""Why a phase of a build fails."""

import zipfile

from botocore.exceptions import ClientError

from emulator.codebuild.buildspec import BuildspecError, NoArtifactsError
from emulator.codebuild.shell import (
    BuildStoppedError,
)
from emulator.codebuild.workspace import UnsupportedSourceError
from emulator.core.service import ServiceError


class PhaseFailedError(Exception):
    """A phase did not succeed, with the status that it and its build take."""

    def __init__(self, code: str, message: str, status: str = "FAILED") -> None:
        """Say why.

        Args:
            code: The status code of the phase's context.
            message: Its message.
            status: FAILED, TIMED_OUT or STOPPED.
        """
        super().__init__(message)
        self.context = {"statusCode": code, "message": message}
        self.status = status


def explain(error: Exception) -> PhaseFailedError:
    """Return the failure of a phase that an exception means; a mistake of ours passes as a fault."""
    if isinstance(error, PhaseFailedError):
        return error
    if isinstance(error, BuildStoppedError):
        return PhaseFailedError("BUILD_STOPPED", "The build was stopped.", "STOPPED")
    codes: dict[type[Exception], str] = {
        BuildspecError: "YAML_FILE_ERROR",
        ClientError: "CLIENT_ERROR",
        NoArtifactsError: "CLIENT_ERROR",
        ServiceError: "ACCESS_DENIED",
        UnsupportedSourceError: "CLIENT_ERROR",
        zipfile.BadZipFile: "CLIENT_ERROR",
    }
    for kind, code in codes.items():
        if isinstance(error, kind):
            return PhaseFailedError(code, str(error))
    return PhaseFailedError("INTERNAL_ERROR", f"{type(error).__name__}: {error}", "FAULT")
