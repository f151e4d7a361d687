"""Looking at model cards, and approving what they say, with the credentials at hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import boto3

from base.settings import Settings
from registry.functions.model_registry import card_approval
from registry.functions.model_registry.card_content import missing_fields, where_to_write
from registry.functions.model_registry.cards import Cards, CardVersion
from registry.functions.model_registry.errors import explained
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import SOURCE_MODEL_PACKAGE_ARN
from registry.functions.model_registry.versions import describe_version
from scripts.console.caller import Need
from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.command import RETRIES

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who reads the central cards: in the hub, or in an account that has them through AWS RAM."""

    sagemaker: "SageMakerClient"
    settings: Settings

    @classmethod
    def of(cls, session: boto3.Session, settings: Settings) -> Self:
        """The reader with an operator's credentials."""
        return cls(sagemaker=session.client("sagemaker", config=RETRIES), settings=settings)

    @property
    def cards(self) -> Cards:
        """The cards."""
        return Cards(sagemaker=self.sagemaker)

    def card(self, group: str | None, model_package: str | None) -> CardVersion:
        """A card version.

        Args:
            group: The model package group, for the newest version of its card; or
            model_package: The ARN of a central model version, for the newest version that speaks for it.

        Raises:
            OperatorError: If not exactly one of the two is given, or the card says nothing of the version.
            RegistryError: If there is no such card, or it is not shown to these credentials.
        """
        if (group is None) == (model_package is None):
            raise OperatorError("Name either the group (--group) or the model version (--model-package).")
        if model_package is None:
            return self.cards.existing(self.settings.names.model_card_arn(str(group)))
        version = self.version(model_package)
        source = version.get("CustomerMetadataProperties", {}).get(SOURCE_MODEL_PACKAGE_ARN)
        name = self.settings.names.model_card_arn(version["ModelPackageGroupName"])
        card = self.cards.describing(name, {version["ModelPackageArn"], source})
        if card is None:
            raise OperatorError(
                f"The model card {name} says nothing of {source or model_package}: see that it was started "
                "('catalog card create'), and run the SageMaker pipeline that registered the version again."
            )
        return card

    def version(self, model_package: str) -> Mapping[str, Any]:
        """What SageMaker says of a central model version.

        Args:
            model_package: Its ARN.

        Raises:
            RegistryError: If there is no such version, or it is not shown to these credentials.
        """
        with explained(
            denied=f"These credentials may not describe {model_package}: use those of a person of the shared "
            "services account, or name the card by --group.",
            missing=f"There is no model version {model_package}: look for it in the central registry.",
        ):
            return describe_version(self.sagemaker, model_package)


@dataclass(frozen=True, kw_only=True)
class Officer:
    """The governance officer.

    Attributes:
        reader: Reads cards and model versions.
        book: The receipts of the central registry.
        identity: The ARN of the person's session.
    """

    reader: Reader
    book: ReceiptBook
    identity: str

    @classmethod
    def of(cls, session: boto3.Session, settings: Settings) -> Self:
        """The officer with an operator's credentials.

        Raises:
            OperatorError: If they belong to another account, or to another role of the platform.
        """
        names = settings.names
        need = Need.of_hub(settings, task="model cards are approved", roles=(names.governance_officer_role,))
        caller = need.met_by(session, names)
        return cls(
            reader=Reader.of(session, settings),
            book=ReceiptBook(
                s3=session.client("s3", config=RETRIES),
                bucket=names.registry_bucket,
                account=settings.accounts.shared_services,
            ),
            identity=caller.arn,
        )

    def approve(self, card: CardVersion, model_package: str, *, pretend: bool) -> Iterator[Change]:
        """Approve a card version, and record it.

        Args:
            card: The card version, as the officer has seen it.
            model_package: The ARN of the central model version that it speaks for.
            pretend: Only tell what would be done.

        Yields:
            What became of the card's status, and of the record.

        Raises:
            OperatorError: If required fields are missing.
            RegistryError: If the version has no sound receipt, or the card is written to at the same time.
        """
        missing = missing_fields(card.content, self.reader.settings.model_cards.required_fields)
        if missing:
            raise OperatorError(
                f"Version {card.version} of the model card {card.name} cannot be approved while required "
                "fields are missing:\n" + "\n".join(f"{path}: {where_to_write(path)}." for path in missing)
            )
        receipt = self.book.read(self.reader.version(model_package))
        recorded = card_approval.approval(self.book, card=card, receipt=receipt)
        done = recorded is not None and card.status == "Approved"
        if not (done or pretend):
            card = card_approval.approve(
                self.reader.cards,
                self.book,
                card=card,
                receipt=receipt,
                by=self.identity,
                time=datetime.now(UTC),
            )
        yield Change(
            Outcome.IDENTICAL if done else Outcome.UPDATE,
            f"model card {card.name}, version {card.version}, Approved",
        )
        yield Change(
            Outcome.CREATE if recorded is None else Outcome.IDENTICAL,
            f"record of the approval below {receipt.uri}",
        )
