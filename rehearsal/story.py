"""What the acts share: the accounts, the data, and the results of earlier acts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from base.names import ProjectNames
from rehearsal.accounts import Accounts
from rehearsal.data import DataSet
from rehearsal.inventory import Thing
from rehearsal.people import AccountKey, People, Person
from rehearsal.record import (
    CardRecord,
    DenialRecord,
    Document,
    FaultRecord,
    ModelRecord,
    PipelineRun,
    Prediction,
    ShownRecord,
)
from scripts.lineage.node import Node


class ActError(Exception):
    """An act did not come out as it must; the message gives the reason."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act.

    Attributes:
        name: Title.
        actor: Who acts, by profession.
        account: Where.
        play: Plays the act and tells what happened, in a sentence or two.
        next: What a reader would do after it, in a sentence or two; commands stand in backticks.
    """

    name: str
    actor: str
    account: AccountKey
    play: "Callable[[Story], str]"
    next: str


@dataclass(frozen=True, kw_only=True)
class Project:
    """A SageMaker project.

    Attributes:
        names: Names of what it owns.
        name: Its name.
        id: Its id, which SageMaker gave it.
    """

    names: ProjectNames
    name: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A version in the development account, as training registered it.

    Attributes:
        arn: The model package.
        version: Its number.
        metrics: Value of each metric.
        problem_type: Regression or classification.
        primary_metric: The metric that describes the version best.
        run: The run of the SageMaker pipeline.
    """

    arn: str
    version: int
    metrics: dict[str, float]
    problem_type: str
    primary_metric: str
    run: PipelineRun


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """A version of the model, in both registries.

    Attributes:
        number: Its number in the central registry.
        source_arn: The model package in the development account.
        central_arn: The model package in the central registry.
        artifact: `s3://` location of the artifact in the central bucket.
    """

    number: int
    source_arn: str
    central_arn: str
    artifact: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """A push whose training is under way.

    Attributes:
        what: What it changed.
        known: Executions of the project's CodePipeline pipeline before it.
    """

    what: str
    known: set[str]


@dataclass(kw_only=True)
class Story:
    """The state of the story; each act adds its own.

    Attributes:
        accounts: Accounts and people.
        data: What the model learns from.
        folder: Where the rehearsal keeps its files.
        tell: Shows a line of progress.
        assembly: The cloud assembly of the bundle.
        data_uri: Where the data is in the development account.
        build_project: The project that trains.
        deploy_project: The project that deploys.
        candidates: Versions in the development account.
        change: The data scientist's change to the first version.
        versions: Versions in the central registry.
        release: Id of the execution of the deploy pipeline that waits for approval.
        models: What the report says of each version.
        runs: The runs of the SageMaker pipeline.
        own_answers: What each version answers by itself, by its number.
        predictions: What test, production and the model itself answered.
        denials: What was refused.
        faults: What went wrong on purpose.
        cards: The life of the model card.
        shown: What the approvers of production were shown.
        lineage: What `catalog lineage` found behind the endpoint in production.
        documents: Pages that commands wrote into the folder.
        problem_type: Regression or classification, as the model says.
        primary_metric: The metric that describes a version best.
        serving: Number of the version that production serves.
        holdings: What each account holds by now.
        before: What the accounts held before the bundle arrived.
        left: What is left at the end, one line a thing.
        followed: Commands of the README that were run, first to last.
    """

    accounts: Accounts
    data: DataSet
    folder: Path
    tell: Callable[[str], None]

    assembly: Path = Path()
    data_uri: str = ""
    build_project: Project | None = None
    deploy_project: Project | None = None
    candidates: list[Candidate] = field(default_factory=list)
    change: Change | None = None
    release: str = ""
    versions: list[ModelVersion] = field(default_factory=list)

    models: list[ModelRecord] = field(default_factory=list)
    runs: list[PipelineRun] = field(default_factory=list)
    own_answers: dict[int, str] = field(default_factory=dict)
    predictions: list[Prediction] = field(default_factory=list)
    denials: list[DenialRecord] = field(default_factory=list)
    faults: list[FaultRecord] = field(default_factory=list)
    cards: list[CardRecord] = field(default_factory=list)
    shown: list[ShownRecord] = field(default_factory=list)
    lineage: Node | None = None
    documents: list[Document] = field(default_factory=list)
    problem_type: str = ""
    primary_metric: str = ""
    serving: int | None = None
    holdings: dict[AccountKey, list[str]] = field(default_factory=dict)
    before: set[Thing] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)

    @property
    def people(self) -> People:
        """Everyone in the story."""
        return self.accounts.people

    def acting_as(self, person: Person, service: str) -> Any:
        """A client of a service that acts as a person."""
        return self.accounts.acting_as(person, service)

    def document(self, title: str, file: str) -> str:
        """Announce a page in the folder of the report, and return the path to write it to."""
        self.documents.append(Document(title=title, file=file))
        return str(self.folder / file)

    def add_holding(self, account: AccountKey, thing: str) -> None:
        """Note what an account holds from now on."""
        self.holdings.setdefault(account, []).append(thing)


def built(project: Project | None) -> Project:
    """Return a project that an earlier act created."""
    if project is None:
        raise ActError("the project that this act works on was not created")
    return project
