"""What tests of model cards and of sharing them share."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.emulator.sagemaker_support import unique
from tests.emulator.support import Emulator

CARDS = "AWSRAMPermissionSageMakerModelCards"
EXPORT = "AWSRAMPermissionSageMakerModelCardsAllowExport"
RAM_PRINCIPAL = "ram.amazonaws.com"
CONTENT = {"business_details": {"business_problem": "Customers leave"}}
READ = ["sagemaker:DescribeModelCard", "sagemaker:ListModelCardVersions"]


def managed(name: str) -> str:
    """ARN of one of AWS's managed permissions."""
    return f"arn:aws:ram::aws:permission/{name}"


def make_card(emulator: Emulator, *, account: str | None = None, content: Any = None, **fields: Any) -> str:
    """Create a card in the hub, or in another account, and return its ARN."""
    answer = emulator.client("sagemaker", account=account or emulator.hub).create_model_card(
        **{
            "ModelCardName": unique("card"),
            "Content": json.dumps(CONTENT if content is None else content),
            "ModelCardStatus": "Draft",
            **fields,
        }
    )
    return str(answer["ModelCardArn"])


def make_share(
    emulator: Emulator,
    *resources: str,
    principals: list[str],
    permission: str = managed(CARDS),
    **fields: Any,
) -> str:
    """Share resources of the hub and return the share's ARN."""
    answer = emulator.client("ram", account=emulator.hub).create_resource_share(
        **{
            "name": unique("share"),
            "resourceArns": list(resources),
            "principals": principals,
            "permissionArns": [permission],
            "allowExternalPrincipals": False,
            **fields,
        }
    )
    return str(answer["resourceShare"]["resourceShareArn"])


def make_reader_permission(emulator: Emulator) -> str:
    """Create a managed permission of the hub that only lets read cards."""
    answer = emulator.client("ram", account=emulator.hub).create_permission(
        name=unique("reader"),
        resourceType="sagemaker:ModelCard",
        policyTemplate=json.dumps({"Effect": "Allow", "Action": READ}),
    )
    return str(answer["permission"]["arn"])


def enable_sharing(emulator: Emulator) -> None:
    """Turn on sharing within the organisation."""
    emulator.client("ram", account=emulator.management).enable_sharing_with_aws_organization()


@contextmanager
def without_sharing(emulator: Emulator) -> Iterator[None]:
    """Turn off sharing within the organisation for a while."""
    organizations = emulator.client("organizations", account=emulator.management)
    organizations.disable_aws_service_access(ServicePrincipal=RAM_PRINCIPAL)
    try:
        yield
    finally:
        enable_sharing(emulator)
