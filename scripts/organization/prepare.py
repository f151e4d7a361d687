"""Prepare the organisation, once, with the rights of an administrator of the management account.

The shared services account becomes the delegated administrator of AWS Service Catalog, so that it may share
portfolios with organisational units, and of CloudFormation StackSets, so that it may prepare the accounts
of these units. AWS Resource Access Manager may share with accounts of the organisation without an invitation,
so that model cards reach them:

* https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-servicecatalog.html
* https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html
* https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html#getting-started-sharing-orgs
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from base.settings import Settings
from scripts.console.change import Change, OperatorError, Outcome

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_ram import RAMClient
    from mypy_boto3_servicecatalog import ServiceCatalogClient
    from mypy_boto3_sts import STSClient

SERVICE_CATALOG = "servicecatalog.amazonaws.com"
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
RESOURCE_ACCESS_MANAGER = "ram.amazonaws.com"

DELEGATED = (SERVICE_CATALOG, STACK_SETS)


def check_caller(*, sts: "STSClient", settings: Settings) -> None:
    """Compare whose credentials these are with whose are needed.

    Every account of an organisation may describe it, and learns nothing of its own place in it by that.

    Args:
        sts: A client of the management account.
        settings: The catalog file.

    Raises:
        OperatorError: If they belong to another account.
    """
    caller, management = sts.get_caller_identity()["Account"], settings.accounts.management
    if caller != management:
        example = " (catalog.yaml describes the example)" if settings.example else ""
        raise OperatorError(
            f"These credentials belong to account {caller}: the organisation is prepared from its management "
            f"account {management}{example}, as an administrator."
        )


def prepare(
    *,
    organizations: "OrganizationsClient",
    service_catalog: "ServiceCatalogClient",
    cloudformation: "CloudFormationClient",
    ram: "RAMClient",
    settings: Settings,
    pretend: bool = False,
) -> Iterator[Change]:
    """Give the services trusted access, and delegate two of them to the shared services account.

    Args:
        organizations: A client of the management account.
        service_catalog: A client of the management account.
        cloudformation: A client of the management account.
        ram: A client of the management account.
        settings: The catalog file.
        pretend: Only tell what would be done.

    Yields:
        Each change, as soon as it is made.

    Raises:
        OperatorError: If the credentials are not those of the organisation and account in the catalog file.
    """
    organization = organizations.describe_organization()["Organization"]
    expected = (settings.organization.id, settings.accounts.management)
    found = (organization["Id"], organization["MasterAccountId"])
    if found != expected:
        raise OperatorError(
            f"These credentials belong to organisation {found[0]} with management account {found[1]}, and "
            f"catalog.yaml names {expected[0]} and {expected[1]}: use the credentials of that management "
            "account, or correct catalog.yaml."
        )
    trusted = {
        principal["ServicePrincipal"]
        for page in organizations.get_paginator("list_aws_service_access_for_organization").paginate()
        for principal in page["EnabledServicePrincipals"]
    }
    activate: dict[str, Callable[[], object]] = {
        SERVICE_CATALOG: service_catalog.enable_aws_organizations_access,
        STACK_SETS: cloudformation.activate_organizations_access,
        RESOURCE_ACCESS_MANAGER: ram.enable_sharing_with_aws_organization,
    }
    for service, enable in activate.items():
        if service not in trusted and not pretend:
            enable()
        yield _change(done=service in trusted, subject=f"trusted access of {service}")
    hub = settings.accounts.shared_services
    for service in DELEGATED:
        administrators = {
            administrator["Id"]
            for page in organizations.get_paginator("list_delegated_administrators").paginate(
                ServicePrincipal=service
            )
            for administrator in page["DelegatedAdministrators"]
        }
        if hub not in administrators and not pretend:
            organizations.register_delegated_administrator(AccountId=hub, ServicePrincipal=service)
        yield _change(done=hub in administrators, subject=f"{hub} as delegated administrator of {service}")


def _change(*, done: bool, subject: str) -> Change:
    return Change(Outcome.IDENTICAL if done else Outcome.CREATE, subject)
