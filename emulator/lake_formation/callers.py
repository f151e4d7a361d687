"""Who asks Lake Formation, and which principals of grants that is."""

from dataclasses import dataclass

from ministack.services import iam

from emulator.core.authorization import Principal, principal_of_key
from emulator.core.service import Request
from emulator.lake_formation.store import IAM_ALLOWED, Home, administrators
from emulator.ram.principals import accounts_of


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever asks.

    Attributes:
        principal: With the policies that hold for it.
        home: Its account, and the Region of the request.
    """

    principal: Principal
    home: Home

    @property
    def identity(self) -> str:
        """ARN of the role or user, as grants name it."""
        return identity_of(self.principal.arn)

    @property
    def is_root(self) -> bool:
        """Whether it is the account's root, which sets the emulator up and may do everything."""
        return self.principal.policies is None

    @property
    def is_administrator(self) -> bool:
        """Whether it is a data lake administrator of its account."""
        return self.is_root or self.identity in administrators(self.home)

    def names(self, owner: str) -> set[str]:
        """The principals of grants that stand for it, of resources that an account owns."""
        found = {self.identity, f"{self.home.account}:IAMPrincipals"}
        return found | ({IAM_ALLOWED} if owner == self.home.account else set())


def caller_of(request: Request) -> Caller:
    """Who has sent a request."""
    return Caller(
        principal=principal_of_key(request.access_key, request.account),
        home=Home(request.account, request.region),
    )


def identity_of(arn: str) -> str:
    """ARN of the role of a session; of anything else itself."""
    fields = arn.split(":", 5)
    if len(fields) < 6 or not fields[5].startswith("assumed-role/"):
        return arn
    account, name = fields[4], fields[5].split("/")[1]
    role = iam._roles.get_scoped(account, None, name)
    return str(role["Arn"]) if role else f"arn:aws:iam::{account}:role/{name}"


def is_elsewhere(principal: str, account: str) -> bool:
    """Whether a principal of a grant is not of an account."""
    if principal == IAM_ALLOWED or principal.startswith(f"{account}:"):
        return False
    return not principal.startswith(f"arn:aws:iam::{account}:")


def is_identity(principal: str) -> bool:
    """Whether a principal is a role or a user."""
    return principal.startswith("arn:aws:iam::")


def covers_account(principal: str, account: str) -> bool:
    """Whether a principal is an account, or a unit or an organisation that it belongs to."""
    return not is_identity(principal) and ":IAM" not in principal and account in accounts_of(principal)
