"""Model cards: what is known of a model, in words and numbers, as one document that people approve.

A card is a log. Writing content makes a new card version, a Draft, which nobody can change any more; a change
of status concerns the newest version and makes none
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html). Which model version a card version speaks
for is said in its content, `model_package_details.model_package_arn`.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from .card_content import BY_COMMAND, Content, model_package_arn, refuse_mistakes, to_json
from .errors import RegistryError, error_code, explained, is_missing

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

Status = Literal["Draft", "PendingReview", "Approved", "Archived"]

ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class CardVersion:
    """One version of a model card.

    Attributes:
        name: The card's name, which is that of the model package group.
        arn: The card's ARN, by which other accounts know it.
        version: The number of the version, from 1.
        status: Its approval status, such as ``Draft``.
        content: What it says.
        time: When it was written, or its status set.
    """

    name: str
    arn: str
    version: int
    status: str
    content: Content
    time: datetime

    @property
    def model_package_arn(self) -> str | None:
        """The model version that it speaks for, if it names one."""
        return model_package_arn(self.content)

    def speaks_for(self, arns: Collection[str | None]) -> bool:
        """Whether it speaks for a model version.

        Args:
            arns: The ARNs by which the model version is known; None where it has none.
        """
        return self.model_package_arn is not None and self.model_package_arn in arns


@dataclass(frozen=True, kw_only=True)
class Cards:
    """The model cards that an account keeps, and those that others share with it.

    A card of another account is named by its ARN, one of the own account by either.
    """

    sagemaker: "SageMakerClient"

    def latest(self, name: str) -> CardVersion | None:
        """The newest version of a card, or None if there is no such card.

        Args:
            name: The card's name or ARN.

        Raises:
            RegistryError: If it is not shown to this role.
        """
        return self._version(name, None)

    def existing(self, name: str, number: int | None = None) -> CardVersion:
        """A version of a card that there must be.

        Args:
            name: The card's name or ARN.
            number: The version; the newest by default.

        Raises:
            RegistryError: If there is none, or it is not shown to this role.
        """
        card = self._version(name, number)
        if card is None:
            raise RegistryError(f"There is no model card {name}: make it with 'catalog card create'.")
        return card

    def describing(self, name: str, arns: Collection[str | None]) -> CardVersion | None:
        """The newest card version that speaks for a model version, or None.

        Args:
            name: The card's name or ARN.
            arns: The ARNs by which the model version is known: the central one, and the team's, or None.

        Raises:
            RegistryError: If the card is not shown to this role.
        """
        versions = (self._version(name, number) for number in self._numbers(name, "Descending"))
        return next((card for card in versions if card and card.speaks_for(arns)), None)

    def create(self, name: str, content: Content, tags: Mapping[str, str]) -> CardVersion:
        """Make a card, as a Draft. Safe to repeat and to do at once: the same card is made once.

        Args:
            name: The card's name.
            content: What it says.
            tags: The card's tags.

        Returns:
            The first version of the card.

        Raises:
            RegistryError: If SageMaker would not take the content, or a card of the name says another thing.
        """
        refuse_mistakes(content)
        try:
            self.sagemaker.create_model_card(
                ModelCardName=name,
                Content=to_json(content),
                ModelCardStatus="Draft",
                Tags=[{"Key": key, "Value": value} for key, value in sorted(tags.items())],
            )
        except ClientError as error:
            if error_code(error) != "ConflictException":
                raise
        card = self.existing(name)
        if card.content != content:
            raise RegistryError(
                f"There is a model card {name} already, with another content: "
                f"look at it with 'catalog card show', and {BY_COMMAND}."
            )
        return card

    def change(self, name: str, edit: Callable[[Content], Content]) -> CardVersion:
        """Write what `edit` makes of the newest content, and lose nothing that another writes meanwhile.

        SageMaker takes a whole content and cannot be told on which version it is based. So the versions that
        have come about are looked at afterwards. Where another's version lies right under ours, ours is made
        anew on top of it; where another's came after ours and lacks our words, they are added again. Where
        more of them cross, who has read whom cannot be told, and an error says what to compare.

        Args:
            name: The card's name or ARN.
            edit: Gives the new content; called again, it must change nothing more.

        Returns:
            The version that holds the change; the newest one, if there was nothing to change.

        Raises:
            RegistryError: If there is no such card, SageMaker would not take the content, or others write to
                the card all the time.
        """
        newest = base = self.existing(name)
        for _ in range(ROUNDS):
            content = edit(base.content)
            if content == newest.content:
                return newest
            if not self._write(name, content):
                newest = base = self.existing(name)
                continue
            written = [self.existing(name, number) for number in self._numbers(name, "Ascending", newest)]
            mine = next((card for card in written if card.content == content), None)
            if mine is None or mine not in (written[0], written[-1]):
                break
            if mine is written[0] is written[-1]:
                return mine
            if base is not newest:
                break
            newest = written[-1]
            base = written[-2] if mine is newest else newest
        raise RegistryError(
            f"Others write to the model card {name} at the same time: compare its versions from "
            f"{newest.version} on, and write again what the newest one lacks."
        )

    def set_status(self, card: CardVersion, status: Status) -> CardVersion:
        """Set the status of a card version that somebody has looked at, if it is still the newest.

        Args:
            card: The version.
            status: Its new status.

        Returns:
            The version with that status.

        Raises:
            RegistryError: If there is a newer version.
        """
        newest = self.existing(card.arn)
        if newest.version == card.version and newest.status != status:
            with _explained(card.arn, "sagemaker:UpdateModelCard"):
                self.sagemaker.update_model_card(ModelCardName=card.arn, ModelCardStatus=status)
            newest = self.existing(card.arn)
        # Should a change of status make a version, as a change of content does, that one says the same.
        is_the_same = newest.content == card.content and newest.status == status
        if newest.version != card.version and not is_the_same:
            raise RegistryError(
                f"Version {newest.version} of the model card {card.name} was written after version "
                f"{card.version}, and is {newest.status}: look at it, and decide again."
            )
        return newest

    def _version(self, name: str, number: int | None) -> CardVersion | None:
        which: dict[str, Any] = {} if number is None else {"ModelCardVersion": number}
        try:
            with _explained(name, "sagemaker:DescribeModelCard"):
                card = self.sagemaker.describe_model_card(ModelCardName=name, **which)
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return CardVersion(
            name=card["ModelCardName"],
            arn=card["ModelCardArn"],
            version=card["ModelCardVersion"],
            status=card["ModelCardStatus"],
            content=json.loads(card["Content"]),
            time=card.get("LastModifiedTime", card["CreationTime"]),
        )

    def _numbers(
        self, name: str, order: Literal["Ascending", "Descending"], after: CardVersion | None = None
    ) -> Iterator[int]:
        pages = self.sagemaker.get_paginator("list_model_card_versions").paginate(
            ModelCardName=name, SortBy="Version", SortOrder=order
        )
        try:
            with _explained(name, "sagemaker:ListModelCardVersions"):
                for page in pages:
                    for summary in page["ModelCardVersionSummaryList"]:
                        if after is None or summary["ModelCardVersion"] > after.version:
                            yield summary["ModelCardVersion"]
        except ClientError as error:
            if not is_missing(error):
                raise

    def _write(self, name: str, content: Content) -> bool:
        """Write a content; false if SageMaker says that another is writing."""
        refuse_mistakes(content)
        try:
            with _explained(name, "sagemaker:UpdateModelCard"):
                self.sagemaker.update_model_card(ModelCardName=name, Content=to_json(content))
        except ClientError as error:
            if error_code(error) != "ConflictException":
                raise
            return False
        return True


def _explained(name: str, action: str) -> Any:
    return explained(
        denied=f"This role may not use {action} on the model card {name}: share the card with its account "
        "('catalog card share'), and allow it in the role's own policy."
    )
