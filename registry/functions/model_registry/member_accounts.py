"""The accounts of the organisation's units, for a policy that has to name each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import explained

if TYPE_CHECKING:
    from mypy_boto3_organizations.client import OrganizationsClient


@dataclass(frozen=True, kw_only=True)
class MemberAccounts:
    """The accounts of some units, as they are when one asks.

    Attributes:
        organizations: A client of an account that administers a service for the organisation, which may list
            (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html).
        units: The ids of the units.
    """

    organizations: "OrganizationsClient"
    units: tuple[str, ...]

    def listed(self) -> tuple[str, ...]:
        """The ids of the active accounts in the units and in those below, in their order.

        Raises:
            RegistryError: If the organisation does not show them.
        """
        with explained(
            denied="This role may not list the accounts of the organisation: run 'catalog prepare' in the "
            "management account, which makes the shared services account an administrator, and deploy the "
            "registry again."
        ):
            return tuple(sorted({account for unit in self.units for account in self._below(unit)}))

    def _below(self, unit: str) -> Iterator[str]:
        accounts = self.organizations.get_paginator("list_accounts_for_parent")
        for found in accounts.paginate(ParentId=unit):
            for account in found["Accounts"]:
                # `State` takes the place of `Status`
                # (https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html).
                if account.get("State", account.get("Status")) == "ACTIVE":
                    yield account["Id"]
        units = self.organizations.get_paginator("list_organizational_units_for_parent")
        for page in units.paginate(ParentId=unit):
            for below in page["OrganizationalUnits"]:
                yield from self._below(below["Id"])
