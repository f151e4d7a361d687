"""AWS CodeConnections: connections as they are before anybody has completed them in the console.

A connection to GitHub, GitLab or Bitbucket is authorised by a person at the provider
(https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html). There is no provider on this
machine, so every connection stays PENDING, and a pipeline that uses one fails and says so.
"""

import uuid
from typing import Any, NamedTuple

from emulator.core.service import (
    Request,
    Service,
    ServiceError,
    current_account,
    current_region,
    register_resource_type,
)

codeconnections = Service("codeconnections")

_connections: dict[str, dict[str, Any]] = {}


class _Owner(NamedTuple):
    account: str
    region: str

    @property
    def connections(self) -> str:
        """What the ARNs of the owner's connections start with."""
        return f"arn:aws:codeconnections:{self.region}:{self.account}:connection/"


def _create(owner: _Owner, name: str, provider: str | None, host: str | None) -> str:
    arn = f"{owner.connections}{uuid.uuid4()}"
    _connections[arn] = {
        "ConnectionName": name,
        "ConnectionArn": arn,
        "ProviderType": provider,
        "OwnerAccountId": owner.account,
        "ConnectionStatus": "PENDING",
        "HostArn": host,
    }
    return arn


def _arn(request: Request) -> str:
    arn: str = request.parameters["ConnectionArn"]
    return arn


@codeconnections.operation("CreateConnection")
def _create_connection(request: Request) -> dict[str, Any]:
    parameters = request.parameters
    owner = _Owner(request.account, request.region)
    arn = _create(
        owner, parameters["ConnectionName"], parameters.get("ProviderType"), parameters.get("HostArn")
    )
    return {"ConnectionArn": arn}


@codeconnections.operation("GetConnection", resource=_arn)
def _get_connection(request: Request) -> dict[str, Any]:
    if _arn(request) not in _connections:
        raise ServiceError("ResourceNotFoundException", f"Connection not found: {_arn(request)}")
    return {"Connection": _connections[_arn(request)]}


@codeconnections.operation("ListConnections")
def _list_connections(request: Request) -> dict[str, Any]:
    prefix = _Owner(request.account, request.region).connections
    return {"Connections": [found for arn, found in _connections.items() if arn.startswith(prefix)]}


@codeconnections.operation("DeleteConnection", resource=_arn)
def _delete_connection(request: Request) -> dict[str, Any]:
    _connections.pop(_arn(request), None)
    return {}


def _create_resource(_: str, properties: dict[str, Any], __: str) -> tuple[str, dict[str, Any]]:
    owner = _Owner(current_account(), current_region())
    arn = _create(
        owner, properties["ConnectionName"], properties.get("ProviderType"), properties.get("HostArn")
    )
    return arn, {
        "ConnectionArn": arn,
        "ConnectionStatus": "PENDING",
        "OwnerAccountId": owner.account,
    }


def _delete_resource(physical_id: str, _: dict[str, Any]) -> None:
    _connections.pop(physical_id, None)


register_resource_type("AWS::CodeConnections::Connection", create=_create_resource, delete=_delete_resource)
