"""Whose credentials a command runs with, compared with whose it needs, before it says anything."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from base.names import PlatformNames
from base.settings import Settings
from registry.functions.model_registry import identities
from scripts.console.change import OperatorError
from scripts.console.command import RETRIES

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose credentials a session holds.

    Attributes:
        account: The account that they belong to.
        arn: The ARN of the person's session.
    """

    account: str
    arn: str

    @property
    def role(self) -> str:
        """The name of the role; of other identities, of the user."""
        return identities.role_name(self.arn)


def caller_of(sts: "STSClient") -> Caller:
    """Ask AWS whose credentials these are; everybody may ask that.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    identity = sts.get_caller_identity()
    return Caller(account=identity["Account"], arn=identity["Arn"])


@dataclass(frozen=True, kw_only=True)
class Need:
    """Whose credentials a command needs.

    Attributes:
        task: What the command does, such as ``production is taken back``.
        account: The account from which it can be done.
        place: What that account is, such as ``shared services account``.
        roles: The platform's roles that may do it there.
        example: Whether the catalog file is the example, whose accounts nobody has.
    """

    task: str
    account: str
    place: str
    roles: tuple[str, ...]
    example: bool = False

    @classmethod
    def of_hub(cls, settings: Settings, *, task: str, roles: tuple[str, ...]) -> "Need":
        """A need of credentials of the shared services account."""
        return cls(
            task=task,
            account=settings.accounts.shared_services,
            place="shared services account",
            roles=roles,
            example=settings.example,
        )

    def check(self, caller: Caller, names: PlatformNames) -> None:
        """Compare the caller with it.

        A role that is not the platform's, such as an administrator's, has a name that nobody here knows:
        AWS decides about it by its policies.

        Raises:
            OperatorError: If the caller belongs to another account, or is in another role of the platform.
        """
        found = None
        if caller.account != self.account:
            found = f"account {caller.account}"
        elif caller.role in names.roles_of_people and caller.role not in self.roles:
            found = caller.role
        if found is not None:
            example = " (catalog.yaml describes the example)" if self.example else ""
            raise OperatorError(
                f"These credentials belong to {found}: {self.task} from the {self.place} {self.account}"
                f"{example}, as {' or '.join(self.roles)}."
            )

    def met_by(self, session: boto3.Session, names: PlatformNames) -> Caller:
        """Ask AWS whose credentials a session holds, and compare.

        Raises:
            OperatorError: As `check`.
        """
        caller = caller_of(session.client("sts", config=RETRIES))
        self.check(caller, names)
        return caller
