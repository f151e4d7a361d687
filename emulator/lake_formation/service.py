"""The service object to which Lake Formation's files add their operations."""

from emulator.core.service import Service, ServiceError

PRINCIPAL = "lakeformation.amazonaws.com"

lake_formation = Service("lakeformation")


def denied(message: str) -> ServiceError:
    """The error of whoever lacks a Lake Formation permission."""
    return ServiceError("AccessDeniedException", f"Insufficient Lake Formation permission(s): {message}")


def invalid(message: str) -> ServiceError:
    """The error of a request that Lake Formation does not take."""
    return ServiceError("InvalidInputException", message)


def missing(message: str) -> ServiceError:
    """The error about what there is not."""
    return ServiceError("EntityNotFoundException", message)
