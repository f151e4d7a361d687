"""With whom AWS Resource Access Manager shares: accounts, organisational units and organisations.

Within an organisation that has turned sharing on nobody is asked; to others RAM sends invitations, which the
emulator does not
(https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html#getting-started-sharing-orgs).
"""

import re
from typing import Any

from emulator.core.service import Request, ServiceError, authorize
from emulator.ram.service import ram
from emulator.services.organizations import Organization, enable_service_access, organization_of

SERVICE_PRINCIPAL = "ram.amazonaws.com"

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_NODE = re.compile(
    r"arn:aws:organizations::(?P<management>\d{12}):"
    r"(organization/(?P<whole>o-[a-z0-9]+)|ou/(?P<organization>o-[a-z0-9]+)/(?P<unit>ou-[a-z0-9-]+))",
    re.ASCII,
)
_OTHER = re.compile(r"arn:aws:iam::\d{12}:(role|user)/.+|[a-z0-9-]+\.amazonaws\.com", re.ASCII)

_enabled: set[str] = set()
"""Organisations that have turned sharing on."""


def accounts_of(principal: str) -> list[str]:
    """The accounts that a principal stands for; none of a node that is no more.

    Args:
        principal: An account, or the ARN of an organisational unit or an organisation.
    """
    match = _NODE.fullmatch(principal)
    if match is None:
        return [principal]
    organization = organization_of(match["management"])
    return organization.accounts_below(match["unit"] or match["whole"]) if organization else []


def is_known(account: str, principal: str) -> bool:
    """Whether an account can share with a principal without an invitation, for a service that does so for it.

    Args:
        account: The account.
        principal: An account, the ARN of a role or user, or of a unit or an organisation.
    """
    organization = organization_of(account)
    if organization is None:
        return False
    if _NODE.fullmatch(principal):
        return _shares(organization) and principal in _nodes(organization)
    owner = principal.split(":")[4] if principal.startswith("arn:aws:iam::") else principal
    return owner in organization.accounts


def check_principal(request: Request, principal: str, *, external: bool) -> None:
    """Check that the caller's resources can be shared with a principal.

    Args:
        request: The request.
        principal: As the request names it.
        external: Whether the share takes principals outside the organisation.

    Raises:
        ServiceError: They cannot, in RAM's words as far as they are known.
    """
    organization = organization_of(request.account)
    if organization is not None and not _shares(organization):
        organization = None
    if match := _NODE.fullmatch(principal):
        if organization is None or principal not in _nodes(organization):
            raise ServiceError(
                "UnknownResourceException",
                f"OrganizationalUnit {match['unit']} in unknown organization could not be found."
                if match["unit"]
                else f"Organization {match['whole']} could not be found.",
            )
    elif _ACCOUNT.fullmatch(principal):
        if organization is None or principal not in organization.accounts:
            _refuse_stranger(principal, external=external)
    elif _OTHER.fullmatch(principal):
        raise ServiceError(
            "UnsupportedOperation",
            "The emulator shares with accounts, organizational units and organizations; "
            "AWS also shares with roles, users and services.",
        )
    else:
        raise ServiceError(
            "InvalidParameterException",
            f"Principal ID {principal} is malformed. Verify the ID and try again.",
        )


def _refuse_stranger(account: str, *, external: bool) -> None:
    if external:
        raise ServiceError(
            "UnsupportedOperation",
            f"AWS would send {account} an invitation, which the emulator does not: share within the "
            "organization, after EnableSharingWithAwsOrganization.",
        )
    raise ServiceError(
        "OperationNotPermittedException",
        "The resource you are attempting to share can only be shared within your AWS Organization. This "
        "error may also occur if you have not enabled sharing with your AWS organization, or that "
        "onboarding process is still in progress.",
    )


def _shares(organization: Organization) -> bool:
    return organization.identifier in _enabled and SERVICE_PRINCIPAL in organization.trusted


def _nodes(organization: Organization) -> list[str]:
    """ARNs of the organisation and its units; a root cannot be shared with."""
    units = [unit for unit in organization.units if unit != organization.root]
    return [organization.arn("organization"), *(organization.arn("ou", unit) for unit in units)]


@ram.operation("EnableSharingWithAwsOrganization")
def _enable_sharing(request: Request) -> dict[str, Any]:
    """Turn sharing on, with all that RAM does for it in the caller's name besides its service-linked role."""
    organization = organization_of(request.account)
    if organization is None or request.account != organization.management:
        raise ServiceError(
            "OperationNotPermittedException",
            "Unable to enable sharing with AWS Organizations. Received AccessDeniedException from "
            "AWSOrganizations with the following error message: You don't have permissions to access this "
            "resource.",
        )
    authorize(request, "organizations:DescribeOrganization")
    authorize(
        request,
        "organizations:EnableAWSServiceAccess",
        condition_keys={"organizations:ServicePrincipal": SERVICE_PRINCIPAL},
    )
    enable_service_access(organization, SERVICE_PRINCIPAL)
    _enabled.add(organization.identifier)
    return {"returnValue": True}
