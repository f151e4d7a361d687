# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""AWS Resource Access Manager: shares of the hub, and who and what belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .core import HUB, REGION, Core, Parameters, failure, paged

PAGE = 2


@dataclass
class Share:
    """A resource share.

    Attributes:
        associations: The status, by kind and by what is associated.
    """

    arn: str
    name: str
    request: Parameters
    created: Parameters
    associations: dict[tuple[str, str], Parameters] = field(default_factory=dict)

    def associated(self, kind: str) -> list[str]:
        """What is associated with it, such as accounts for `PRINCIPAL`."""
        return [
            entity
            for (held, entity), association in self.associations.items()
            if held == kind and association["status"] == "ASSOCIATED"
        ]


class ResourceAccessManager(Core):
    """The shares of the hub.

    Attributes:
        shares: In the order of their making.
        permissions: The managed permissions, besides AWS's own.
        members: The accounts of the organisation, with which the hub may share; others are refused.
        unlucky: Accounts whose association fails after RAM has taken it.
        sharing_is_on: Whether RAM may share with the organisation.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shares: list[Share] = []
        self.permissions: set[str] = {f"arn:aws:ram:{REGION}:{HUB}:permission/mlplatform-model-card-reader"}
        self.members: set[str] = {"333333333333", "444444444444", "555555555555", "666666666666"}
        self.unlucky: set[str] = set()
        self.sharing_is_on = True
        self._tokens: dict[str, Share] = {}

    def ram_GetResourceShares(
        self,
        *,
        resourceOwner: str,
        name: str,
        resourceShareStatus: str,
        maxResults: int = PAGE,
        nextToken: str = "0",
    ) -> Parameters:
        assert (resourceOwner, resourceShareStatus) == ("SELF", "ACTIVE")
        found = [share.created for share in self.shares if share.name == name]
        return _page("resourceShares", found, nextToken, maxResults)

    def ram_CreateResourceShare(
        self, *, clientToken: str, permissionArns: Sequence[str] = (), **rest: object
    ) -> Parameters:
        request = {"permissionArns": permissionArns, **rest}
        for permission in permissionArns:
            if ":ram::aws:" not in permission and (
                permission not in self.permissions or "card-permission" in self.feared
            ):
                raise failure("CreateResourceShare", "UnknownResourceException", f"{permission} is unknown.")
        known = self._tokens.get(clientToken)
        if known is not None and known.request != request:
            raise failure("CreateResourceShare", "IdempotentParameterMismatchException", "Another request")
        if known is None:
            arn = f"arn:aws:ram:{REGION}:{HUB}:resource-share/{len(self.shares) + 1:08d}"
            name = str(request["name"])
            created = {
                "resourceShareArn": arn,
                "name": name,
                "owningAccountId": HUB,
                "allowExternalPrincipals": request["allowExternalPrincipals"],
                "status": "ACTIVE",
                "creationTime": self.now(),
            }
            known = Share(arn=arn, name=name, request=dict(request), created=created)
            self._tokens[clientToken] = known
            self.shares.append(known)
            for resource in request["resourceArns"]:  # type: ignore[attr-defined]
                self._associate(known, "RESOURCE", resource)
        return {"resourceShare": known.created}

    def ram_AssociateResourceShare(
        self,
        *,
        resourceShareArn: str,
        principals: list[str] | None = None,
        resourceArns: list[str] | None = None,
    ) -> Parameters:
        share = self._share("AssociateResourceShare", resourceShareArn)
        if not self.members.issuperset(principals or ()) or (principals and not self.sharing_is_on):
            # One code and one sentence for both
            # (https://github.com/hashicorp/terraform-provider-aws/issues/7769).
            raise failure(
                "AssociateResourceShare",
                "OperationNotPermittedException",
                "The resource you are attempting to share can only be shared within your AWS Organization. "
                "This error may also occur if you have not enabled sharing with your AWS organization.",
            )
        made = [self._associate(share, "PRINCIPAL", principal) for principal in principals or []]
        made += [self._associate(share, "RESOURCE", resource) for resource in resourceArns or []]
        return {"resourceShareAssociations": made}

    def ram_GetResourceShareAssociations(
        self,
        *,
        associationType: str,
        resourceShareArns: list[str],
        maxResults: int = PAGE,
        nextToken: str = "0",
    ) -> Parameters:
        share = self._share("GetResourceShareAssociations", resourceShareArns[0])
        found = [dict(made) for (kind, _), made in share.associations.items() if kind == associationType]
        for (kind, _), made in share.associations.items():
            if kind == associationType and made["status"] == "ASSOCIATING":
                made["status"] = "ASSOCIATED"
        return _page("resourceShareAssociations", found, nextToken, maxResults)

    def _share(self, operation: str, arn: str) -> Share:
        for share in self.shares:
            if share.arn == arn:
                return share
        raise failure(operation, "UnknownResourceException", f"ResourceShare {arn} could not be found.")

    def _associate(self, share: Share, kind: str, entity: str) -> Parameters:
        """Start to associate something, which is done when it is looked at for the second time."""
        if share.associations.get((kind, entity), {}).get("status") == "ASSOCIATED":
            return share.associations[kind, entity]
        failed = kind == "PRINCIPAL" and entity in self.unlucky
        share.associations[kind, entity] = {
            "resourceShareArn": share.arn,
            "associatedEntity": entity,
            "associationType": kind,
            "status": "FAILED" if failed else "ASSOCIATING",
            **({"statusMessage": "RAM could not reach the account."} if failed else {}),
        }
        return dict(share.associations[kind, entity])


def _page(key: str, items: Sequence[Parameters], token: str, size: int) -> Parameters:
    # In pages of two, so that nobody can forget that there are more.
    page, following = paged(items, token, min(size, PAGE))
    return {key: page} | ({"nextToken": following} if following else {})
