"""Who asks DataZone, and what a domain lets them do.

IAM is asked before, on `*`: few actions of DataZone know resources
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondatazone.html). Of another
account a request comes in only through AWS RAM, and within a domain everybody is a user with a profile
(https://docs.aws.amazon.com/datazone/latest/userguide/user-management.html), and a member of the projects
whose things they change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.core.authorization import Principal, principal_of_key, refusal
from emulator.core.service import Request, ServiceError
from emulator.datazone.service import datazone, denied, missing
from emulator.datazone.store import Domain, domains
from emulator.lake_formation.callers import identity_of
from emulator.ram import store as ram

Given = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever asks for an operation.

    Attributes:
        principal: With the policies that hold for it.
        account: Its account.
        operation: What it asks for.
    """

    principal: Principal
    account: str
    region: str
    operation: str

    @property
    def identity(self) -> str:
        """ARN of the role or user."""
        return identity_of(self.principal.arn)

    def domain(self, given: Given) -> Domain:
        """The domain that a request names, if its owner's shares let the caller's account do this in it.

        Raises:
            ServiceError: There is none, or it is not shared for this operation.
        """
        identifier = str(given.get("domainIdentifier") or given.get("identifier"))
        domain = domains.get(identifier)
        if domain is None or domain.region != self.region:
            raise missing("Domain", identifier)
        if domain.account != self.account and not self._is_let_in(domain):
            raise denied(f"User is not permitted to perform operation: {self.operation}")
        return domain

    def user(self, domain: Domain) -> str:
        """The id of the caller's user profile; an identity of the domain's account gets one by itself.

        Raises:
            ServiceError: It has none that is active.
        """
        found = profile_of(domain, self.identity)
        if found is None and self.account == domain.account:
            found = add_profile(domain, self.identity)
        if found is None or found["status"] != "ACTIVATED":
            raise denied(f"User is not permitted to perform operation: {self.operation}")
        return str(found["id"])

    def member(self, domain: Domain, project: str, *, owner: bool = False) -> str:
        """The id of the caller's user profile, which must be a member of a project.

        Args:
            domain: The domain.
            project: The project's id.
            owner: Whether an owner is needed.

        Raises:
            ServiceError: It is none.
        """
        user = self.user(domain)
        domain.get("project", project)
        designation = domain.members.get((project, user))
        if designation is None or (owner and designation != "PROJECT_OWNER"):
            raise denied(f"User is not permitted to perform operation: {self.operation}")
        return user

    def may_pass(self, role_arn: str | None) -> None:
        """Check that the caller may hand a role to DataZone.

        Raises:
            ServiceError: It may not.
        """
        if role_arn is None:
            return
        keys = {"iam:PassedToService": "datazone.amazonaws.com"}
        reason = refusal(self.principal, "iam:PassRole", role_arn, region=self.region, condition_keys=keys)
        if reason is not None:
            raise denied(reason)

    def _is_let_in(self, domain: Domain) -> bool:
        policy, _ = ram.policy_of(domain.arn) or (None, "")
        wanted, root = f"datazone:{self.operation}", f"arn:aws:iam::{self.account}:root"
        statements = policy["Statement"] if isinstance(policy, dict) else []
        return any(root in each["Principal"]["AWS"] and wanted in each["Action"] for each in statements)


def profile_of(domain: Domain, identity: str) -> dict[str, Any] | None:
    """The user profile of a role or user."""
    return next(iter(domain.all("user profile", lambda each: each["_identity"] == identity)), None)


def add_profile(domain: Domain, identity: str) -> dict[str, Any]:
    """Give a role or user a profile."""
    details = {"iam": {"arn": identity}}
    return domain.add(
        "user profile", "SYSTEM", type="IAM", status="ACTIVATED", details=details, _identity=identity
    )


Operation = Callable[[Caller, Given], dict[str, Any] | None]

OPERATIONS: dict[str, Operation] = {}
"""By name, for the API and for CloudFormation, which acts for whoever runs the stack."""


def operation(name: str) -> Callable[[Operation], Operation]:
    """Decorate a function as an operation.

    Args:
        name: Its name.
    """

    def define(answer: Operation) -> Operation:
        OPERATIONS[name] = answer

        @datazone.operation(name)
        def of_request(request: Request) -> dict[str, Any] | None:
            caller = Caller(
                principal=principal_of_key(request.access_key, request.account),
                account=request.account,
                region=request.region,
                operation=name,
            )
            return answer(caller, request.parameters)

        return answer

    return define


def page(given: Given, items: list[Any]) -> dict[str, Any]:
    """Cut a listing by `maxResults` and `nextToken`.

    Raises:
        ServiceError: The token is none.
    """
    try:
        start = int(given.get("nextToken") or 0)
    except ValueError:
        raise ServiceError("ValidationException", "Invalid nextToken") from None
    end = start + int(given.get("maxResults", 50))
    return {"items": items[start:end], **({"nextToken": str(end)} if end < len(items) else {})}
