# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""SageMaker model cards of several accounts: every content a version, and a status for the newest."""

import json
from dataclasses import dataclass, field
from typing import Any

from .core import HUB, REGION, Core, Parameters, failure, paged

# Smaller than AWS's, so that a card of few versions has several pages.
PAGE = 3


@dataclass
class Card:
    """A model card: its versions, oldest first, as DescribeModelCard describes them."""

    name: str
    account: str
    tags: dict[str, str] = field(default_factory=dict)
    versions: list[Parameters] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:sagemaker:{REGION}:{self.account}:model-card/{self.name}"

    @property
    def content(self) -> Any:
        """What its newest version says."""
        return json.loads(self.versions[-1]["Content"])

    @property
    def statuses(self) -> list[str]:
        """The status of each version, oldest first."""
        return [version["ModelCardStatus"] for version in self.versions]


class ModelCards(Core):
    """The model cards of several accounts; the clients act in the hub, and know others' cards by their ARN.

    Attributes:
        cards: By ARN.
        closed: The ARNs of cards that are not shared with the hub.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cards: dict[str, Card] = {}
        self.closed: set[str] = set()

    def write_card(
        self, name: str, content: Parameters, status: str = "Draft", *, account: str = HUB
    ) -> Card:
        """Write another version of a card, as its own account may, and make the card if need be."""
        card = Card(name=name, account=account)
        card = self.cards.setdefault(card.arn, card)
        self._add(card, json.dumps(content, indent=1), status)
        return card

    def _add(self, card: Card, content: str, status: str) -> None:
        card.versions.append(
            {
                "ModelCardArn": card.arn,
                "ModelCardName": card.name,
                "ModelCardVersion": len(card.versions) + 1,
                "Content": content,
                "ModelCardStatus": status,
                "CreationTime": self.now(),
                "CreatedBy": {},
            }
        )

    def _card(self, operation: str, name: str) -> Card:
        arn = name if name.startswith("arn:") else Card(name=name, account=HUB).arn
        if arn in self.closed:
            raise failure(operation, "AccessDeniedException", f"not authorized to perform: {operation}", 403)
        if arn not in self.cards:
            raise failure(operation, "ResourceNotFound", f"Model card {name} does not exist.")
        return self.cards[arn]

    def sagemaker_CreateModelCard(
        self, *, ModelCardName: str, Content: str, ModelCardStatus: str, Tags: list[Parameters] | None = None
    ) -> Parameters:
        card = Card(name=ModelCardName, account=HUB, tags={tag["Key"]: tag["Value"] for tag in Tags or []})
        if card.arn in self.cards:
            raise failure("CreateModelCard", "ConflictException", f"Model card {ModelCardName} exists.")
        self.cards[card.arn] = card
        self._add(card, Content, ModelCardStatus)
        return {"ModelCardArn": card.arn}

    def sagemaker_UpdateModelCard(
        self, *, ModelCardName: str, Content: str | None = None, ModelCardStatus: str | None = None
    ) -> Parameters:
        card = self._card("UpdateModelCard", ModelCardName)
        if Content is not None and ModelCardStatus is not None:
            raise failure(
                "UpdateModelCard", "ValidationException", "Content and status cannot be updated in one call."
            )
        if Content is not None:
            self._add(card, Content, "Draft")
        elif ModelCardStatus is not None and "card-status-version" in self.feared:
            self._add(card, card.versions[-1]["Content"], ModelCardStatus)
        elif ModelCardStatus is not None:
            card.versions[-1]["ModelCardStatus"] = ModelCardStatus
        return {"ModelCardArn": card.arn}

    def sagemaker_DescribeModelCard(
        self, *, ModelCardName: str, ModelCardVersion: int | None = None
    ) -> Parameters:
        card = self._card("DescribeModelCard", ModelCardName)
        number = ModelCardVersion or len(card.versions)
        if not 1 <= number <= len(card.versions):
            raise failure("DescribeModelCard", "ResourceNotFound", f"There is no version {number}.")
        return dict(card.versions[number - 1])

    def sagemaker_ListModelCardVersions(
        self,
        *,
        ModelCardName: str,
        SortBy: str = "Version",
        SortOrder: str = "Descending",
        MaxResults: int = PAGE,
        NextToken: str = "0",
    ) -> Parameters:
        card = self._card("ListModelCardVersions", ModelCardName)
        ordered = card.versions[::-1] if SortOrder == "Descending" else card.versions
        page, following = paged(ordered, NextToken, min(MaxResults, PAGE))
        summaries = [
            {name: value for name, value in version.items() if name not in ("Content", "CreatedBy")}
            for version in page
        ]
        return {"ModelCardVersionSummaryList": summaries} | ({"NextToken": following} if following else {})
