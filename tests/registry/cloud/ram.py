# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""AWS Resource Access Manager: shares of the hub, and who and what belongs to them."""

from dataclasses import dataclass, field

from .core import HUB, REGION, Core, Parameters, failure


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
        members: The accounts of the organisation, with which the hub may share; others fail.
        sharing_is_on: Whether RAM may share with the organisation.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shares: list[Share] = []
        self.members: set[str] = {"333333333333", "444444444444", "555555555555", "666666666666"}
        self.sharing_is_on = True
        self._tokens: dict[str, Share] = {}

    def ram_GetResourceShares(self, *, resourceOwner: str, name: str, resourceShareStatus: str) -> Parameters:
        assert (resourceOwner, resourceShareStatus) == ("SELF", "ACTIVE")
        return {"resourceShares": [share.created for share in self.shares if share.name == name]}

    def ram_CreateResourceShare(self, *, clientToken: str, **request: object) -> Parameters:
        if "card-permission" in self.feared and not all(
            ":ram::aws:" in arn
            for arn in request["permissionArns"]  # type: ignore[attr-defined]
        ):
            raise failure("CreateResourceShare", "UnknownResourceException", "The permission is not found.")
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
        share = self._share(resourceShareArn)
        if principals and not self.sharing_is_on:
            raise failure(
                "AssociateResourceShare",
                "OperationNotPermittedException",
                "You have not enabled sharing with your AWS organization.",
            )
        made = [self._associate(share, "PRINCIPAL", principal) for principal in principals or []]
        made += [self._associate(share, "RESOURCE", resource) for resource in resourceArns or []]
        return {"resourceShareAssociations": made}

    def ram_GetResourceShareAssociations(
        self, *, associationType: str, resourceShareArns: list[str]
    ) -> Parameters:
        share = self._share(resourceShareArns[0])
        found = [dict(made) for (kind, _), made in share.associations.items() if kind == associationType]
        for (kind, _), made in share.associations.items():
            if kind == associationType and made["status"] == "ASSOCIATING":
                made["status"] = "ASSOCIATED"
        return {"resourceShareAssociations": found}

    def _share(self, arn: str) -> Share:
        return next(share for share in self.shares if share.arn == arn)

    def _associate(self, share: Share, kind: str, entity: str) -> Parameters:
        """Start to associate something, which is done when it is looked at for the second time."""
        refused = kind == "PRINCIPAL" and entity not in self.members
        share.associations[kind, entity] = {
            "resourceShareArn": share.arn,
            "associatedEntity": entity,
            "associationType": kind,
            "status": "FAILED" if refused else "ASSOCIATING",
            **({"statusMessage": "The account is not in your organization."} if refused else {}),
        }
        return share.associations[kind, entity]
