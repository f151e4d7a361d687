"""Show the receipt of a central version: what it is, who decided about it, and whether that is still so."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import boto3
import typer
from rich.table import Table
from rich.text import Text

from base.settings import CATALOG, Settings, load
from registry.functions.model_registry import metrics
from registry.functions.model_registry.artifacts import CentralArtifacts
from registry.functions.model_registry.errors import RegistryError, explained
from registry.functions.model_registry.events import ModelVersionArn
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.stages.life_cycle import LifeCycle
from scripts.console.caller import Need
from scripts.console.change import OperatorError
from scripts.console.command import RETRIES, CatalogFile, aws_session, output, report, sentences
from scripts.console.page_file import save
from scripts.versions import receipt_page
from scripts.versions.central_versions import CentralVersions, RecordedVersion


@dataclass(frozen=True, kw_only=True)
class ReceiptView:
    """A version as its receipt shows it, beside the one that production runs.

    Attributes:
        recorded: The version, its receipt and the decisions about it.
        production: What production runs now, in words.
        difference: The metrics of both.
    """

    recorded: RecordedVersion
    production: str
    difference: list[metrics.Row]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads receipts, and compares them with what they speak of.

    Attributes:
        versions: The central versions.
        artifacts: Their artifacts.
        life_cycle: Knows what production runs.
        registry: ``<region>:<account>`` of the central registry.
    """

    versions: CentralVersions
    artifacts: CentralArtifacts
    life_cycle: LifeCycle
    registry: str

    @classmethod
    def of(cls, session: boto3.Session, settings: Settings) -> Self:
        """A reader with an operator's credentials."""
        sagemaker, s3 = session.client("sagemaker", config=RETRIES), session.client("s3", config=RETRIES)
        names = settings.names
        place = {"bucket": names.registry_bucket, "account": names.shared_services_account}
        return cls(
            versions=CentralVersions(sagemaker=sagemaker, book=ReceiptBook(s3=s3, **place)),
            artifacts=CentralArtifacts(s3=s3, **place),
            life_cycle=LifeCycle(sagemaker=sagemaker),
            registry=f"{settings.region}:{names.shared_services_account}",
        )

    def view(self, version: str) -> ReceiptView:
        """Read everything that is recorded of a version, and check it.

        Args:
            version: Its ARN, or its group and number, such as ``churn-p-abc/3``.

        Raises:
            OperatorError: If there is no such version.
            RegistryError: If it has no receipt, or something was tampered with.
        """
        arn = self._arn(version)
        with explained(
            denied=f"These credentials may not describe {arn}: use those of the ML engineer or the "
            "governance officer, in the shared services account.",
            missing=f"There is no version {arn}: name one of the central registry.",
        ):
            recorded = self.versions.recorded(arn)
        self.artifacts.check(recorded.package, recorded.receipt)
        production, current = self._production(recorded)
        return ReceiptView(
            recorded=recorded,
            production=production,
            difference=metrics.difference(recorded.receipt.content["metrics"], current),
        )

    def _arn(self, version: str) -> str:
        if version.startswith("arn:"):
            parsed = ModelVersionArn.parse(version)
            if f"{parsed.region}:{parsed.account}" != self.registry:
                raise OperatorError(
                    f"{version} is not in the central registry ({self.registry}): name the version that was "
                    "promoted from it."
                )
            return version
        group, _, number = version.partition("/")
        if not group or not number.isdecimal():
            raise OperatorError(
                f"{version!r} is no model version: write its ARN, or its group and number, such as "
                "churn-p-abc/3."
            )
        # SageMaker writes the names of groups in ARNs in lower case.
        return f"arn:aws:sagemaker:{self.registry}:model-package/{group.lower()}/{number}"

    def _production(self, recorded: RecordedVersion) -> tuple[str, dict[str, float]]:
        """What production runs in words, and its metrics."""
        serving = self.life_cycle.in_production(recorded.package["ModelPackageGroupName"])
        if not serving:
            return "Production runs no version yet.", {}
        if recorded.arn in serving:
            return "Production runs this version.", {}
        try:
            current = self.versions.recorded(serving[0])
        except RegistryError as error:
            return f"Production runs {serving[0]}, whose metrics are not known: {error}", {}
        return f"Production runs version {current.number}.", current.receipt.content["metrics"]


def command(
    version: Annotated[
        str, typer.Argument(help="Its ARN in the central registry, or its group and number: churn-p-abc/3.")
    ],
    page: Annotated[
        Path | None, typer.Option("--output", help="Also write a page that a person can read, as HTML.")
    ] = None,
    catalog: CatalogFile = CATALOG,
) -> None:
    """Show the receipt of a version, checked, and the decisions about it (shared services account)."""
    with sentences():
        settings = load(catalog)
        session, names = aws_session(settings), settings.names
        need = Need.of_hub(
            settings, task="receipts are read", roles=(names.governance_officer_role, names.ml_engineer_role)
        )
        need.met_by(session, names)
        shown = Reader.of(session, settings).view(version)
        for part in parts(shown):
            output.print(part)
        if page is not None:
            report(save(receipt_page.render(shown.recorded, shown.production, shown.difference), page))


def parts(shown: ReceiptView) -> Iterator[Text | Table]:
    """What to print: facts and artifacts in lines, which can be copied, then metrics, then decisions."""
    recorded = shown.recorded
    yield Text(f"Receipt of {recorded.arn}", style="bold")
    for name, value in receipt_page.facts(recorded).items():
        yield Text.assemble((f"  {name}: ", "dim"), value)
    for artifact in recorded.receipt.artifacts:
        digest = f"SHA-256 {artifact.sha256}" if artifact.sha256 else "SHA-256 not known"
        yield Text.assemble(("  Artifact: ", "dim"), f"{artifact.uri}, {artifact.size:,} bytes, {digest}")
    yield Text(f"Metrics. {shown.production}", style="bold")
    compared = Table("Metric", "This version", "Production", "Change")
    for row in map(receipt_page.bars, shown.difference):
        compared.add_row(*(Text(cell) for cell in (row.name, row.candidate, row.current, row.change)))
    yield compared
    yield Text("Decisions", style="bold")
    for decision in recorded.decisions:
        yield Text.assemble((f"  {decision.time} ", "dim"), f"{decision.kind}, by {decision.by}")
    yield Text("The receipt, the decisions and the artifacts are what they were.")
