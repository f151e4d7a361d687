"""The build project's own promises."""

import json
from typing import Any

import pytest

from tests.products.launches import LONGEST, Launch, launch

TITLE = f"{LONGEST['SageMakerProjectName']}-{LONGEST['SageMakerProjectId']}"
ID = LONGEST["SageMakerProjectId"]


@pytest.fixture(scope="module")
def launched() -> Launch:
    return launch("build_from_s3")


def allowed(role: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if action in (statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]])
    ]


def resources(role: dict[str, Any], action: str) -> set[str]:
    found: set[str] = set()
    for statement in allowed(role, action):
        listed = statement["Resource"]
        found |= set(listed if isinstance(listed, list) else [listed])
    return found


def test_repository_is_seeded_and_shown_in_studio(launched: Launch) -> None:
    repository = launched.only("AWS::CodeCommit::Repository")
    assert repository["Code"] == {
        "BranchName": "main",
        "S3": {"Bucket": "mlplatform-assets-222222222222-eu-west-1", "Key": "seed.zip"},
    }
    shown = launched.only("AWS::SageMaker::CodeRepository")
    assert shown["CodeRepositoryName"] == repository["RepositoryName"] == TITLE
    assert shown["GitConfig"]["Branch"] == "main"


HUB = "eu-west-1:222222222222"
CENTRAL_CARD = f"arn:aws:sagemaker:{HUB}:model-card/{TITLE}"
TEAM_CARD = f"arn:aws:sagemaker:ap-southeast-1:333333333333:model-card/{TITLE}"
PLACES = {
    "team": {
        "MODEL_PACKAGE_GROUP_NAME": TITLE,
        "ARTIFACT_LOCATION": "s3://<StorageBucket5CB7C8EA>/models",
        "ARTIFACT_KMS_KEY_ARN": "<StorageKeyBAA9457B.Arn>",
    },
    "central": {
        "MODEL_PACKAGE_GROUP_NAME": f"arn:aws:sagemaker:{HUB}:model-package-group/{TITLE}",
        "ARTIFACT_LOCATION": (
            f"s3://mlplatform-x-registry-222222222222-eu-west-1/registered/333333333333/{ID}"
        ),
        "ARTIFACT_KMS_KEY_ARN": f"arn:aws:kms:{HUB}:alias/mlplatform-x-registry",
    },
}
registrations = pytest.mark.parametrize("registration", PLACES)
# Where versions are documented, by the layout of model cards and the registration.
cards = pytest.mark.parametrize(
    ("layout", "registration", "card"),
    [
        pytest.param("central", "team", CENTRAL_CARD, id="central-team"),
        pytest.param("central", "central", CENTRAL_CARD, id="central-central"),
        pytest.param("hub_and_spoke", "team", TEAM_CARD, id="hub_and_spoke-team"),
        # Nothing is promoted that could bring the team's card along.
        pytest.param("hub_and_spoke", "central", CENTRAL_CARD, id="hub_and_spoke-central"),
    ],
)


@cards
def test_build_gets_the_environment_that_the_repository_expects(
    layout: str, registration: str, card: str
) -> None:
    launched = launch("build_from_s3", layout=layout, Registration=registration)
    build = launched.only("AWS::CodeBuild::Project")
    variables = {item["Name"]: item["Value"] for item in build["Environment"]["EnvironmentVariables"]}
    assert variables == {
        "SAGEMAKER_PROJECT_NAME": LONGEST["SageMakerProjectName"],
        "SAGEMAKER_PROJECT_ID": ID,
        "PIPELINE_NAME": TITLE,
        "PIPELINE_ROLE_ARN": f"arn:aws:iam::333333333333:role/mlplatform-x-training-{ID}",
        "ARTIFACT_BUCKET": "<StorageBucket5CB7C8EA>",
        "KMS_KEY_ARN": "<StorageKeyBAA9457B.Arn>",
        "MODEL_CARD_ARN": card,
        "INPUT_DATA_URI": LONGEST["InputDataUri"],
        "TARGET_COLUMN": "churned",
        **PLACES[registration],
    }
    assert build["Source"] == {"Type": "CODEPIPELINE", "BuildSpec": "buildspec.yml"}
    assert launched.outputs["ModelPackageGroupName"]["Value"] == variables["MODEL_PACKAGE_GROUP_NAME"]


@cards
def test_training_documents_versions_in_the_one_card(layout: str, registration: str, card: str) -> None:
    launched = launch("build_from_s3", layout=layout, Registration=registration)
    role = launched.role(f"mlplatform-x-training-{ID}")
    for action in ("DescribeModelCard", "ListModelCardVersions", "UpdateModelCard"):
        assert resources(role, f"sagemaker:{action}") == {card}


@registrations
def test_training_registers_in_the_one_group_alone(registration: str) -> None:
    role = launch("build_from_s3", Registration=registration).role(f"mlplatform-x-training-{ID}")
    account = {"team": "ap-southeast-1:333333333333", "central": HUB}[registration]
    assert resources(role, "sagemaker:CreateModelPackage") == {
        f"arn:aws:sagemaker:{account}:model-package-group/{TITLE}",
        f"arn:aws:sagemaker:{account}:model-package/{TITLE}/*",
    }


@registrations
def test_training_keeps_versions_in_the_one_place(registration: str) -> None:
    role = launch("build_from_s3", Registration=registration).role(f"mlplatform-x-training-{ID}")
    own = "<StorageBucket5CB7C8EA.Arn>"
    folder = {
        "team": f"{own}/models/*",
        "central": f"arn:aws:s3:::{PLACES['central']['ARTIFACT_LOCATION'].removeprefix('s3://')}/*",
    }[registration]
    assert resources(role, "s3:PutObject") == {f"{own}/code/*", f"{own}/runs/*", folder}
    (encrypting,) = allowed(role, "kms:Encrypt")
    assert (encrypting["Resource"], encrypting["Condition"]) == {
        "team": (
            "<StorageKeyBAA9457B.Arn>",
            {"ForAnyValue:StringLike": {"kms:ResourceAliases": f"alias/mlplatform-x-{ID}"}},
        ),
        "central": (
            f"arn:aws:kms:{HUB}:key/*",
            {"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/mlplatform-x-registry"}},
        ),
    }[registration]


def test_a_team_registers_with_itself_unless_it_says_otherwise(launched: Launch) -> None:
    build = launched.only("AWS::CodeBuild::Project")
    variables = {item["Name"]: item["Value"] for item in build["Environment"]["EnvironmentVariables"]}
    assert variables.items() >= PLACES["team"].items()


def test_in_hub_and_spokes_the_hub_reads_a_card_of_the_team(launched: Launch) -> None:
    assert not launched.of_type("AWS::SageMaker::ModelCard")
    spoke = launch("build_from_s3", layout="hub_and_spoke")
    card = spoke.only("AWS::SageMaker::ModelCard")
    assert (card["ModelCardName"], card["ModelCardStatus"]) == (TITLE, "Draft")
    share = spoke.only("AWS::RAM::ResourceShare")
    assert share["ResourceArns"] == ["<ModelCard13FC4386.ModelCardArn>"]
    assert share["Principals"] == ["222222222222"]
    assert share["AllowExternalPrincipals"] is False
    assert share["PermissionArns"] == ["arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerModelCards"]


def test_a_push_to_the_branch_starts_the_pipeline(launched: Launch) -> None:
    rule = launched.only("AWS::Events::Rule")
    assert rule["EventPattern"]["detail"]["referenceName"] == ["main"]
    (target,) = rule["Targets"]
    assert target["Arn"] == f"arn:aws:codepipeline:ap-southeast-1:333333333333:{TITLE}"
    assert "InputTransformer" not in target
    pipeline = launched.only("AWS::CodePipeline::Pipeline")
    source = pipeline["Stages"][0]["Actions"][0]
    assert source["Configuration"]["PollForSourceChanges"] == "false"


def test_training_role_reads_its_data_and_passes_itself_alone(launched: Launch) -> None:
    role = launched.role(f"mlplatform-x-training-{ID}")
    data = LONGEST["InputDataUri"].removeprefix("s3://")
    assert f"arn:aws:s3:::{data}*" in resources(role, "s3:GetObject")
    assert f"arn:aws:s3:::{data.split('/')[0]}" in resources(role, "s3:ListBucket")
    (passing,) = allowed(role, "iam:PassRole")
    assert passing["Resource"] == f"arn:aws:iam::333333333333:role/{role['RoleName']}"
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


@pytest.mark.parametrize("action", ["sagemaker:UpdateModelPackage", "sagemaker:DeleteModelPackage"])
def test_no_role_of_the_project_decides_about_versions(launched: Launch, action: str) -> None:
    assert action not in json.dumps(launched.of_type("AWS::IAM::Role"))


def test_build_role_starts_the_one_pipeline(launched: Launch) -> None:
    role = launched.role(f"mlplatform-x-build-{ID}")
    arn = f"arn:aws:sagemaker:ap-southeast-1:333333333333:pipeline/{TITLE}"
    assert resources(role, "sagemaker:StartPipelineExecution") == {arn}
    assert resources(role, "sagemaker:CreatePipeline") == {arn}


def test_promotion_reads_versions_and_not_the_data_behind_them(launched: Launch) -> None:
    statements = launched.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    (reading,) = (item for item in statements if "s3:GetObject" in item["Action"])
    assert reading["Resource"] == [
        "<StorageBucket5CB7C8EA.Arn>/models/*",
        "<StorageBucket5CB7C8EA.Arn>/runs/*/evaluation/*",
    ]
    promotion = "arn:aws:iam::222222222222:role/mlplatform-x-promotion"
    assert reading["Condition"] == {"ArnEquals": {"aws:PrincipalArn": promotion}}
    group = launched.only("AWS::SageMaker::ModelPackageGroup")["ModelPackageGroupPolicy"]
    (versions,) = group["Statement"]
    assert versions["Condition"] == reading["Condition"]
    assert "sagemaker:DescribeModelPackage" in versions["Action"]


def test_bucket_refuses_plain_http(launched: Launch) -> None:
    statements = launched.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert [item["Condition"] for item in statements if item["Effect"] == "Deny"] == [
        {"Bool": {"aws:SecureTransport": "false"}}
    ]


@pytest.mark.parametrize(
    ("provider", "host"),
    [("github", "github.com"), ("gitlab", "gitlab.com"), ("bitbucket", "bitbucket.org")],
)
def test_connected_repository(provider: str, host: str) -> None:
    launched = launch("build_from_s3", provider=provider)
    url = f"https://{host}/{LONGEST['RepositoryId']}.git"
    assert launched.only("AWS::SageMaker::CodeRepository")["GitConfig"]["RepositoryUrl"] == url
    source = launched.only("AWS::CodePipeline::Pipeline")["Stages"][0]["Actions"][0]
    assert source["ActionTypeId"]["Provider"] == "CodeStarSourceConnection"
    assert source["Configuration"]["DetectChanges"] == "true"
    assert not launched.of_type("AWS::CodeCommit::Repository")


def test_pipeline_waits_for_the_first_commit() -> None:
    launched = launch("build_from_s3", provider="github")
    depends = {name: item.get("DependsOn", []) for name, item in launched.resources.items()}
    by_type = {item["Type"]: name for name, item in launched.resources.items()}
    seed, shown = by_type["Custom::RepositorySeed"], by_type["AWS::SageMaker::CodeRepository"]
    assert seed in depends[shown]
    assert shown in depends[by_type["AWS::CodePipeline::Pipeline"]]
    # Nobody responds to CloudFormation before the rule may call the function.
    assert by_type["AWS::Lambda::Permission"] in depends[seed]


def test_seeding_uses_the_connection_for_one_repository() -> None:
    launched = launch("build_from_s3", provider="github")
    for purpose in ("seeding", "pipeline"):
        role = launched.role(f"mlplatform-x-{purpose}-{ID}")
        (use,) = allowed(role, "codeconnections:UseConnection")
        assert use["Condition"] == {
            "StringEquals": {"codeconnections:FullRepositoryId": LONGEST["RepositoryId"]}
        }
    build = next(item for item in launched.of_type("AWS::CodeBuild::Project") if "seeding" in item["Name"])
    assert build["Source"]["Type"] == "S3"
    assert build["Source"]["Location"] == "mlplatform-assets-222222222222-eu-west-1/seed.zip"
    variables = {item["Name"]: item["Value"] for item in build["Environment"]["EnvironmentVariables"]}
    assert variables["REPOSITORY_URL"] == (
        "https://codeconnections.eu-west-1.amazonaws.com/git-http/222222222222/eu-west-1/"
        "0a1b2c3d-0000-4111-8222-333333333333/example-team/customer-churn-prediction.git"
    )


def test_stack_waits_longer_than_the_seeding_may_take() -> None:
    launched = launch("build_from_s3", provider="github")
    (seed,) = launched.of_type("Custom::RepositorySeed")
    build = next(item for item in launched.of_type("AWS::CodeBuild::Project") if "seeding" in item["Name"])
    waits = int(seed["ServiceTimeout"])
    assert waits <= 3600  # the longest that CloudFormation waits
    assert waits > 60 * build["TimeoutInMinutes"]
