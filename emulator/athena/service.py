"""The service object to which Athena's files add their operations; ministack has the rest of Athena."""

from typing import Any

from emulator.core.service import Service, ServiceError

athena = Service("athena", ministack=True)


def invalid(message: str) -> ServiceError:
    """The error of a request that Athena does not take."""
    return ServiceError("InvalidRequestException", message)


def workgroup_arn(account: str, region: str, name: Any) -> str:
    """ARN of a workgroup."""
    return f"arn:aws:athena:{region}:{account}:workgroup/{name}"
