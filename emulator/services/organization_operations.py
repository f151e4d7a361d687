"""The operations of AWS Organizations.

Who may call what: https://docs.aws.amazon.com/organizations/latest/APIReference/Welcome.html and, for
delegated administrators, https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html.
"""

import time
from collections.abc import Callable
from typing import Any

from emulator.core.authorization import ResourcePolicy
from emulator.core.pages import page
from emulator.core.service import Request, ServiceError
from emulator.services.organizations import (
    Node,
    Organization,
    enable_service_access,
    organization_of,
    organizations,
)

MAXIMUM_RESULTS = 20
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html"""


__all__ = ["organizations"]


def _here(request: Request) -> Organization:
    found = organization_of(request.account)
    if found is None:
        raise ServiceError(
            "AWSOrganizationsNotInUseException", "Your account is not a member of an organization."
        )
    return found


def _as_management(request: Request) -> Organization:
    organization = _here(request)
    if request.account != organization.management:
        raise ServiceError("AccessDeniedException", "You don't have permissions to access this resource.")
    return organization


def _as_reader(request: Request) -> Organization:
    """The organisation, for its management account and every delegated administrator."""
    organization = _here(request)
    delegated = any(request.account in accounts for accounts in organization.administrators.values())
    if request.account != organization.management and not delegated:
        raise ServiceError("AccessDeniedException", "You don't have permissions to access this resource.")
    return organization


def _node_arn(parameter: str) -> Callable[[Request], str]:
    def find(request: Request) -> str:
        organization, identifier = _here(request), request.parameters[parameter]
        if identifier in organization.accounts:
            return organization.arn("account", identifier)
        return organization.arn("root" if identifier == organization.root else "ou", identifier)

    return find


def _of_the_caller(request: Request, _: str) -> ResourcePolicy:
    """What delegated administrators read is in the management account, and has no policy that lets them in.

    The caller's own policies decide, and Organizations itself (`_as_reader`).
    """
    return None, request.account


def _service_key(request: Request) -> dict[str, Any]:
    return {"organizations:ServicePrincipal": request.parameters["ServicePrincipal"]}


@organizations.operation("DescribeOrganization")
def _describe_organization(request: Request) -> dict[str, Any]:
    organization = _here(request)
    return {
        "Organization": {
            "Id": organization.identifier,
            "Arn": organization.arn("organization"),
            "FeatureSet": "ALL",
            "MasterAccountArn": organization.arn("account", organization.management),
            "MasterAccountId": organization.management,
            "MasterAccountEmail": _email(organization.accounts[organization.management]),
        }
    }


@organizations.operation("ListRoots")
def _list_roots(request: Request) -> dict[str, Any]:
    organization = _as_reader(request)
    root = organization.units[organization.root]
    arn = organization.arn("root", root.identifier)
    return {"Roots": [{"Id": root.identifier, "Arn": arn, "Name": root.name, "PolicyTypes": []}]}


@organizations.operation("ListAccounts")
def _list_accounts(request: Request) -> dict[str, Any]:
    organization = _as_reader(request)
    return {"Accounts": [_account(organization, node) for node in organization.accounts.values()]}


@organizations.operation("DescribeAccount", resource=_node_arn("AccountId"), resource_policy=_of_the_caller)
def _describe_account(request: Request) -> dict[str, Any]:
    organization, identifier = _as_reader(request), request.parameters["AccountId"]
    if identifier not in organization.accounts:
        raise ServiceError("AccountNotFoundException", f"The organisation has no account {identifier}.")
    return {"Account": _account(organization, organization.accounts[identifier])}


@organizations.operation(
    "ListAccountsForParent", resource=_node_arn("ParentId"), resource_policy=_of_the_caller
)
def _list_accounts_for_parent(request: Request) -> dict[str, Any]:
    organization = _as_reader(request)
    parent = _parent(organization, request)
    accounts = [node for node in organization.accounts.values() if node.parent == parent]
    found, rest = _page(request, [_account(organization, node) for node in accounts])
    return {"Accounts": found, **rest}


@organizations.operation(
    "ListOrganizationalUnitsForParent", resource=_node_arn("ParentId"), resource_policy=_of_the_caller
)
def _list_units_for_parent(request: Request) -> dict[str, Any]:
    organization = _as_reader(request)
    parent = _parent(organization, request)
    units = [node for node in organization.units.values() if node.parent == parent]
    found, rest = _page(request, [_unit(organization, node) for node in units])
    return {"OrganizationalUnits": found, **rest}


@organizations.operation(
    "DescribeOrganizationalUnit", resource=_node_arn("OrganizationalUnitId"), resource_policy=_of_the_caller
)
def _describe_unit(request: Request) -> dict[str, Any]:
    organization, identifier = _as_reader(request), request.parameters["OrganizationalUnitId"]
    if identifier not in organization.units:
        raise ServiceError(
            "OrganizationalUnitNotFoundException", f"The organisation has no unit {identifier}."
        )
    return {"OrganizationalUnit": _unit(organization, organization.units[identifier])}


@organizations.operation("ListParents", resource=_node_arn("ChildId"), resource_policy=_of_the_caller)
def _list_parents(request: Request) -> dict[str, Any]:
    organization, identifier = _as_reader(request), request.parameters["ChildId"]
    if identifier not in organization.units and identifier not in organization.accounts:
        raise ServiceError("ChildNotFoundException", f"The organisation has no {identifier}.")
    parent = organization.node(identifier).parent
    if parent is None:
        return {"Parents": []}
    kind = "ROOT" if parent == organization.root else "ORGANIZATIONAL_UNIT"
    return {"Parents": [{"Id": parent, "Type": kind}]}


@organizations.operation("EnableAWSServiceAccess", condition_keys=_service_key)
def _enable_service_access(request: Request) -> dict[str, Any]:
    enable_service_access(_as_management(request), request.parameters["ServicePrincipal"])
    return {}


@organizations.operation("DisableAWSServiceAccess", condition_keys=_service_key)
def _disable_service_access(request: Request) -> dict[str, Any]:
    _as_management(request).trusted.pop(request.parameters["ServicePrincipal"], None)
    return {}


@organizations.operation("ListAWSServiceAccessForOrganization")
def _list_service_access(request: Request) -> dict[str, Any]:
    organization = _as_reader(request)
    principals = [
        {"ServicePrincipal": service, "DateEnabled": since} for service, since in organization.trusted.items()
    ]
    return {"EnabledServicePrincipals": principals}


@organizations.operation(
    "RegisterDelegatedAdministrator", resource=_node_arn("AccountId"), condition_keys=_service_key
)
def _register_administrator(request: Request) -> dict[str, Any]:
    organization = _as_management(request)
    account, service = request.parameters["AccountId"], request.parameters["ServicePrincipal"]
    if account not in organization.accounts:
        raise ServiceError("AccountNotFoundException", f"The organisation has no account {account}.")
    if account == organization.management:
        raise ServiceError(
            "ConstraintViolationException",
            "You cannot register master account/yourself as delegated administrator for your organization.",
        )
    if service not in organization.trusted:
        raise ServiceError(
            "ConstraintViolationException",
            f"Service access for {service} is not enabled in the organization.",
        )
    registered = organization.administrators.setdefault(service, {})
    if account in registered:
        raise ServiceError(
            "AccountAlreadyRegisteredException",
            "The provided account is already a delegated administrator for your organization.",
        )
    registered[account] = time.time()
    return {}


@organizations.operation(
    "DeregisterDelegatedAdministrator", resource=_node_arn("AccountId"), condition_keys=_service_key
)
def _deregister_administrator(request: Request) -> dict[str, Any]:
    organization = _as_management(request)
    account, service = request.parameters["AccountId"], request.parameters["ServicePrincipal"]
    if organization.administrators.get(service, {}).pop(account, None) is None:
        raise ServiceError(
            "AccountNotRegisteredException",
            "The provided account is not a registered delegated administrator for your organization.",
        )
    return {}


@organizations.operation("ListDelegatedAdministrators")
def _list_administrators(request: Request) -> dict[str, Any]:
    organization, service = _as_reader(request), request.parameters.get("ServicePrincipal")
    since: dict[str, float] = {}
    for named, accounts in organization.administrators.items():
        if service in (None, named):
            since |= accounts
    return {
        "DelegatedAdministrators": [
            _account(organization, organization.accounts[account]) | {"DelegationEnabledDate": enabled}
            for account, enabled in since.items()
        ]
    }


@organizations.operation(
    "ListDelegatedServicesForAccount", resource=_node_arn("AccountId"), resource_policy=_of_the_caller
)
def _list_delegated_services(request: Request) -> dict[str, Any]:
    organization, account = _as_reader(request), request.parameters["AccountId"]
    return {
        "DelegatedServices": [
            {"ServicePrincipal": service, "DelegationEnabledDate": accounts[account]}
            for service, accounts in organization.administrators.items()
            if account in accounts
        ]
    }


def _parent(organization: Organization, request: Request) -> str:
    identifier: str = request.parameters["ParentId"]
    if identifier not in organization.units:
        raise ServiceError("ParentNotFoundException", f"The organisation has no unit {identifier}.")
    return identifier


def _page(request: Request, items: list[Any]) -> tuple[list[Any], dict[str, str]]:
    refusal = ServiceError("InvalidInputException", "You provided an invalid value for NextToken.")
    return page(request, items, default=MAXIMUM_RESULTS, refusal=refusal)


def _email(node: Node) -> str:
    return f"{node.name.replace('_', '-')}@example.com"


def _account(organization: Organization, node: Node) -> dict[str, Any]:
    return {
        "Id": node.identifier,
        "Arn": organization.arn("account", node.identifier),
        "Email": _email(node),
        "Name": node.name.replace("_", " "),
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": 0,
    }


def _unit(organization: Organization, node: Node) -> dict[str, Any]:
    return {"Id": node.identifier, "Arn": organization.arn("ou", node.identifier), "Name": node.name}
