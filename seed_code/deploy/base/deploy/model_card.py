"""The card of the model in the central registry, as an account sees it that the card is shared with.

A card is a log: each content that is written is a version of its own, and says in
``model_package_details.model_package_arn`` which model version it speaks for. Content and status cannot be
changed in one call, and a status is that of the newest version.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelCard.html
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

MAXIMUM_CONTENT = 100_000
"""Characters of a card's content, as JSON."""

ROUNDS = 5

Evaluation = Mapping[str, Any]


class CardError(Exception):
    """The card cannot take an evaluation; the message is one sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class CardVersion:
    """One version of the card.

    Attributes:
        number: Its number, from 1.
        status: ``Draft``, ``PendingReview``, ``Approved`` or ``Archived``.
        content: What it says, after AWS's JSON schema of model cards.
    """

    number: int
    status: str
    content: Mapping[str, Any]

    def speaks_for(self, arns: Collection[str]) -> bool:
        """Whether it is about the model version that is known by these ARNs."""
        return self.content.get("model_package_details", {}).get("model_package_arn") in arns

    def evaluation(self, name: str) -> Evaluation | None:
        """Its evaluation of a name, if it has one."""
        evaluations: list[Evaluation] = self.content.get("evaluation_details", [])
        return next((evaluation for evaluation in evaluations if evaluation["name"] == name), None)

    def with_evaluation(self, evaluation: Evaluation) -> Mapping[str, Any]:
        """Its content, with an evaluation in place of one of the same name."""
        others = [
            other
            for other in self.content.get("evaluation_details", [])
            if other["name"] != evaluation["name"]
        ]
        return {**self.content, "evaluation_details": [*others, evaluation]}


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """A model's card.

    Attributes:
        sagemaker: A boto3 SageMaker client of a role that may write the card.
        arn: The card's ARN.
    """

    sagemaker: Any
    arn: str

    def describing(self, arns: Collection[str]) -> CardVersion | None:
        """The newest version that speaks for a model version; None if there is none, or no card.

        Args:
            arns: The ARNs by which the model version is known: the central one, and the team's.
        """
        try:
            return next((version for version in self._newest_first() if version.speaks_for(arns)), None)
        except ClientError as error:
            if _is_hidden(error):
                return None
            raise

    def put(self, evaluation: Evaluation, arns: Collection[str], base: CardVersion) -> CardVersion:
        """Write what a version says once more, with an evaluation added or replaced.

        SageMaker takes the content as a whole. Where somebody else has written about the same model version
        in the meantime, the evaluation is added to their words.

        Args:
            evaluation: The evaluation.
            arns: The ARNs by which the model version is known.
            base: The newest version that speaks for it.

        Returns:
            The version that was written.

        Raises:
            CardError: The content is too long, or others write to the card all the time.
        """
        for _ in range(ROUNDS):
            before = self._version().number
            content = base.with_evaluation(evaluation)
            if not self._write(content):
                continue
            written = self._version()
            between = self._version(written.number - 1) if written.number > before + 1 else None
            if written.content != content:
                base = written if written.speaks_for(arns) else base
            elif between is not None and between.speaks_for(arns):
                base = between
            else:
                return written
        raise CardError(
            f"Others write to the model card {self.arn} all the time: retry this stage when they are done."
        )

    def ask_for_review(self, version: CardVersion) -> None:
        """Mark a version as waiting for the governance officer, unless there is a newer one."""
        newest = self._version()
        if newest.number == version.number and newest.status != "PendingReview":
            self.sagemaker.update_model_card(ModelCardName=self.arn, ModelCardStatus="PendingReview")

    def _write(self, content: Mapping[str, Any]) -> bool:
        """Write a content; false if SageMaker says that somebody else is writing."""
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if len(text) > MAXIMUM_CONTENT:
            raise CardError(
                f"With the results of the integration tests, the model card {self.arn} would have "
                f"{len(text):,} characters, and it takes {MAXIMUM_CONTENT:,}: shorten its longest texts."
            )
        try:
            self.sagemaker.update_model_card(ModelCardName=self.arn, Content=text)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "AccessDeniedException":
                raise CardError(
                    f"The test account may read the model card {self.arn}, and not write it: share it with "
                    "the account as an author ('catalog card share'), and retry this stage."
                ) from error
            if code != "ConflictException":
                raise
            return False
        return True

    def _newest_first(self) -> Iterator[CardVersion]:
        pages = self.sagemaker.get_paginator("list_model_card_versions").paginate(
            ModelCardName=self.arn, SortBy="Version", SortOrder="Descending"
        )
        for page in pages:
            for summary in page["ModelCardVersionSummaryList"]:
                yield self._version(summary["ModelCardVersion"])

    def _version(self, number: int | None = None) -> CardVersion:
        which = {} if number is None else {"ModelCardVersion": number}
        card = self.sagemaker.describe_model_card(ModelCardName=self.arn, **which)
        return CardVersion(
            number=card["ModelCardVersion"],
            status=card["ModelCardStatus"],
            content=json.loads(card["Content"]),
        )


def _is_hidden(error: ClientError) -> bool:
    """Whether AWS says that there is no such card, or does not show it to this account."""
    details = error.response["Error"]
    code, message = details.get("Code", ""), details.get("Message", "").lower()
    missing = any(words in message for words in ("not exist", "not find", "not found"))
    return code in ("AccessDeniedException", "ResourceNotFound") or (
        code == "ValidationException" and missing
    )
