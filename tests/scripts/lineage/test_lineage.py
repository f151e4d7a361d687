"""A model is traced back through its accounts; where that fails, the trace says so and goes on."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner, Result

from base.settings import load
from registry.functions.model_registry.artifacts import CentralArtifacts
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import RECEIPT, receipt_content
from scripts.catalog import app
from scripts.lineage.node import Node
from scripts.lineage.page import COLOURS, colours, render
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, TEAM, Cloud, client, failure, use
from tests.registry.cloud.lineage import Lineage

SETTINGS = load()
PRODUCTION = SETTINGS.accounts.production
GROUP = "Churn-p-abc"
FOLDER = f"models/{TEAM}/{GROUP}/1/20261121T091500Z/"
COMMIT = "4f2c9d1e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d"
ENDPOINT = "churn-deploy"
EXECUTION = f"arn:aws:sagemaker:{REGION}:{TEAM}:pipeline/{GROUP}/execution/abc123"
RAW, PREPARED, MODEL = ("s3://data/raw/", "s3://work/train", "s3://work/model.tar.gz")
IMAGE = f"141502667606.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:3.2-0"


class World(Lineage, Cloud):
    """A model on its way from a team's raw data to production.

    Attributes:
        central: ARN of the central version.
        team: ARN of the team's version.
        jobs: ARNs of the trial components of its jobs, by the step.
    """

    def __init__(self) -> None:
        super().__init__()
        self.team = self.register(
            TEAM,
            GROUP,
            InferenceSpecification={"Containers": [{"Image": IMAGE, "ModelDataUrl": MODEL}]},
            CustomerMetadataProperties={
                "commit": COMMIT,
                "pipeline_execution_arn": EXECUTION,
                "input_data_uri": RAW,
            },
        )
        self.approve(self.team, description="Better than before")
        self.central = self._promoted()
        self._deployed()
        self.trained = self._trained()

    def metadata(self, arn: str) -> dict[str, str]:
        """The customer metadata of a version, to be changed."""
        found: dict[str, str] = self.versions[arn]["CustomerMetadataProperties"]
        return found

    def write_receipt(self, source: str) -> None:
        """Write the receipt of the central version."""
        book = ReceiptBook(s3=client("s3"), bucket=REGISTRY_BUCKET, account=HUB)
        content = receipt_content(
            source=self.versions[source],
            central_model_package_arn=self.central,
            artifacts=CentralArtifacts(s3=client("s3"), bucket=REGISTRY_BUCKET, account=HUB).measured(
                self.versions[self.central]
            ),
            images=[],
            metrics={"rmse": 2.5},
            model_card=None,
        )
        self.metadata(self.central).update(book.metadata(FOLDER, book.write(FOLDER, content)))

    def _promoted(self) -> str:
        use(self)
        artifact = self.put(REGISTRY_BUCKET, f"{FOLDER}model.tar.gz", b"weights")
        self.central = self.register(
            HUB,
            GROUP,
            InferenceSpecification={"Containers": [{"Image": IMAGE, "ModelDataUrl": artifact}]},
            CustomerMetadataProperties={
                "source_model_package_arn": self.team,
                "commit": COMMIT,
                "pipeline_execution_arn": EXECUTION,
            },
            ModelLifeCycle={"Stage": "Production", "StageStatus": "Approved"},
        )
        self.write_receipt(self.team)
        return self.central

    def _deployed(self) -> None:
        def arn(resource: str) -> str:
            return f"arn:aws:sagemaker:{REGION}:{PRODUCTION}:{resource}"

        created = {"CreationTime": self.now()}
        self.described |= {
            ("DescribeEndpoint", ENDPOINT): {
                "EndpointName": ENDPOINT,
                "EndpointArn": arn(f"endpoint/{ENDPOINT}"),
                "EndpointConfigName": "configuration",
                "EndpointStatus": "InService",
                "LastModifiedTime": self.now(),
            },
            ("DescribeEndpointConfig", "configuration"): {
                **created,
                "EndpointConfigArn": arn("endpoint-config/configuration"),
                "ProductionVariants": [{"VariantName": "All", "ModelName": "model"}],
            },
            ("DescribeModel", "model"): {
                **created,
                "ModelArn": arn("model/model"),
                "PrimaryContainer": {"ModelPackageName": self.central},
            },
        }

    def _trained(self) -> dict[str, str]:
        def arn(resource: str) -> str:
            return f"arn:aws:sagemaker:{REGION}:{TEAM}:{resource}"

        prepare, train, evaluate = (
            arn(f"{kind}/pipelines-abc123-{step}")
            for kind, step in (
                ("processing-job", "Preprocess"),
                ("training-job", "Train"),
                ("processing-job", "Evaluate"),
            )
        )
        jobs = {
            "Preprocess": self.job(prepare, [("DataSet", RAW), ("Image", IMAGE)], [("DataSet", PREPARED)]),
            "Train": self.job(train, [("DataSet", PREPARED), ("Image", IMAGE)], [("Model", MODEL)]),
        }
        package = self.artifact(TEAM, "Model", self.team)
        self.edges += [
            (self.artifact(TEAM, "Model", MODEL), package),
            (self.artifact(TEAM, "Image", IMAGE), package),
        ]
        repository = f"https://git-codecommit.{REGION}.amazonaws.com/v1/repos/{GROUP}"
        self.described |= {
            ("DescribePipelineExecution", EXECUTION): {
                "PipelineArn": arn(f"pipeline/{GROUP}"),
                "PipelineExecutionArn": EXECUTION,
                "PipelineExecutionStatus": "Succeeded",
                "CreationTime": self.now(),
            },
            ("DescribeCodeRepository", GROUP): {"GitConfig": {"RepositoryUrl": repository}},
        }
        made = {
            "Preprocess": {"ProcessingJob": {"Arn": prepare}},
            "Train": {"TrainingJob": {"Arn": train}},
            "Evaluate": {"ProcessingJob": {"Arn": evaluate}},
            "CheckQuality": {"Condition": {"Outcome": "True"}},
            "Register": {"RegisterModel": {"Arn": self.team}},
        }
        self.steps[EXECUTION] = [
            {"StepName": step, "StepStatus": "Succeeded", "StartTime": self.now(), "Metadata": metadata}
            for step, metadata in made.items()
        ]
        return jobs


Run = Callable[..., Result]


@pytest.fixture
def world() -> World:
    made = World()
    made.calls.clear()
    return made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`catalog lineage` with these arguments, in the world in use."""
    session = SimpleNamespace(client=lambda service, **_: client(service), region_name=REGION)
    monkeypatch.setattr("scripts.lineage.command.aws_session", lambda _: session)
    monkeypatch.setattr("scripts.lineage.accounts.boto3", SimpleNamespace(Session=lambda **_: session))
    return lambda *arguments: CliRunner().invoke(app, ["lineage", *arguments])


@pytest.fixture
def traced(run: Run) -> Callable[..., list[dict[str, Any]]]:
    """The nodes that a trace finds, in their order, without their sources."""

    def trace(*arguments: str) -> list[dict[str, Any]]:
        result = run("--json", *(arguments or ("--endpoint", ENDPOINT)))
        assert result.exit_code == 0, result.output

        def flat(node: dict[str, Any]) -> list[dict[str, Any]]:
            sources = node.pop("sources", [])
            return [node, *(each for source in sources for each in flat(source))]

        return flat(json.loads(result.output))

    return trace


CHAIN = ["Endpoint", "Endpoint configuration", "Model", "Central version", "Receipt", "Team's version"]


def test_an_endpoint_leads_back_to_data_code_and_execution(
    world: World, traced: Callable[..., list[dict[str, Any]]]
) -> None:
    found = traced()

    assert [node["kind"] for node in found[: len(CHAIN)]] == CHAIN
    assert [node for node in found if "gap" in node] == []
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for node in found:
        by_kind.setdefault(node["kind"], []).append(node)
    assert by_kind["Central version"][0]["facts"] == {
        "status": "PendingManualApproval",
        "stage": "Production, Approved",
    }
    receipt = by_kind["Receipt"][0]
    assert receipt["identifier"] == f"s3://{REGISTRY_BUCKET}/{FOLDER}{RECEIPT}"
    assert receipt["facts"]["metrics"] == "rmse 2.5"
    assert receipt["facts"]["approved by"].endswith("lead-data-scientist/session")
    assert by_kind["Team's version"][0]["facts"]["approval"] == "Better than before"
    assert [step["name"] for step in by_kind["Step"]] == [
        "Preprocess",
        "Train",
        "Evaluate",
        "CheckQuality",
        "Register",
    ]
    assert by_kind["Commit"][0]["facts"] == {"commit": COMMIT}
    assert by_kind["Commit"][0]["identifier"].endswith(f"/{GROUP}")
    assert [node["identifier"] for node in by_kind["Data"]] == [PREPARED, RAW]
    assert by_kind["Training job"][0]["identifier"].endswith("training-job/pipelines-abc123-Train")
    assert {node["account"] for node in found} == {PRODUCTION, HUB, TEAM}
    # What led to several things is described once.
    assert [node["facts"] for node in by_kind["Image"] if "facts" in node] == [{"see": "above"}] * 2


def test_it_takes_few_requests_and_says_how_many(world: World, run: Run) -> None:
    result = run("--endpoint", ENDPOINT)

    assert f"; {len(world.calls)} requests to AWS." in result.output
    assert world.assumed == [
        f"arn:aws:iam::{account}:role/{SETTINGS.names.lineage_reader_role}" for account in (PRODUCTION, TEAM)
    ]
    entities = ("DescribeArtifact", "DescribeTrialComponent")
    assert [call for call in world.calls if call not in entities] == [
        "GetCallerIdentity",
        "AssumeRole",
        "DescribeEndpoint",
        "DescribeEndpointConfig",
        "DescribeModel",
        "DescribeModelPackage",
        "GetObject",
        "AssumeRole",
        "DescribeModelPackage",
        "DescribePipelineExecution",
        *["ListPipelineExecutionSteps"] * 2,
        "DescribeCodeRepository",
        "ListArtifacts",
        *["QueryLineage"] * 2,
    ]
    # Each entity once, whatever it led to.
    described = [call for call in world.calls if call in entities]
    assert len(described) == len({source for source, _ in world.edges})


@pytest.mark.parametrize("arn", ["central", "team"])
def test_a_version_is_traced_by_its_arn(
    arn: str, world: World, traced: Callable[..., list[dict[str, Any]]]
) -> None:
    found = traced("--model-package", getattr(world, arn))

    expected = {"central": "Central version", "team": "Team's version"}[arn]
    assert found[0]["kind"] == expected
    assert RAW in [node.get("identifier") for node in found]
    assert PRODUCTION not in {node["account"] for node in found}


def test_a_project_that_registers_centrally_is_traced_by_its_artifact(
    world: World, traced: Callable[..., list[dict[str, Any]]]
) -> None:
    del world.metadata(world.central)["source_model_package_arn"]
    del world.objects[REGISTRY_BUCKET, f"{FOLDER}{RECEIPT}"]
    world.write_receipt(world.central)
    artifact = f"s3://{REGISTRY_BUCKET}/{FOLDER}model.tar.gz"
    world.edges.append((world.trained["Train"], world.artifact(TEAM, "Model", artifact)))

    found = traced()

    assert "Team's version" not in [node["kind"] for node in found]
    assert [node for node in found if "gap" in node] == []
    assert RAW in [node.get("identifier") for node in found]


def forget(operation: str, name: str) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        del world.described[operation, name]

    return prepare


def deny(operation: str) -> Callable[[World], None]:
    return lambda world: world.denied.add(operation)


def forget_version(which: str) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        del world.versions[getattr(world, which)]

    return prepare


def change_receipt(content: bytes | None) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        key = f"{FOLDER}{RECEIPT}"
        del world.objects[REGISTRY_BUCKET, key]
        if content is not None:
            world.put(REGISTRY_BUCKET, key, content)

    return prepare


def without(*names: str) -> Callable[[World], None]:
    """Versions and receipt say nothing of these."""

    def prepare(world: World) -> None:
        for arn in (world.central, world.team):
            for name in names:
                world.metadata(arn).pop(name, None)
        change_receipt(None)(world)
        world.write_receipt(world.team)

    return prepare


def without_receipt(world: World) -> None:
    for name in ("receipt_uri", "receipt_sha256"):
        del world.metadata(world.central)[name]


def of_an_artifact(world: World) -> None:
    world.described["DescribeModel", "model"]["PrimaryContainer"] = {"Image": IMAGE, "ModelDataUrl": MODEL}


def forget_entity(find: Callable[[World], str]) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        del world.entities[find(world)]

    return prepare


def throttle(world: World) -> None:
    def interfere(_: int, operation: str, call: Callable[[], Any]) -> Any:
        if operation == "QueryLineage":
            raise failure(operation, "ThrottlingException", "Rate exceeded")
        return call()

    world.interfere = interfere


GONE = "It is not there any more."
MADE = ["Pipeline execution", "Commit", "SageMaker lineage"]


@pytest.mark.parametrize(
    ("prepare", "kind", "gap", "found"),
    [
        pytest.param(
            forget("DescribeEndpointConfig", "configuration"),
            "Endpoint configuration",
            GONE,
            CHAIN[:2],
            id="configuration deleted",
        ),
        pytest.param(forget("DescribeModel", "model"), "Model", GONE, CHAIN[:3], id="model deleted"),
        pytest.param(
            of_an_artifact, "Model", "made of an artifact itself", CHAIN[:3], id="model of an artifact"
        ),
        pytest.param(
            forget_version("central"), "Model version", GONE, CHAIN[:3], id="central version deleted"
        ),
        pytest.param(
            deny("sagemaker:DescribeModelPackage"),
            "Model version",
            "not shown to this role",
            CHAIN[:3],
            id="central version not shown",
        ),
        pytest.param(without_receipt, "Receipt", "has no receipt", [*CHAIN, *MADE], id="receipt missing"),
        pytest.param(
            change_receipt(None), "Receipt", "is gone: do not deploy", [*CHAIN, *MADE], id="receipt deleted"
        ),
        pytest.param(
            change_receipt(b"{}"), "Receipt", "tampered with", [*CHAIN, *MADE], id="receipt tampered with"
        ),
        pytest.param(
            deny("s3:GetObject"), "Receipt", "may not read", [*CHAIN, *MADE], id="receipt not shown"
        ),
        pytest.param(
            forget_version("team"), "Team's version", GONE, [*CHAIN, *MADE], id="team's version deleted"
        ),
        pytest.param(
            lambda world: world.closed.add(TEAM),
            "Team's version",
            "may not assume arn:aws:iam::333333333333:role/",
            [*CHAIN, *MADE],
            id="team's account closed",
        ),
        pytest.param(
            forget("DescribePipelineExecution", EXECUTION),
            "Pipeline execution",
            GONE,
            [*CHAIN, *MADE, "Training job", "Data"],
            id="execution deleted",
        ),
        pytest.param(
            deny("sagemaker:ListPipelineExecutionSteps"),
            "Pipeline execution",
            "not shown to this role",
            [*CHAIN, *MADE, "Training job", "Data"],
            id="steps not shown",
        ),
        pytest.param(
            without("pipeline_execution_arn"),
            "Pipeline execution",
            "outside of the project's pipeline",
            [*CHAIN, *MADE, "Training job", "Data"],
            id="no execution",
        ),
        pytest.param(
            without("commit"), "Commit", "outside of the project's build", [*CHAIN, *MADE], id="no commit"
        ),
        pytest.param(
            forget("DescribeCodeRepository", GROUP), "Commit", GONE, [*CHAIN, *MADE], id="repository deleted"
        ),
        pytest.param(
            lambda world: world.entities.clear(),
            "SageMaker lineage",
            f"SageMaker knows nothing of {MODEL} there.",
            [*CHAIN, *MADE, "Step"],
            id="no lineage",
        ),
        pytest.param(
            deny("sagemaker:QueryLineage"),
            "SageMaker lineage",
            "not shown to this role",
            [*CHAIN, *MADE, "Step"],
            id="lineage not shown",
        ),
        pytest.param(
            throttle,
            "SageMaker lineage",
            "AWS does not tell (ThrottlingException: Rate exceeded).",
            [*CHAIN, *MADE, "Step"],
            id="lineage throttled",
        ),
        pytest.param(
            forget_entity(lambda world: world.trained["Train"]),
            "Data",
            GONE,
            [*CHAIN, *MADE, "Processing job"],
            id="job deleted",
        ),
        pytest.param(
            forget_entity(lambda world: world.artifact(TEAM, "DataSet", PREPARED)),
            "Data",
            GONE,
            [*CHAIN, *MADE, "Training job", "Processing job"],
            id="data set deleted",
        ),
    ],
)
def test_what_cannot_be_followed_is_said_in_its_place(  # noqa: PLR0917  a row, and two fixtures
    prepare: Callable[[World], None],
    kind: str,
    gap: str,
    found: list[str],
    world: World,
    traced: Callable[..., list[dict[str, Any]]],
) -> None:
    prepare(world)

    nodes = traced()

    said = [node["gap"] for node in nodes if node["kind"] == kind and "gap" in node]
    assert any(gap in sentence for sentence in said), said
    assert {node["kind"] for node in nodes} >= set(found)
    assert nodes[0]["kind"] == "Endpoint"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param((), "Name either an endpoint with --endpoint", id="nothing"),
        pytest.param(
            ("--endpoint", "a", "--model-package", "b"), "Name either an endpoint", id="two beginnings"
        ),
        pytest.param(
            ("--model-package", "b", "--account", PRODUCTION), "Name either an endpoint", id="two accounts"
        ),
        pytest.param(("--model-package", "churn/1"), "'churn/1' is not the ARN of a version", id="no ARN"),
        pytest.param(
            ("--endpoint", "nobody"),
            f"Endpoint nobody in account {PRODUCTION}: It is not there any more.",
            id="no such endpoint",
        ),
        pytest.param(
            ("--endpoint", ENDPOINT, "--account", "999999999999"),
            "Endpoint churn-deploy in account 999999999999: arn:aws:sts",
            id="account closed",
        ),
        pytest.param(
            ("--endpoint", ENDPOINT, "--output", "/nowhere/page.html"),
            "/nowhere/page.html cannot be written",
            id="no such folder",
        ),
    ],
)
def test_mistakes_end_with_a_sentence(
    arguments: tuple[str, ...], sentence: str, world: World, run: Run
) -> None:
    world.closed.add("999999999999")
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_credentials_of_another_account_are_refused(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        World, "sts_GetCallerIdentity", lambda _: {"Account": TEAM, "Arn": "arn:aws:iam::3:user/a"}
    )
    result = run("--endpoint", ENDPOINT)
    assert result.exit_code == 2
    assert f"belong to account {TEAM}: models are traced from the shared services" in result.output
    assert world.calls == ["GetCallerIdentity"]


def test_the_terminal_shows_a_tree(world: World, run: Run) -> None:
    forget("DescribeCodeRepository", GROUP)(world)
    result = run("--endpoint", ENDPOINT)
    lines = result.output.splitlines()
    assert lines[0].startswith("Endpoint churn-deploy  2026-11-21T09:")
    assert lines[1].endswith(f"endpoint/{ENDPOINT}")
    assert any(line.endswith(f"{FOLDER}{RECEIPT}") for line in lines)
    assert any(line.strip("│└─ ").startswith("Training job pipelines-abc123-Train") for line in lines)
    assert "steps in 3 accounts, 1 of them cannot be followed or are in doubt" in lines[-1]


def test_a_trace_in_json_can_be_read_back(world: World, run: Run) -> None:
    forget("DescribeCodeRepository", GROUP)(world)
    result = run("--endpoint", ENDPOINT, "--json")
    root = TypeAdapter(Node).validate_json(result.output)
    assert root.as_json() == json.loads(result.output)
    assert [node.kind for _, node in root.walk()][:2] == ["Endpoint", "Endpoint configuration"]
    assert [node for _, node in root.walk() if node.gap]


class Page(HTMLParser):
    """What a page holds.

    Attributes:
        loaded: What it would load from elsewhere.
        texts: Its texts.
        tags: How often each tag stands there.
        classes: The classes of its elements.
    """

    def __init__(self, content: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.texts: list[str] = []
        self.tags: dict[str, int] = {}
        self.classes: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.classes += [value or "" for name, value in attrs if name == "class"]
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def test_the_page_draws_every_step_and_loads_nothing(world: World, run: Run, tmp_path: Path) -> None:
    world.approve(world.team, description="<script>alert(1)</script>")
    change_receipt(None)(world)
    path = tmp_path / "lineage.html"

    result = run("--endpoint", ENDPOINT, "--output", str(path))

    assert result.exit_code == 0, result.output
    assert f"create  {path}" in result.output
    page = Page(path.read_text(encoding="utf-8"))
    assert page.loaded == []
    assert "script" not in page.tags
    steps = int(result.output.split(" steps in ")[0].rsplit(maxsplit=1)[-1])
    assert page.classes.count("step") == steps
    assert any("is gone: do not deploy the version" in text for text in page.texts)
    assert any(f"with {len(world.calls)} requests to AWS" in text for text in page.texts)
    for purpose in ("production", "shared services", "development"):
        assert any(text.startswith(f"{purpose} (") for text in page.texts)


def test_only_where_the_way_forks_is_it_indented() -> None:
    root = Node(
        kind="A",
        name="a",
        account="1",
        sources=[
            Node(
                kind="B",
                name="b",
                account="2",
                sources=[
                    Node(kind="C", name="c"),
                    Node(kind="D", name="d", account="1", identifier="x" * 500),
                ],
            )
        ],
    )
    page = render(root, {"1": "production"}, calls=1, time=datetime(2026, 11, 21, tzinfo=UTC))
    order = re.findall(r"<b>(\w)</b>|(<li>)", page.partition('class="tree"')[2])
    assert ["".join(found) for found in order] == ["A", "B", "<li>", "C", "<li>", "D"]
    assert "x" * 500 in page.replace("<wbr>", "")


def test_each_account_has_its_colour() -> None:
    nodes = [Node(kind="A", name=str(number), account=str(number % 7)) for number in range(9)]
    root = Node(kind="A", name="a", sources=nodes)
    chosen = colours(root)
    assert list(chosen) == [*map(str, range(7)), ""]
    assert [chosen[str(number)] for number in range(4)] == list(COLOURS[:4])
    assert {chosen["5"], chosen["6"], chosen[""]} == {COLOURS[-1]}
