"""Sharing model cards with other accounts of the organisation, through AWS Resource Access Manager.

A model has at most two shares: one for the accounts that write its card, one for those that only read it.
"""

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from .errors import RegistryError, error_code, explained

if TYPE_CHECKING:
    from mypy_boto3_ram.client import RAMClient

Access = Literal["author", "reader"]
Kind = Literal["PRINCIPAL", "RESOURCE"]

# Within an organisation an association takes seconds.
DEADLINE_SECONDS = 60.0
PAUSE_SECONDS = 1.0

_DONE, _UNDER_WAY = "ASSOCIATED", "ASSOCIATING"
# What RAM returns when the account is not of the organisation, or sharing with it is not turned on.
_REFUSALS = frozenset(
    {"InvalidParameterException", "OperationNotPermittedException", "UnknownResourceException"}
)


def aws_managed_permission(partition: str = "aws") -> str:
    """ARN of AWS's own permission for model cards: to describe them, list their versions and update them.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-xaccount.html

    Args:
        partition: Such as ``aws``.
    """
    return f"arn:{partition}:ram::aws:permission/AWSRAMPermissionSageMakerModelCards"


@dataclass(frozen=True, kw_only=True)
class CardSharing:
    """Shares model cards with accounts, each once.

    Attributes:
        ram: A client in the account and Region of the cards.
        authors_share: What the names of the shares for authors begin with; the model's group follows.
        readers_share: What the names of the shares for readers begin with; the model's group follows.
        reader_permission_arn: The managed permission to read a model card, and no more.
    """

    ram: "RAMClient"
    authors_share: str
    readers_share: str
    reader_permission_arn: str

    def is_shared(self, card_arn: str, group: str, account: str, access: Access = "author") -> bool:
        """Whether an account has a card already.

        Args:
            card_arn: The model card.
            group: The model package group, whose name the card has.
            account: The account.
            access: ``author`` to read and write, ``reader`` to read.
        """
        share = self._find(self._name(group, access))
        return share is not None and all(
            self._status(share, kind, entity)[0] == _DONE for kind, entity in _associations(card_arn, account)
        )

    def share(self, card_arn: str, group: str, account: str, access: Access = "author") -> bool:
        """Share a card with an account of the organisation. Safe to repeat, and to do at once.

        Args:
            card_arn: The model card.
            group: The model package group, whose name the card has.
            account: The account.
            access: ``author`` to read and write, ``reader`` to read.

        Returns:
            Whether anything was left to do.

        Raises:
            RegistryError: If RAM does not share the card with the account.
        """
        with explained(
            denied=f"This role may not share {card_arn} through AWS RAM: the authors of model cards and the "
            "stage function may; deploy the registry again if they are refused."
        ):
            if self.is_shared(card_arn, group, account, access):
                return False
            name = self._name(group, access)
            share = self._find(name) or self._create(name, card_arn, access)
            for kind, entity in _associations(card_arn, account):
                self._associate(share, kind, entity)
        return True

    def _name(self, group: str, access: Access) -> str:
        return f"{self.authors_share if access == 'author' else self.readers_share}{group}"

    def _find(self, name: str) -> str | None:
        """The ARN of the account's share of a name; RAM allows several, of which the oldest counts."""
        pages = self.ram.get_paginator("get_resource_shares").paginate(
            resourceOwner="SELF", name=name, resourceShareStatus="ACTIVE"
        )
        shares = [share for page in pages for share in page["resourceShares"]]
        oldest = min(
            shares, key=lambda share: (share["creationTime"], share["resourceShareArn"]), default=None
        )
        return oldest["resourceShareArn"] if oldest else None

    def _create(self, name: str, card_arn: str, access: Access) -> str:
        partition = card_arn.split(":")[1]
        permission = {
            "author": aws_managed_permission(partition),
            "reader": self.reader_permission_arn,
        }[access]
        try:
            # Without accounts: whoever makes the share asks for the same, and the token lets it be made once.
            return self.ram.create_resource_share(
                name=name,
                resourceArns=[card_arn],
                permissionArns=[permission],
                allowExternalPrincipals=False,
                clientToken=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name} {card_arn} {permission}")),
            )["resourceShare"]["resourceShareArn"]
        except ClientError as error:
            if error_code(error) != "UnknownResourceException":
                raise
            raise RegistryError(
                f"AWS RAM does not know {permission}: deploy the stack of the card permission; or, where AWS "
                "refuses that, set assumptions.model_card_permission to aws_managed in catalog.yaml, and "
                "deploy the registry again."
            ) from error

    def _associate(self, share: str, kind: Kind, entity: str) -> None:
        if self._status(share, kind, entity)[0] not in (_DONE, _UNDER_WAY):
            # Without a token: one that is used again after the account was taken off would do nothing.
            try:
                if kind == "PRINCIPAL":
                    self.ram.associate_resource_share(resourceShareArn=share, principals=[entity])
                else:
                    self.ram.associate_resource_share(resourceShareArn=share, resourceArns=[entity])
            except ClientError as error:
                if error_code(error) in _REFUSALS:
                    raise _refusal(share, entity, str(error)) from error
                raise
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            status, reason = self._status(share, kind, entity)
            if status == _DONE:
                return
            if status != _UNDER_WAY or time.monotonic() > deadline:
                raise _refusal(
                    share, entity, f"{status or 'not associated'}: {reason or 'AWS gives no reason'}"
                )
            time.sleep(PAUSE_SECONDS)

    def _status(self, share: str, kind: Kind, entity: str) -> tuple[str, str]:
        """How far something is associated with a share, and why no further; empty if it never was."""
        pages = self.ram.get_paginator("get_resource_share_associations").paginate(
            associationType=kind, resourceShareArns=[share]
        )
        found: dict[str, str] = {
            association["status"]: association.get("statusMessage", "")
            for page in pages
            for association in page["resourceShareAssociations"]
            if association["associatedEntity"] == entity
        }
        # What was tried or taken off before may be listed as well.
        status = next((known for known in (_DONE, _UNDER_WAY) if known in found), next(iter(found), ""))
        return status, found.get(status, "")


def _associations(card_arn: str, account: str) -> tuple[tuple[Kind, str], tuple[Kind, str]]:
    return ("RESOURCE", card_arn), ("PRINCIPAL", account)


def _refusal(share: str, entity: str, reason: str) -> RegistryError:
    return RegistryError(
        f"AWS RAM does not associate {entity} with {share} ({reason}): see that the account belongs to the "
        "organisation, and that sharing with it is on ('catalog prepare', or "
        "'aws ram enable-sharing-with-aws-organization', in the management account)."
    )
