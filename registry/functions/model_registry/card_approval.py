"""Approving what a model card says of a version: the card's status, and a record of exactly which content.

IAM has no condition on a card's status, so that anyone who may write a card may call it approved.
Therefore the record below the version's receipt counts, which only the governance officer can write: it holds
the digest of the content, so that a later change of the card is seen.
"""

from datetime import datetime

from .card_content import digest
from .cards import Cards, CardVersion
from .receipts import ReceiptBook
from .records import Decision, Receipt

CONTENT_SHA256 = "content_sha256"


def approve(
    cards: Cards, book: ReceiptBook, *, card: CardVersion, receipt: Receipt, by: str, time: datetime
) -> CardVersion:
    """Approve a card version. Safe to repeat; a run that was cut is completed by the next.

    The status comes first: if somebody else has written to the card meanwhile, nothing is recorded. SageMaker
    sets the status of a card's newest version only. Where that speaks for another model version, the content
    is written again, and so becomes the newest.

    Args:
        cards: The central cards.
        book: The receipts of the central registry.
        card: The newest card version that speaks for the model version, as somebody has looked at it.
        receipt: The receipt of the model version.
        by: Who approves.
        time: When.

    Returns:
        The card version that is approved now.

    Raises:
        RegistryError: If the card is written to at the same time.
    """
    newest = cards.latest(card.arn)
    if newest is not None and newest.model_package_arn != card.model_package_arn:
        card = cards.change(card.arn, lambda _: card.content)
    approved = cards.set_status(card, "Approved")
    book.decide(
        receipt,
        "card-approval",
        _identifier(approved),
        by=by,
        time=time,
        details={
            "model_card_arn": approved.arn,
            "model_card_version": approved.version,
            CONTENT_SHA256: digest(approved.content),
        },
    )
    return approved


def approval(book: ReceiptBook, *, card: CardVersion, receipt: Receipt) -> Decision | None:
    """The record that exactly this content is approved for a version, or None.

    Args:
        book: The receipts of the central registry.
        card: The newest card version that speaks for the model version.
        receipt: The receipt of the model version.

    Raises:
        RegistryError: If what is recorded was made for another receipt.
    """
    # By a list: who may list below a prefix only is told of a missing object that it is forbidden.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    return next(
        (
            decision
            for decision in book.decisions(receipt, "card-approval")
            if decision.id == _identifier(card)
            and decision.details.get(CONTENT_SHA256) == digest(card.content)
        ),
        None,
    )


def _identifier(card: CardVersion) -> str:
    return digest(card.content)[:16]
