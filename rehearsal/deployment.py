"""From an approved version of the central registry to endpoints in test and production."""

import csv
import io
import json
import tarfile
from collections.abc import Mapping, Sequence

from base.places import REPOSITORY
from emulator.machine.environments import prepare
from emulator.machine.isolation import clean_environment
from rehearsal import card, commands, promotion
from rehearsal.people import Person
from rehearsal.processes import run
from rehearsal.record import Prediction, ShownRecord
from rehearsal.story import ActError, ModelVersion, Project, Story, built
from rehearsal.waiting import PipelineWatch, known_executions, newest_execution

ASKED_ROWS = 50
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-staging-construct-set-up.html
SERVES = {"Stage": "Production", "StageStatus": "Approved"}
RETIRED = {"Stage": "Archived", "StageStatus": "Retired"}
APPROVAL_STAGE = "ApproveProduction"
PRODUCTION_STAGE = "DeployProduction"
ANSWER = REPOSITORY / "rehearsal" / "answer.py"


def release(story: Story, version: ModelVersion) -> PipelineWatch:
    """Approve a version centrally, and follow the pipeline until production waits for approval.

    Returns:
        The execution that the approval started.
    """
    known = known_executions(story, story.people.ml_engineer, built(story.deploy_project).names.title)
    promotion.approve_centrally(story, version)
    watch = started(story, version, known)
    read_approval(story, version, watch)
    return watch


def started(story: Story, version: ModelVersion, known: set[str]) -> PipelineWatch:
    """Find the execution of the deploy pipeline that the approval of a version has started.

    Args:
        story: The story.
        version: The version.
        known: The executions before it.
    """
    watch = _newest(story, built(story.deploy_project), known)
    given = {
        variable["name"]: variable["resolvedValue"] for variable in watch.description().get("variables", [])
    }
    if given.get("ModelPackageArn") != version.central_arn:
        raise ActError(
            f"the pipeline was started with ModelPackageArn {given.get('ModelPackageArn')} and not "
            f"{version.central_arn}"
        )
    return watch


def read_approval(story: Story, version: ModelVersion, watch: PipelineWatch) -> None:
    """Wait until production waits for approval, and keep what its approver is shown.

    Args:
        story: The story.
        version: The version that is deployed.
        watch: The execution that deploys it.
    """
    waiting = watch.approval(APPROVAL_STAGE)
    story.shown.append(
        ShownRecord(
            version=version.number,
            text=waiting["custom_data"],
            link=waiting["link"],
            page=_receipt(story, version),
        )
    )


def _receipt(story: Story, version: ModelVersion) -> str:
    """As the governance officer, write the receipt to which the approval links as a page; return its file."""
    number = len(story.shown) + 1
    file = f"approval-{number}.html"
    page = story.document(f"Receipt that the approver of production could read, approval {number}", file)
    commands.catalog(story, story.people.governance_officer, "receipt", version.central_arn, "--output", page)
    return file


def watch(story: Story, execution_id: str) -> PipelineWatch:
    """Follow an execution of the deploy pipeline.

    Args:
        story: The story.
        execution_id: The execution.
    """
    pipeline = built(story.deploy_project).names.title
    return PipelineWatch(story, story.people.ml_engineer, pipeline, execution_id)


def _newest(story: Story, project: Project, known: set[str]) -> PipelineWatch:
    return watch(story, newest_execution(story, story.people.ml_engineer, project.names.title, known))


def first_run(story: Story) -> PipelineWatch:
    """Return the run that the creation of the deploy project started."""
    return _newest(story, built(story.deploy_project), set())


def approve_card(story: Story, version: ModelVersion) -> None:
    """As the governance officer, approve what the card says of a version."""
    officer = story.people.governance_officer
    commands.catalog(story, officer, "card", "approve", "--model-package", version.central_arn)
    card.note(story, f"What it says of version {version.number} was approved", officer, "Approved")


def approve_for_production(story: Story, watch: PipelineWatch) -> None:
    """As the governance officer, approve production and follow the pipeline to its end."""
    give_approval(story, watch)
    watch.finish()


def give_approval(story: Story, watch: PipelineWatch) -> None:
    """As the governance officer, approve production."""
    waiting = watch.approval(APPROVAL_STAGE)
    officer = story.acting_as(story.people.governance_officer, "codepipeline")
    officer.put_approval_result(
        pipelineName=built(story.deploy_project).names.title,
        stageName=waiting["stage"],
        actionName=waiting["action"],
        token=waiting["token"],
        result={"status": "Approved", "summary": "Test results reviewed by the governance officer."},
    )
    story.tell("production is approved")


def ask(story: Story, person: Person, rows: Sequence[Sequence[str]]) -> str:
    """Ask the endpoint of a person's account, and return its answer."""
    answer = story.acting_as(person, "sagemaker-runtime").invoke_endpoint(
        EndpointName=built(story.deploy_project).names.title,
        ContentType="text/csv",
        Body=_as_csv(rows).encode(),
    )
    return _canonical(answer["Body"].read().decode())


def ask_model(story: Story, version: ModelVersion, rows: Sequence[Sequence[str]]) -> str:
    """Run the inference code of an artifact on rows, in the environment of the image and by no endpoint."""
    folder = story.folder / "models" / str(version.number)
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(promotion.read_artifact(story, version.artifact))) as archive:
        # Python before 3.11.4 has no such filter; the archive is the pipeline's own.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202
    (folder / "request.csv").write_text(_as_csv(rows), encoding="utf-8")
    lines = run(
        [str(prepare("xgboost").python), str(ANSWER), str(folder), str(folder / "request.csv")],
        environment=clean_environment(story.folder / "home"),
    )
    return _canonical(lines[-1])


def sample_rows(story: Story) -> tuple[tuple[str, ...], ...]:
    """Return rows from all over the data, without the target; 50 at most."""
    step = max(len(story.data.sample) // ASKED_ROWS, 1)
    return story.data.sample[: step * ASKED_ROWS : step]


def _as_csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    # With every cell in quotes: some versions of Python leave a carriage return without.
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue()


def compare_predictions(story: Story, version: ModelVersion) -> None:
    """Ask test, production and the model itself, and check that all give the same answer."""
    people = story.people
    rows = sample_rows(story)
    test = ask(story, people.test_application, rows)
    production = ask(story, people.production_application, rows)
    if version.number not in story.own_answers:
        story.own_answers[version.number] = ask_model(story, version, rows)
    model = story.own_answers[version.number]
    if version.number not in {prediction.version for prediction in story.predictions}:
        story.predictions.extend(_by_row(version, rows, test, production, model))
    if not test == production == model:
        raise ActError(
            f"version {version.number} answers {test} in test, {production} in production and {model} by "
            "itself"
        )
    story.serving = version.number


def _by_row(version: ModelVersion, rows: Sequence[tuple[str, ...]], *answers: str) -> list[Prediction]:
    columns = [[str(value) for value in json.loads(answer)["predictions"]] for answer in answers]
    return [
        Prediction(version=version.number, request=request, test=test, production=production, model=model)
        for request, test, production, model in zip(rows, *columns, strict=True)
    ]


def check_serving(story: Story, version: ModelVersion) -> None:
    """Check, as the account's administrator, that the endpoint in production serves a version.

    Raises:
        ActError: It serves another.
    """
    sagemaker = story.accounts.administrator("production", "sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=built(story.deploy_project).names.title)
    configuration = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    model = sagemaker.describe_model(ModelName=configuration["ProductionVariants"][0]["ModelName"])
    container = (model.get("Containers") or [model["PrimaryContainer"]])[0]
    if container.get("ModelPackageName") != version.central_arn:
        raise ActError(f"production serves {container.get('ModelPackageName')} and not {version.central_arn}")


def check_life_cycle(story: Story, version: ModelVersion, expected: Mapping[str, str]) -> None:
    """Check where a version is in its life, as the governance officer sees it.

    Raises:
        ActError: It is elsewhere.
    """
    sagemaker = story.acting_as(story.people.governance_officer, "sagemaker")
    package = sagemaker.describe_model_package(ModelPackageName=version.central_arn)
    stage = package.get("ModelLifeCycle", {})
    if {name: stage.get(name) for name in expected} != expected:
        raise ActError(f"version {version.number} should be {expected} and is {stage}")


def _canonical(answer: str) -> str:
    return json.dumps(json.loads(answer), sort_keys=True)
