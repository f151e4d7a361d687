"""Take production back to a version that it has run before, by its receipt.

The version is approved again in the central registry, and goes the way of every approval: release, test,
integration tests, the governance officer, production. What the officer has approved of its card still holds,
as long as the card says the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from base.settings import CATALOG, load
from registry.functions.model_registry import card_approval, metrics
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import Receipt
from registry.functions.model_registry.stages.life_cycle import IN_PRODUCTION, step
from registry.functions.model_registry.versions import describe_version
from scripts.console.caller import Need
from scripts.console.change import OperatorError
from scripts.console.command import RETRIES, CatalogFile, Pretend, Yes, aws_session, output, sentences
from scripts.versions.central_versions import CentralVersions, RecordedVersion, Version

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelPackage.html
MAXIMUM_DESCRIPTION = 1024


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """What a rollback does.

    Attributes:
        group: The model package group.
        current: The number of the version that production runs.
        target: The version to go back to.
        difference: The metrics of the target beside those of the version that production runs.
        card: What to know of the card that speaks for the target.
        doubts: What is wrong with other versions: a sentence each.
    """

    group: str
    current: int
    target: RecordedVersion
    difference: Sequence[metrics.Row]
    card: str
    doubts: Sequence[str]

    def describe(self) -> Iterator[str]:
        """Say in lines what is known of the target, and what would follow if it were approved again."""
        number = self.target.number
        yield f"Production runs version {self.current} of {self.group}; it would go back to version {number}."
        yield from self.doubts
        yield from self.target.describe()
        yield f"  metrics: {metrics.sentence(self.difference)}"
        yield f"  model card: {self.card}"
        yield (
            f"Version {number} would be approved again. Its deploy pipeline would deploy it to test, run the "
            "integration tests and wait for the governance officer; until then, production stays as it is."
        )

    def carry_out(self, sagemaker: "SageMakerClient", by: str) -> None:
        """Approve the target, which may be approved already, so that it is released once more.

        Safe to repeat: what ended between the two calls is completed by the next rollback.

        Args:
            sagemaker: A client of the shared services account.
            by: The ARN of who takes production back.

        Raises:
            OperatorError: If somebody has changed the target's status since it was looked at.
        """
        status = describe_version(sagemaker, self.target.arn)["ModelApprovalStatus"]
        if status != self.target.status:
            raise OperatorError(
                f"Somebody has set version {self.target.number} to {status} meanwhile: run the command again."
            )
        if status == "Approved":
            # What is approved already must change for its approval to be a change.
            self._set_status(sagemaker, "PendingManualApproval", by)
        self._set_status(sagemaker, "Approved", by)

    def _set_status(
        self, sagemaker: "SageMakerClient", status: Literal["Approved", "PendingManualApproval"], by: str
    ) -> None:
        reason = f"Rollback from version {self.current} to version {self.target.number} by {by}."
        sagemaker.update_model_package(
            ModelPackageArn=self.target.arn,
            ModelApprovalStatus=status,
            ApprovalDescription=reason[:MAXIMUM_DESCRIPTION],
        )


def plan(
    versions: CentralVersions, cards: Cards, *, group: str, card_arn: str, to: int | None = None
) -> Rollback:
    """Find what production runs, and what it goes back to.

    That is the newest of the older versions that have been in production, are not rejected, and have a sound
    receipt; or a version that is asked for, of which all this must be true but its age.

    Args:
        versions: The central registry.
        cards: The central cards.
        group: The model package group.
        card_arn: The model's card.
        to: The number of the version that is asked for.

    Raises:
        OperatorError: If there is nothing to go back from, or to.
        RegistryError: If the receipt of the version that is asked for is not sound.
    """
    summaries = versions.of_group(group)
    current = next((number for number in summaries if step(summaries[number]) == IN_PRODUCTION), None)
    if current is None:
        raise OperatorError(f"Production runs no version of {group}: there is nothing to go back from.")
    if to == current:
        raise OperatorError(f"Production runs version {current} of {group} already.")
    doubts: list[str] = []
    if to is None:
        older = [summary for number, summary in summaries.items() if number < current]
        target = _newest_good(versions, older, doubts)
    else:
        target = _asked_for(versions, summaries, to)
    if target is None:
        none = f"Production runs version {current} of {group}, and there is no older one to go back to."
        raise OperatorError(" ".join([none, *doubts]))
    return Rollback(
        group=group,
        current=current,
        target=target,
        difference=metrics.difference(
            target.receipt.content["metrics"], _metrics(versions, summaries[current], doubts)
        ),
        card=_card(cards, versions.book, card_arn, target.receipt),
        doubts=doubts,
    )


def _newest_good(
    versions: CentralVersions, newest_first: Sequence[Version], doubts: list[str]
) -> RecordedVersion | None:
    for summary in newest_first:
        try:
            found = versions.recorded(summary["ModelPackageArn"])
        except RegistryError as error:
            doubts.append(str(error))
            continue
        if found.last("production") is None:
            continue
        refusal = _refusal(found)
        if refusal is None:
            return found
        doubts.append(refusal)
    return None


def _asked_for(versions: CentralVersions, summaries: Mapping[int, Version], to: int) -> RecordedVersion:
    if to not in summaries:
        raise OperatorError(f"There is no version {to}: there are {', '.join(map(str, summaries))}.")
    found = versions.recorded(summaries[to]["ModelPackageArn"])
    refusal = _refusal(found)
    if refusal is not None:
        raise OperatorError(refusal)
    return found


def _refusal(version: RecordedVersion) -> str | None:
    """Why production cannot go back to a version: a sentence, or None."""
    if version.last("production") is None:
        return f"Version {version.number} has never been in production: approve it as any new version."
    if version.status == "Rejected":
        return (
            f"Version {version.number} is Rejected: approve it in the central registry if that does not hold "
            "any more."
        )
    return None


def _metrics(versions: CentralVersions, summary: Version, doubts: list[str]) -> Mapping[str, float]:
    """The metrics of the version that production runs; what is wrong with it keeps nobody from leaving it."""
    try:
        found: Mapping[str, float] = versions.recorded(summary["ModelPackageArn"]).receipt.content["metrics"]
    except RegistryError as error:
        doubts.append(str(error))
        return {}
    return found


def _card(cards: Cards, book: ReceiptBook, card_arn: str, receipt: Receipt) -> str:
    card = cards.describing(card_arn, receipt.model_package_arns)
    if card is None:
        return "none speaks for this version, and production refuses it without one"
    approval = card_approval.approval(book, card=card, receipt=receipt)
    if approval is None:
        return (
            f"version {card.version} is {card.status}, and no approval of what it says is recorded: "
            "production refuses this version until the governance officer runs 'catalog card approve'"
        )
    return f"version {card.version} is {card.status}; approved by {approval.by}, {approval.time}"


def command(
    group: Annotated[str, typer.Option(help="The model package group.")],
    to: Annotated[int | None, typer.Option(help="The version to go back to; else the one before.")] = None,
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
    yes: Yes = False,
) -> None:
    """Take production back to a version that it has run before (ML engineer, shared services account)."""
    with sentences():
        settings = load(catalog)
        session, names = aws_session(settings), settings.names
        need = Need.of_hub(settings, task="production is taken back", roles=(names.ml_engineer_role,))
        caller = need.met_by(session, names)
        sagemaker = session.client("sagemaker", config=RETRIES)
        book = ReceiptBook(
            s3=session.client("s3", config=RETRIES),
            bucket=names.registry_bucket,
            account=names.shared_services_account,
        )
        rollback = plan(
            CentralVersions(sagemaker=sagemaker, book=book),
            Cards(sagemaker=sagemaker),
            group=group,
            card_arn=names.model_card_arn(group),
            to=to,
        )
        for line in rollback.describe():
            output.print(line, markup=False)
        if pretend:
            return
        if not yes:
            typer.confirm(f"Approve version {rollback.target.number} again?", abort=True)
        rollback.carry_out(sagemaker, by=caller.arn)
        output.print(
            f"Version {rollback.target.number} is approved again, and goes through its deploy pipeline: "
            "production changes when the governance officer approves there."
        )
