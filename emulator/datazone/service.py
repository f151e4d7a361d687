"""The service object to which DataZone's files add their operations."""

from botocore.exceptions import ClientError

from emulator.core.service import Service, ServiceError

PRINCIPAL = "datazone.amazonaws.com"

datazone = Service("datazone")


def denied(message: str) -> ServiceError:
    """The error of whoever a domain does not let do something."""
    return ServiceError("AccessDeniedException", message, 403)


def invalid(message: str) -> ServiceError:
    """The error of a request that DataZone does not take."""
    return ServiceError("ValidationException", message)


def conflict(message: str) -> ServiceError:
    """The error of a request that does not fit to what there is."""
    return ServiceError("ConflictException", message, 409)


def missing(kind: str, identifier: str) -> ServiceError:
    """The error about what there is not."""
    return ServiceError("ResourceNotFoundException", f"{kind} {identifier} could not be found", 404)


def words(error: ClientError | ServiceError) -> str:
    """What an error says, whether another service or DataZone itself has raised it."""
    return error.message if isinstance(error, ServiceError) else str(error.response["Error"]["Message"])
