"""AWS Organizations: one organisation with the accounts and units of the catalog.

In place of ministack's, where each account is the management account of an organisation of its own.
"""

import time
from dataclasses import dataclass, field

from base.settings import Settings
from emulator.core.service import Service, ServiceError

organizations = Service("organizations")


@dataclass(frozen=True, kw_only=True)
class Node:
    """The root, a unit, or an account.

    Attributes:
        identifier: Its id.
        name: For people.
        parent: Id of the node above; None for the root.
    """

    identifier: str
    name: str
    parent: str | None


@dataclass(kw_only=True)
class Organization:
    """The organisation.

    Attributes:
        identifier: Its id.
        management: The management account.
        root: Id of the root.
        units: Units by id, the root among them.
        accounts: Accounts by id.
        trusted: Services with trusted access, and since when.
        administrators: For each service, its delegated administrators, and since when.
    """

    identifier: str
    management: str
    root: str
    units: dict[str, Node]
    accounts: dict[str, Node]
    trusted: dict[str, float] = field(default_factory=dict)
    administrators: dict[str, dict[str, float]] = field(default_factory=dict)

    def arn(self, kind: str, identifier: str = "") -> str:
        """ARN of the organisation, a root, a unit or an account."""
        below = f"/{identifier}" if identifier else ""
        return f"arn:aws:organizations::{self.management}:{kind}/{self.identifier}{below}"

    def path(self, identifier: str) -> str:
        """Path of a node, as `aws:PrincipalOrgPaths` has it: of an account, that of its unit."""
        node = self.accounts.get(identifier) or self.units[identifier]
        ids = [] if node.identifier in self.accounts else [node.identifier]
        while node.parent is not None:
            node = self.units[node.parent]
            ids.insert(0, node.identifier)
        return "/".join([self.identifier, *ids]) + "/"

    def accounts_below(self, identifier: str) -> list[str]:
        """Accounts of a unit and of the units in it; of an account, itself; of the organisation, all."""
        if identifier in (self.identifier, self.root):
            return list(self.accounts)
        if identifier in self.accounts:
            return [identifier]
        return [account for account in self.accounts if f"/{identifier}/" in self.path(account)]

    def node(self, identifier: str) -> Node:
        """Return a unit or an account.

        Raises:
            ServiceError: There is none of that id.
        """
        found = self.units.get(identifier) or self.accounts.get(identifier)
        if found is None:
            raise ServiceError("TargetNotFoundException", f"The organisation has no {identifier}.")
        return found

    def administers(self, account: str, service: str) -> bool:
        """Whether an account is the management account, or delegated administrator of a service."""
        return account == self.management or account in self.administrators.get(service, {})


_established: Organization | None = None


def establish(settings: Settings) -> None:
    """Make the organisation that a catalog describes; the server does so at its start."""
    global _established  # noqa: PLW0603  one organisation
    units, accounts = settings.organization.organizational_units, settings.accounts
    root = f"r-{units.workloads.split('-')[1]}"
    parents = {"workloads": root}
    nodes = [Node(identifier=root, name="Root", parent=None)]
    nodes += [
        Node(identifier=identifier, name=name, parent=parents.get(name, units.workloads))
        for name, identifier in units
    ]
    members = [
        Node(identifier=identifier, name=name, parent=getattr(units, name, root))
        for name, identifier in accounts
    ]
    _established = Organization(
        identifier=settings.organization.id,
        management=accounts.management,
        root=root,
        units={node.identifier: node for node in nodes},
        accounts={node.identifier: node for node in members},
    )


def the_organization() -> Organization:
    """Return the organisation."""
    if _established is None:
        raise RuntimeError("no organisation has been established")
    return _established


def organization_of(account: str) -> Organization | None:
    """Return the organisation that an account belongs to, or None."""
    if _established is not None and account in _established.accounts:
        return _established
    return None


def enable_service_access(organization: Organization, service: str) -> None:
    """Give a service trusted access, as the service's own console and API do as well."""
    organization.trusted.setdefault(service, time.time())
