"""What a rehearsal leaves behind: `report.json`, and what the page shows beyond it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from scripts.lineage.node import Node

Status = Literal["ok", "failed"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CommandRecord(_Record):
    """A command of an act.

    Attributes:
        by: Who ran it, by profession.
        line: The command as it is typed; a call of the API is written as the AWS CLI's command for it.
    """

    by: str
    line: str


class QuoteRecord(_Record):
    """What a command or a service said, word for word.

    Attributes:
        title: Who said what, in a few words.
        text: The words.
    """

    title: str
    text: str


class ActRecord(_Record):
    """One act, as it went.

    Attributes:
        name: Title of the act.
        actor: Who acted, by profession.
        account: Name and id of the account in which it happened.
        status: Whether it came out as it must.
        seconds: How long it took.
        detail: What happened, or why it failed.
        commands: The commands that did it, first to last.
        quotes: What was said in it that is too long for `detail`.
        next: What a reader would do after it.
    """

    name: str
    actor: str
    account: str
    status: Status
    seconds: float
    detail: str
    commands: tuple[CommandRecord, ...] = ()
    quotes: tuple[QuoteRecord, ...] = ()
    next: str = ""


class DenialRecord(_Record):
    """One thing that must not work, as it was tried.

    Attributes:
        actor: Who tried.
        action: What was tried, in a sentence.
        expected: The refusal that had to come.
        observed: The answer that came.
        status: Whether it was refused for the right reason.
        commands: How it was tried.
    """

    actor: str
    action: str
    expected: str
    observed: str
    status: Status
    commands: tuple[CommandRecord, ...] = ()


class FaultRecord(_Record):
    """Something that goes wrong on AWS, caused on purpose.

    Attributes:
        name: What went wrong.
        done: What was done, in a sentence.
        expected: What the registry had to come to.
        observed: What it came to.
        status: Whether it came to that.
        seconds: How long it took until then.
    """

    name: str
    done: str
    expected: str
    observed: str
    status: Status
    seconds: float


class ModelRecord(_Record):
    """One version of the model in the central model registry.

    Attributes:
        version: Number of the version.
        metrics: Value of each metric on the held-out rows.
        digest: SHA-256 of the model artifact.
    """

    version: int
    metrics: dict[str, float]
    digest: str


class Report(_Record):
    """The whole of `report.json`.

    Attributes:
        status: `ok` when every act and every denial came out as it must.
        seconds: How long the story took.
        peak_memory_mib: Highest resident memory of all its processes together.
        acts: The acts in their order.
        denied: What must not work.
        faults: What went wrong on purpose.
        models: The versions of the model.
        limits: What the rehearsal cannot show.
        followed: Commands of the README that were run, first to last.
        left: What is left in the accounts at the end, one line a thing.
    """

    status: Status
    seconds: float
    peak_memory_mib: int
    acts: tuple[ActRecord, ...]
    denied: tuple[DenialRecord, ...]
    faults: tuple[FaultRecord, ...]
    models: tuple[ModelRecord, ...]
    limits: tuple[str, ...]
    followed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class StepRecord(_Record):
    """One step of a run of the SageMaker pipeline.

    Attributes:
        name: Name of the step in the pipeline's definition.
        status: As SageMaker names it: `Succeeded`, `Failed`, `Executing`, ...
        seconds: How long it took; None for a step that was not reached.
        detail: Outcome of a condition, or reason of a failure.
    """

    name: str
    status: str
    seconds: float | None = None
    detail: str = ""


class PipelineRun(_Record):
    """One run of the SageMaker pipeline that trained a version.

    Attributes:
        version: Version of the model that the run registered in the development account.
        definition: The pipeline's definition as SageMaker holds it.
        steps: The steps that ran.
    """

    version: int
    definition: dict[str, Any]
    steps: tuple[StepRecord, ...]


class Prediction(_Record):
    """One request, answered in three places.

    Attributes:
        version: Version of the model that both endpoints served.
        request: The cells of the row that was sent.
        test: Answer of the endpoint in the test account.
        production: Answer of the endpoint in the production account.
        model: Answer of the model artifact itself.
    """

    version: int
    request: tuple[str, ...]
    test: str
    production: str
    model: str


class CardRecord(_Record):
    """One station in the life of the model card.

    Attributes:
        event: What happened to it.
        actor: Who did it.
        account: Name of the account from which it was done.
        version: The card version afterwards.
        status: Its status, as SageMaker names it.
    """

    event: str
    actor: str
    account: str
    version: int
    status: str


class ShownRecord(_Record):
    """What an approver of production was shown.

    Attributes:
        version: The version that waited.
        text: The text of the approval.
        link: Where the approval linked to.
        page: The page beside the report that shows what stood there.
    """

    version: int
    text: str
    link: str
    page: str


class Document(_Record):
    """A page that a command wrote, beside the report.

    Attributes:
        title: What it shows.
        file: Its name in the folder of the report.
    """

    title: str
    file: str


class AccountRecord(_Record):
    """One account of the story.

    Attributes:
        key: Name of the account in `catalog.yaml`.
        title: Name for people.
        id: The 12 digits.
        holds: What it holds at the end, one line a thing.
    """

    key: str
    title: str
    id: str
    holds: tuple[str, ...] = ()


class Page(_Record):
    """All that the page shows.

    Attributes:
        report: What `report.json` says.
        started: When the story began, in UTC.
        title: Title of the page.
        summary: What happens in the story, in a sentence or two.
        data: The data set in one sentence.
        columns: Names of the columns of a request.
        problem_type: Regression or classification, as the model says.
        primary_metric: The metric that describes a version best.
        region: The Region of the accounts.
        accounts: The five accounts.
        act_starts: Seconds from the beginning at which each act of the report started.
        runs: The runs of the SageMaker pipeline.
        predictions: Requests answered by test, production and the model itself.
        cards: The life of the model card.
        shown: What the approvers of production were shown.
        lineage: What `catalog lineage` found behind the endpoint in production.
        documents: The pages that commands wrote.
        serving: Version that production serves at the end.
        software: What took part, with its version.
    """

    report: Report
    started: datetime
    title: str
    summary: str
    data: str
    columns: tuple[str, ...] = ()
    problem_type: str = ""
    primary_metric: str = ""
    region: str
    accounts: tuple[AccountRecord, ...]
    act_starts: tuple[float, ...]
    runs: tuple[PipelineRun, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    cards: tuple[CardRecord, ...] = ()
    shown: tuple[ShownRecord, ...] = ()
    lineage: Node | None = None
    documents: tuple[Document, ...] = ()
    serving: int | None = None
    software: tuple[tuple[str, str], ...] = ()
