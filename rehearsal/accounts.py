"""The accounts at a loopback endpoint, and everyone's temporary credentials."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from base.settings import CATALOG, CATALOG_VARIABLE, load
from emulator.core.switches import ROOT_SECRET_ACCESS_KEY
from emulator.machine.isolation import LoopbackSession
from rehearsal.journal import Journal
from rehearsal.people import ACCOUNTS, AccountKey, People, Person


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a request is signed with."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


class Accounts:
    """The accounts, and clients for whoever acts in them."""

    def __init__(self, endpoint: str, catalog: Path = CATALOG) -> None:
        """Reach the accounts at an endpoint.

        Args:
            endpoint: URL of the emulator; a loopback address.
            catalog: The bundle's catalog file.
        """
        self.catalog = catalog
        self.settings = settings = load(catalog)
        self.names = settings.names
        self.people = People.of(settings.names)
        self.session = LoopbackSession(endpoint, settings.region)
        self.journal = Journal()
        self._identities: dict[Person, Credentials] = {}
        self._temporary: dict[Person, Credentials] = {}
        self._clients: dict[tuple[Credentials, str], Any] = {}

    @property
    def keys(self) -> tuple[AccountKey, ...]:
        """The accounts that the catalog names."""
        return tuple(account for account in ACCOUNTS if getattr(self.settings.accounts, account) is not None)

    @property
    def everyone(self) -> tuple[Person, ...]:
        """Each person of these accounts once."""
        return tuple(person for person in self.people.everyone if person.account in self.keys)

    def account_id(self, account: AccountKey) -> str:
        """The 12 digits of an account."""
        account_id: str = getattr(self.settings.accounts, account)
        return account_id

    def account_title(self, account: AccountKey) -> str:
        """An account for people: its name and its 12 digits."""
        return f"{account.replace('_', ' ')} ({self.account_id(account)})"

    def role_arn(self, person: Person) -> str:
        """ARN of a person's role."""
        return f"arn:aws:iam::{self.account_id(person.account)}:role/{person.role}"

    def administrator(self, account: AccountKey, service: str) -> Any:
        """A client of an account's administrator, who prepares accounts and has no part in the story."""
        return self.client(administrator_credentials(self.account_id(account)), service)

    def sign_up(self, person: Person) -> None:
        """As the administrator of the account, create the identity that may assume a person's role.

        Safe to repeat.
        """
        if person in self._identities:
            return
        iam = self.administrator(person.account, "iam")
        iam.create_user(UserName=person.user)
        iam.put_user_policy(
            UserName=person.user,
            PolicyName="assume-own-role",
            PolicyDocument=_assume_policy(self.role_arn(person)),
        )
        key = iam.create_access_key(UserName=person.user)["AccessKey"]
        self._identities[person] = Credentials(
            access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]
        )

    def identity(self, person: Person) -> Credentials:
        """Credentials of a person before assuming the role."""
        return self._identities[person]

    def credentials(self, person: Person) -> Credentials:
        """Temporary credentials of a person's role."""
        if person not in self._temporary:
            self._temporary[person] = self.assume(
                self.identity(person), self.role_arn(person), person.title.replace(" ", "-").lower()
            )
        return self._temporary[person]

    def assume(self, credentials: Credentials, role_arn: str, session_name: str) -> Credentials:
        """Assume a role.

        Args:
            credentials: Of whoever assumes it.
            role_arn: The role.
            session_name: Shown to whoever reads the audit trail.
        """
        answer = self.client(credentials, "sts").assume_role(RoleArn=role_arn, RoleSessionName=session_name)
        given = answer["Credentials"]
        return Credentials(
            access_key_id=given["AccessKeyId"],
            secret_access_key=given["SecretAccessKey"],
            session_token=given["SessionToken"],
        )

    def acting_as(self, person: Person, service: str) -> Any:
        """A client of a service that acts as a person, whose calls are noted in the journal."""
        client = self.client(self.credentials(person), service)
        self.journal.listen(client, person.title)
        return client

    def client(self, credentials: Credentials, service: str) -> Any:
        """A client of a service that acts on the given credentials."""
        key = (credentials, service)
        if key not in self._clients:
            self._clients[key] = self.session.client(
                service, credentials.access_key_id, credentials.secret_access_key, credentials.session_token
            )
        return self._clients[key]

    def command_environment(self, credentials: Credentials) -> dict[str, str]:
        """Variables with which a command-line tool acts at the emulator on the given credentials."""
        endpoint = self.session.endpoint
        variables = {
            CATALOG_VARIABLE: str(self.catalog),
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_REGION": self.settings.region,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ENDPOINT_URL_S3": endpoint,
            "AWS_S3_FORCE_PATH_STYLE": "true",
        }
        if credentials.session_token is not None:
            variables["AWS_SESSION_TOKEN"] = credentials.session_token
        return variables


def administrator_credentials(account_id: str) -> Credentials:
    """Credentials of an account's root, which the emulator knows by the account's id."""
    return Credentials(access_key_id=account_id, secret_access_key=ROOT_SECRET_ACCESS_KEY)


def _assume_policy(role_arn: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn}],
        }
    )
