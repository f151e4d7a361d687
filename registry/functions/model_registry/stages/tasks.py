"""The tasks of a deploy pipeline, from its test account to production."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..card_sharing import CardSharing
from ..errors import RegistryError
from ..identities import person
from ..receipts import ReceiptBook
from ..tagging import APPROVED, ArtifactTags
from .gate import Gate
from .job import Task
from .life_cycle import ADMITTED, IN_PRODUCTION, REVIEWED, TESTED, LifeCycle
from .pipelines import Pipelines
from .summary import Reviewer


@dataclass(frozen=True, kw_only=True)
class TaskResult:
    """What a task has come to.

    Attributes:
        said: What was done, in a sentence.
        outputs: Variables for later actions of the pipeline.
    """

    said: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Follows a version through its deploy pipeline. Every task is safe to repeat, and to do at once.

    Attributes:
        book: The receipts.
        gate: What a version has to pass.
        life_cycle: The stages and statuses of versions.
        pipelines: The deploy pipelines.
        reviewer: Sums up versions.
        sharing: Shares model cards.
        tags: The tags on the artifacts.
    """

    book: ReceiptBook
    gate: Gate
    life_cycle: LifeCycle
    pipelines: Pipelines
    reviewer: Reviewer
    sharing: CardSharing
    tags: ArtifactTags

    def do(self, task: Task) -> TaskResult:
        """Do a task.

        Raises:
            RegistryError: If the version does not pass.
        """
        version = self.life_cycle.describe(task.version.arn)
        match task.name:
            case "test":
                return self._test(task, version)
            case "review":
                return self._review(task, version)
            case "admit":
                return self._admit(task, version)
            case "record":
                return self._record(task, version)

    def _test(self, task: Task, version: Mapping[str, Any]) -> TaskResult:
        """Open the test account: its integration tests write into the model's card."""
        receipt, _ = self.gate.released(version)
        card = self.gate.cards.latest(version["ModelPackageGroupName"])
        if card is not None:
            self.sharing.share(card.arn, version["ModelPackageGroupName"], task.account, "author")
        self.book.decide(
            receipt,
            "test",
            task.execution,
            by=task.pipeline_arn,
            time=datetime.now(UTC),
            details=_details(task),
        )
        self.life_cycle.advance(version, TESTED, _words(task, "Tested"))
        shared = f", whose account {task.account} writes its model card" if card else "; it has no model card"
        return _said(f"{task.version.arn} goes to test{shared}.")

    def _review(self, task: Task, version: Mapping[str, Any]) -> TaskResult:
        """Say what there is to say before a person decides."""
        receipt, approved = self.gate.released(version)
        summary = self.reviewer.summary(version, receipt, approved)
        self.life_cycle.advance(version, REVIEWED, _words(task, "Waits for approval"))
        return TaskResult(said=summary, outputs={"Summary": summary, "Link": receipt.link})

    def _admit(self, task: Task, version: Mapping[str, Any]) -> TaskResult:
        """Admit a version to production, if nothing is missing."""
        receipt, card = self.gate.ready(version)
        approval = self.pipelines.production_approval(task)
        self.book.decide(
            receipt,
            "production-approval",
            task.execution,
            by=approval.by,
            time=approval.time,
            details={**_details(task), "comment": approval.comment},
        )
        self.sharing.share(card.arn, version["ModelPackageGroupName"], task.account, "reader")
        self.tags.admit(version)
        now = self.life_cycle.describe(task.version.arn)
        if now["ModelApprovalStatus"] != APPROVED:
            raise RegistryError(
                f"{task.version.arn} has become {now['ModelApprovalStatus']} in the meantime: deploy another "
                "version, or approve it again and release the change."
            )
        self.life_cycle.advance(now, ADMITTED, _words(task, "Deployed"))
        return _said(f"{task.version.arn} is admitted to account {task.account} by {person(approval.by)}.")

    def _record(self, task: Task, version: Mapping[str, Any]) -> TaskResult:
        """Note what production runs now, and what it ran before.

        The version in production is changed last of all: a deploy pipeline without a version of its own takes
        the one that was.
        """
        receipt = self.book.read(version)
        serving = self.life_cycle.in_production(version["ModelPackageGroupName"])
        former = [arn for arn in serving if arn != task.version.arn]
        self.book.decide(
            receipt,
            "production",
            task.execution,
            by=task.pipeline_arn,
            time=datetime.now(UTC),
            details={**_details(task), "replaces": former},
        )
        for arn in former:
            self.life_cycle.retire(arn, _words(task, f"Replaced by version {task.version.version}"))
        self.life_cycle.advance(version, IN_PRODUCTION, _words(task, "Deployed"))
        replaced = f"; {', '.join(former)} is retired" if former else ""
        return _said(f"Account {task.account} runs {task.version.arn}{replaced}.")


def _said(sentence: str) -> TaskResult:
    return TaskResult(said=sentence, outputs={})


def _details(task: Task) -> dict[str, str]:
    return {"account": task.account, "pipeline": task.pipeline, "execution": task.execution}


def _words(task: Task, deed: str) -> str:
    return f"{deed} in account {task.account}, by execution {task.execution} of {task.pipeline}"
