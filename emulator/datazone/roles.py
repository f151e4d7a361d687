"""Clients in the roles that accounts give to DataZone.

https://docs.aws.amazon.com/datazone/latest/userguide/glue-manage-access-role.html: the trust policy of such a
role may ask for the domain and the account that owns it.
"""

from typing import Any

from emulator.datazone.service import PRINCIPAL, invalid
from emulator.datazone.store import Domain, Thing
from emulator.iam.credentials import client, service_role_credentials


def in_role(domain: Domain, role_arn: str, service: str) -> Any:
    """A client of a service in a role, as DataZone assumes it for a domain.

    Raises:
        ServiceError: The role does not let DataZone in.
    """
    credentials = service_role_credentials(
        role_arn,
        PRINCIPAL,
        "datazone",
        source_arn=domain.arn,
        source_account=domain.account,
    )
    return client(service, credentials, domain.region)


def manage_access_role(domain: Domain, environment: Thing) -> str:
    """The role in which DataZone grants what is in an environment.

    Raises:
        ServiceError: The account has given it none.
    """
    key = (environment["awsAccountId"], environment["environmentBlueprintId"])
    role = domain.blueprints.get(key, {}).get("manageAccessRoleArn")
    if role is None:
        raise invalid(f"Environment {environment['id']} has no manage access role")
    return str(role)
