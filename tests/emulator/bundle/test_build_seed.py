"""The build seed's own SageMaker pipeline registers centrally, and documents what it has registered.

It runs under the role that the product makes for it, against the bucket and the key of the registry's own
stack, and in the group that `catalog group create` prepares.
"""

import json
import os
import random
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from base.names import ProjectNames
from emulator.core.switches import ROOT_SECRET_ACCESS_KEY
from emulator.machine import environments
from registry.serving import readers
from registry.storage import RegistryStorage
from scripts.versions.groups import RegisteringProject, prepare
from tests.emulator.card_support import enable_sharing, make_card, make_share
from tests.emulator.sagemaker_support import SAGEMAKER, make_bucket, put, settled
from tests.emulator.support import Emulator, trust
from tests.hangs import HANGS
from tests.products import launches
from tests.seed_code.seeds import Seed

SETTINGS = launches.settings(prefix="mlplatform-x")
NAMES = SETTINGS.names
PROJECT = {"SageMakerProjectName": "flowers", "SageMakerProjectId": "p-k2xyz0abcdef"}
BUSINESS = {"business_details": {"business_problem": "Flowers are mixed up."}}
CHECKS = ("CheckQuality", "CheckQualityTooLow", "CheckWorseThanProduction")
STEPS = ("Preprocess", "Train", "Evaluate", *CHECKS, "Register", "Document")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an execution left behind.

    Attributes:
        status: Its own.
        steps: Status of each step.
        reasons: Why steps failed.
        version: The version in the hub.
        card: The card there.
        data: Where the data lies.
        start: Starts the pipeline once more, and gives the ARN of the execution.
    """

    status: str
    steps: Mapping[str, str]
    reasons: Mapping[str, str]
    version: Mapping[str, Any]
    card: Mapping[str, Any]
    data: str
    start: Callable[[], str]


@pytest.fixture(scope="module")
def key_arn(emulator: Emulator) -> str:
    """The registry's key; the bucket is made with it, as the registry's stack makes both."""
    app = cdk.App()
    stack = cdk.Stack(
        app,
        "Registry",
        synthesizer=cdk.BootstraplessSynthesizer(),
        env=cdk.Environment(account=emulator.hub, region=emulator.region),
    )
    RegistryStorage(stack, "Storage", names=NAMES, organization=SETTINGS.organization, serving_roles=())
    cloudformation = emulator.client("cloudformation", account=emulator.hub)
    cloudformation.create_stack(
        StackName=NAMES.registry_stack, TemplateBody=json.dumps(Template.from_stack(stack).to_json())
    )
    stack_state = settled(
        lambda: cloudformation.describe_stacks(StackName=NAMES.registry_stack)["Stacks"][0],
        "StackStatus",
        ("CREATE_IN_PROGRESS",),
    )
    assert stack_state["StackStatus"] == "CREATE_COMPLETE", stack_state
    key = emulator.client("kms", account=emulator.hub).describe_key(KeyId=NAMES.registry_key_alias)
    return str(key["KeyMetadata"]["Arn"])


@pytest.fixture(scope="module")
def outcome(emulator: Emulator, key_arn: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One execution of the pipeline, from a commit of the seed to its end."""
    data = put(emulator, make_bucket(emulator), "flowers.csv", flowers())
    project, variables = make_project(emulator, data)
    registering = RegisteringProject.of(
        SETTINGS, name=project.project_name, identifier=project.project_id, account=emulator.development
    )
    sagemaker = emulator.client("sagemaker", account=emulator.hub)
    list(prepare(registering, sagemaker=sagemaker, readers=readers(NAMES, SETTINGS.organization, ())))
    enable_sharing(emulator)
    card = make_card(emulator, ModelCardName=project.title, content=BUSINESS)
    assert card == variables["MODEL_CARD_ARN"]
    make_share(emulator, card, principals=[emulator.development])

    repository = Seed("build_from_s3").copy(tmp_path_factory.mktemp("repository"))
    configure(repository)
    run(emulator, repository, variables, "upsert")
    execution = run(emulator, repository, variables, "start").strip()

    theirs = emulator.client("sagemaker")
    ended = settled(
        lambda: theirs.describe_pipeline_execution(PipelineExecutionArn=execution),
        "PipelineExecutionStatus",
        ("Executing",),
    )
    steps = theirs.list_pipeline_execution_steps(PipelineExecutionArn=execution)["PipelineExecutionSteps"]
    versions = sagemaker.list_model_packages(ModelPackageGroupName=project.title)["ModelPackageSummaryList"]
    return Outcome(
        status=ended["PipelineExecutionStatus"],
        steps={step["StepName"]: step["StepStatus"] for step in steps},
        reasons={step["StepName"]: step.get("FailureReason", "") for step in steps},
        version=sagemaker.describe_model_package(ModelPackageName=versions[0]["ModelPackageArn"])
        if versions
        else {},
        card=sagemaker.describe_model_card(ModelCardName=project.title),
        data=data,
        start=lambda: run(emulator, repository, variables, "start").strip(),
    )


def flowers() -> str:
    """A table of which the target follows from a number."""
    chance = random.Random(7)
    rows = [
        f"{2.0 * number + chance.random():.3f},{species}"
        for _ in range(40)
        for number, species in enumerate(("iris", "rose"))
    ]
    return "\n".join(["petal,species", *rows])


def make_project(emulator: Emulator, data: str) -> tuple[ProjectNames, dict[str, str]]:
    """Make the bucket, the key and the training role of a project, and give the variables of its builds."""
    launch = launches.launch(
        "build_from_s3",
        Registration="central",
        InputDataUri=data,
        TargetColumn="species",
        **PROJECT,
        **{"AWS::Region": emulator.region},
    )
    names = ProjectNames(
        prefix=NAMES.prefix,
        project_name=PROJECT["SageMakerProjectName"],
        project_id=PROJECT["SageMakerProjectId"],
        account=emulator.development,
        region=emulator.region,
    )
    bucket = make_bucket(emulator)
    kms = emulator.client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName=names.key_alias, TargetKeyId=key["KeyId"])
    made = {
        "<StorageBucket5CB7C8EA>": bucket,
        "<StorageBucket5CB7C8EA.Arn>": f"arn:aws:s3:::{bucket}",
        "<StorageKeyBAA9457B.Arn>": key["Arn"],
    }

    def filled(value: Any) -> Any:
        text = json.dumps(value)
        for placeholder, name in made.items():
            text = text.replace(placeholder, name)
        return json.loads(text)

    role = filled(launch.role(names.role("training")))
    iam = emulator.client("iam")
    iam.create_role(RoleName=role["RoleName"], AssumeRolePolicyDocument=trust(Service=SAGEMAKER))
    for policy in role["Policies"]:
        iam.put_role_policy(
            RoleName=role["RoleName"],
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )
    (build,) = launch.of_type("AWS::CodeBuild::Project")
    environment = filled(build["Environment"]["EnvironmentVariables"])
    return names, {variable["Name"]: variable["Value"] for variable in environment}


def configure(repository: Path) -> None:
    """Say what the model is for, and train less of it."""
    for file, old, new in (
        ("hyperparameters.toml", "num_round = 300", "num_round = 10"),
        ("config.toml", 'purpose_of_model = ""', 'purpose_of_model = "Tells flowers apart."'),
        ("config.toml", 'risk_rating = "Unknown"', 'risk_rating = "Low"'),
    ):
        text = (repository / file).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (repository / file).write_text(text.replace(old, new), encoding="utf-8")


def run(emulator: Emulator, repository: Path, variables: Mapping[str, str], action: str) -> str:
    """Run what a build runs, with rights that do not matter here."""
    environment = Seed("build_from_s3").environment()
    done = subprocess.run(
        [environment / "bin" / "python", "-m", "pipelines.run", action],
        cwd=repository,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(repository),
            **environments.kept_between_runs(),
            "AWS_REGION": emulator.region,
            "AWS_ACCESS_KEY_ID": emulator.development,
            "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_ACCESS_KEY,
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_step_succeeds_under_the_role_of_the_product(outcome: Outcome) -> None:
    assert outcome.steps == dict.fromkeys(STEPS, "Succeeded"), outcome.reasons
    assert outcome.status == "Succeeded"


def test_a_version_lies_in_the_registry_under_its_key(
    emulator: Emulator, outcome: Outcome, key_arn: str
) -> None:
    folder = f"registered/{emulator.development}/{PROJECT['SageMakerProjectId']}/"
    artifact = outcome.version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    metrics = outcome.version["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    for uri in (artifact, metrics):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        assert bucket == NAMES.registry_bucket
        assert key.startswith(folder)
        stored = emulator.client("s3", account=emulator.hub).head_object(Bucket=bucket, Key=key)
        alias = f"arn:aws:kms:{emulator.region}:{emulator.hub}:{NAMES.registry_key_alias}"
        assert stored["SSEKMSKeyId"] in (key_arn, alias)
    assert outcome.version["ModelApprovalStatus"] == "PendingManualApproval"


def test_the_hubs_card_describes_the_version_and_waits_for_review(outcome: Outcome) -> None:
    content = json.loads(outcome.card["Content"])
    assert outcome.card["ModelCardStatus"] == "PendingReview"
    assert content["business_details"] == BUSINESS["business_details"]
    assert content["intended_uses"] == {"purpose_of_model": "Tells flowers apart.", "risk_rating": "Low"}
    assert content["model_package_details"]["model_package_arn"] == outcome.version["ModelPackageArn"]
    job = content["training_details"]["training_job_details"]
    assert {"name": "num_round", "value": "10"} in job["hyper_parameters"]
    assert job["training_metrics"]
    (evaluation,) = content["evaluation_details"]
    measured = {
        metric["name"]: metric["value"]
        for group in evaluation["metric_groups"]
        if group["name"] == "Model"
        for metric in group["metric_data"]
    }
    assert f"{measured['skill_score']:.6g}" == outcome.version["CustomerMetadataProperties"]["skill_score"]


def test_data_that_has_drifted_since_the_approved_version_is_not_trained_on(
    emulator: Emulator, outcome: Outcome
) -> None:
    """The job finds the approved version and its baseline in the hub, by what the product's role may read."""
    sagemaker = emulator.client("sagemaker", account=emulator.hub)
    arn = outcome.version["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    bucket, _, key = outcome.data.removeprefix("s3://").partition("/")
    header, *rows = flowers().splitlines()
    moved = "\n".join([header, *(f"1{row}" for row in rows)])
    emulator.client("s3").put_object(Bucket=bucket, Key=key, Body=moved.encode())

    theirs = emulator.client("sagemaker")
    execution = outcome.start()
    ended = settled(
        lambda: theirs.describe_pipeline_execution(PipelineExecutionArn=execution),
        "PipelineExecutionStatus",
        ("Executing",),
    )
    assert ended["PipelineExecutionStatus"] == "Failed"
    steps = theirs.list_pipeline_execution_steps(PipelineExecutionArn=execution)["PipelineExecutionSteps"]
    (failed,) = steps
    assert failed["StepName"] == "Preprocess"
    assert 'The column "petal" has drifted by' in failed["FailureReason"]
    assert f"since version {arn.rpartition('/')[2]}, which was approved last" in failed["FailureReason"]
    group = outcome.version["ModelPackageGroupName"]
    listed = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert [version["ModelPackageArn"] for version in listed] == [arn]
