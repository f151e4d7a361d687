import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import SETTINGS, Emulator, allow

UNITS = SETTINGS.organization.organizational_units
BACKUP = "backup.amazonaws.com"


def test_the_organisation_is_that_of_the_catalog(emulator: Emulator) -> None:
    organizations = emulator.client("organizations", account=emulator.management)
    organization = emulator.client("organizations").describe_organization()["Organization"]
    assert organization["Id"] == SETTINGS.organization.id
    assert organization["MasterAccountId"] == emulator.management
    units = organizations.list_organizational_units_for_parent(ParentId=UNITS.workloads)[
        "OrganizationalUnits"
    ]
    assert {unit["Id"] for unit in units} == {UNITS.development, UNITS.test, UNITS.production}
    accounts = organizations.list_accounts_for_parent(ParentId=UNITS.development)["Accounts"]
    assert [account["Id"] for account in accounts] == [emulator.development]
    parents = organizations.list_parents(ChildId=UNITS.test)["Parents"]
    assert parents == [{"Id": UNITS.workloads, "Type": "ORGANIZATIONAL_UNIT"}]


def test_a_service_is_trusted_before_its_administration_is_delegated(emulator: Emulator) -> None:
    organizations = emulator.client("organizations", account=emulator.management)
    with pytest.raises(ClientError, match="ConstraintViolationException"):
        organizations.register_delegated_administrator(AccountId=emulator.test, ServicePrincipal=BACKUP)
    organizations.enable_aws_service_access(ServicePrincipal=BACKUP)
    organizations.register_delegated_administrator(AccountId=emulator.test, ServicePrincipal=BACKUP)
    with pytest.raises(ClientError, match="AccountAlreadyRegisteredException"):
        organizations.register_delegated_administrator(AccountId=emulator.test, ServicePrincipal=BACKUP)
    listed = organizations.list_delegated_administrators(ServicePrincipal=BACKUP)["DelegatedAdministrators"]
    assert [account["Id"] for account in listed] == [emulator.test]
    assert emulator.client("organizations", account=emulator.test).list_roots()["Roots"]
    organizations.deregister_delegated_administrator(AccountId=emulator.test, ServicePrincipal=BACKUP)


@pytest.mark.parametrize("account", ["production", "development"])
def test_a_member_neither_reads_nor_changes_the_organisation(emulator: Emulator, account: str) -> None:
    organizations = emulator.client("organizations", account=getattr(emulator, account))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        organizations.list_accounts()
    with pytest.raises(ClientError, match="AccessDeniedException"):
        organizations.enable_aws_service_access(ServicePrincipal=BACKUP)


def test_a_role_without_the_permission_is_denied(emulator: Emulator) -> None:
    role = emulator.role(allow("organizations:ListRoots"), account=emulator.management)
    organizations = emulator.client("organizations", role=role)
    assert organizations.list_roots()["Roots"]
    with pytest.raises(ClientError, match="not authorized to perform: organizations:DescribeOrganization"):
        organizations.describe_organization()


def test_an_administrators_role_lists_accounts_by_its_own_policies(emulator: Emulator) -> None:
    management = emulator.client("organizations", account=emulator.management)
    management.enable_aws_service_access(ServicePrincipal=BACKUP)
    management.register_delegated_administrator(AccountId=emulator.hub, ServicePrincipal=BACKUP)
    units = f"arn:aws:organizations::{emulator.management}:ou/{SETTINGS.organization.id}/*"
    may = emulator.role(allow("organizations:ListAccountsForParent", units), account=emulator.hub)
    may_not = emulator.role(account=emulator.hub)
    try:
        listed = emulator.client("organizations", account=emulator.hub, role=may).list_accounts_for_parent(
            ParentId=UNITS.test
        )
        assert [account["Id"] for account in listed["Accounts"]] == [emulator.test]
        with pytest.raises(ClientError, match="not authorized"):
            emulator.client("organizations", account=emulator.hub, role=may_not).list_accounts_for_parent(
                ParentId=UNITS.test
            )
    finally:
        management.deregister_delegated_administrator(AccountId=emulator.hub, ServicePrincipal=BACKUP)
        management.disable_aws_service_access(ServicePrincipal=BACKUP)
