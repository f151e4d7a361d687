"""How tests speak to the running emulator: clients, roles and policies."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from base import settings
from emulator.core.switches import ROOT_SECRET_ACCESS_KEY
from emulator.machine.isolation import LoopbackSession
from rehearsal.processes import Emulator as EmulatorProcess

Statement = Mapping[str, Any]

SETTINGS = settings.load()


def allow(action: str | Sequence[str], resource: str | Sequence[str] = "*", **more: Any) -> Statement:
    """A statement that allows something."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: Statement) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust(**principals: str | Sequence[str]) -> str:
    """A trust policy: `trust(Service="codebuild.amazonaws.com")`, `trust(AWS=...)`."""
    return policy(
        *(
            {"Effect": "Allow", "Principal": {kind: who}, "Action": "sts:AssumeRole"}
            for kind, who in principals.items()
        )
    )


@dataclass
class Emulator:
    """The running emulator.

    Attributes:
        process: Its process.
        endpoint: Its URL.
        region: The Region of the clients.
    """

    process: EmulatorProcess
    endpoint: str
    region: str
    session: LoopbackSession
    _assumed: dict[str, Mapping[str, str]] = field(default_factory=dict)

    management = SETTINGS.accounts.management
    hub = SETTINGS.accounts.shared_services
    development = SETTINGS.accounts.development
    test = SETTINGS.accounts.test
    production = SETTINGS.accounts.production

    def client(
        self, service: str, *, account: str = SETTINGS.accounts.development, role: str | None = None
    ) -> Any:
        """A client of an account's root, or of a role of the account (by name or ARN)."""
        if role is None:
            return self.session.client(service, account, ROOT_SECRET_ACCESS_KEY, None)
        arn = role if role.startswith("arn:") else f"arn:aws:iam::{account}:role/{role}"
        if arn not in self._assumed:
            sts = self.client("sts", account=arn.split(":")[4])
            self._assumed[arn] = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return self.client_of(service, self._assumed[arn])

    def client_of(self, service: str, credentials: Mapping[str, str]) -> Any:
        """A client that uses credentials as STS gives them."""
        return self.session.client(
            service,
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials.get("SessionToken"),
        )

    def role(
        self,
        *statements: Statement,
        account: str = SETTINGS.accounts.development,
        name: str | None = None,
        trusting: str | None = None,
    ) -> str:
        """Create a role with these permissions and return its ARN.

        Without `trusting`, identities of the account may assume it, and so may `client`.
        """
        iam = self.client("iam", account=account)
        name = name or f"test-{uuid.uuid4().hex[:12]}"
        trusted = trusting or trust(AWS=f"arn:aws:iam::{account}:root")
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=policy(*statements))
        return arn
