"""Who plays: each person has one identity, which may do nothing but assume the person's role."""

from dataclasses import dataclass, fields
from typing import Literal

from base.names import PlatformNames

AccountKey = Literal["management", "shared_services", "development", "test", "production", "data"]
ACCOUNTS: tuple[AccountKey, ...] = (
    "management",
    "shared_services",
    "development",
    "test",
    "production",
    "data",
)
"""All accounts that a catalog may name; `Accounts.keys` are those that it does name."""

CONSUMER_ROLE = "model-consumer"
"""An application of the test and production accounts that asks the endpoint: theirs, not the bundle's."""


ADMINISTRATOR_ROLE = "administrator"
"""Whoever may do everything in an account, and still nothing in another; the accounts' own, as well."""

OWN_ROLES = (CONSUMER_ROLE, ADMINISTRATOR_ROLE)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A role in an account, and who assumes it.

    Attributes:
        title: The profession.
        account: The account of the role.
        role: Name of the role.
    """

    title: str
    account: AccountKey
    role: str

    @property
    def profile(self) -> str:
        """Name of the person's profile for the AWS CLI."""
        several = self.role in OWN_ROLES or self.role.endswith("-ml-administrator")
        return f"{self.account}-{self.role}" if several else self.role

    @property
    def user(self) -> str:
        """The identity that may assume the role and nothing else, in place of IAM Identity Center."""
        return f"sign-in-{self.role}"[:64]


@dataclass(frozen=True, kw_only=True)
class People:
    """Everyone who may be in a story."""

    platform_engineer: Person
    ml_administrator: Person
    hub_administrator: Person
    lead_data_scientist: Person
    data_scientist: Person
    ml_engineer: Person
    governance_officer: Person
    test_application: Person
    production_application: Person
    development_administrator: Person
    test_administrator: Person
    production_administrator: Person
    data_engineer: Person
    data_producer: Person
    lake_administrator: Person

    @classmethod
    def of(cls, names: PlatformNames) -> "People":
        """The people of a platform.

        Args:
            names: Names of the platform's roles.
        """
        return cls(
            platform_engineer=Person(
                title="Platform engineer", account="shared_services", role=names.platform_engineer_role
            ),
            ml_administrator=Person(
                title="Lead data scientist", account="development", role=names.ml_administrator_role
            ),
            hub_administrator=Person(
                title="ML administrator", account="shared_services", role=names.ml_administrator_role
            ),
            lead_data_scientist=Person(
                title="Lead data scientist", account="development", role=names.lead_data_scientist_role
            ),
            data_scientist=Person(
                title="Data scientist", account="development", role=names.data_scientist_role
            ),
            ml_engineer=Person(title="ML engineer", account="shared_services", role=names.ml_engineer_role),
            governance_officer=Person(
                title="Governance officer", account="shared_services", role=names.governance_officer_role
            ),
            test_application=Person(title="Application", account="test", role=CONSUMER_ROLE),
            production_application=Person(title="Application", account="production", role=CONSUMER_ROLE),
            development_administrator=Person(
                title="Account administrator", account="development", role=ADMINISTRATOR_ROLE
            ),
            test_administrator=Person(title="Account administrator", account="test", role=ADMINISTRATOR_ROLE),
            production_administrator=Person(
                title="Account administrator", account="production", role=ADMINISTRATOR_ROLE
            ),
            data_engineer=Person(title="Data engineer", account="data", role=names.data_engineer_role),
            data_producer=Person(title="Data producer", account="data", role=names.data_producer_role),
            lake_administrator=Person(title="Lake administrator", account="data", role=ADMINISTRATOR_ROLE),
        )

    @property
    def everyone(self) -> tuple[Person, ...]:
        """Each person once, those of a data account as well."""
        return tuple(getattr(self, person.name) for person in fields(self))
