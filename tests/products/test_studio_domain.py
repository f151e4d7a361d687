"""The Studio domain's own promises."""

import json
from typing import Any

import pytest

from tests.products.launches import Launch, launch

DATA_SCIENTIST = "mlplatform-x-data-scientist"
LEAD = "mlplatform-x-lead-data-scientist"


@pytest.fixture(scope="module")
def launched() -> Launch:
    return launch("studio_domain")


def actions(role: dict[str, Any]) -> set[str]:
    return {
        action
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }


def test_only_the_lead_approves_starts_model_cards_and_updates_projects(launched: Launch) -> None:
    lead, data_scientist = actions(launched.role(LEAD)), actions(launched.role(DATA_SCIENTIST))
    assert lead - data_scientist == {
        "sagemaker:UpdateModelPackage",
        "sagemaker:UpdateProject",
        "servicecatalog:UpdateProvisionedProduct",
        "sts:AssumeRole",
        "sts:TagSession",
    }
    assert data_scientist - lead == set()


def test_the_lead_assumes_one_role_of_the_hub(launched: Launch) -> None:
    (statement,) = (
        statement
        for policy in launched.role(LEAD)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "sts:AssumeRole" in statement["Action"]
    )
    assert statement["Resource"] == "arn:aws:iam::222222222222:role/mlplatform-x-model-card-author"


@pytest.mark.parametrize(
    "action",
    [
        "codecommit:DeleteRepository",
        "iam:PassRole",
        "s3:DeleteObjectVersion",
        "sagemaker:CreateModelPackage",
        "sagemaker:CreateTrainingJob",
        "sagemaker:DeleteModelPackage",
        "sagemaker:UpdatePipeline",
        "sagemaker:UpdateModelCard",
    ],
)
@pytest.mark.parametrize("role", [DATA_SCIENTIST, LEAD])
def test_nobody_may(launched: Launch, role: str, action: str) -> None:
    assert action not in actions(launched.role(role))


@pytest.mark.parametrize(
    "action",
    [
        "codecommit:GitPush",
        "s3:PutObject",
        "sagemaker:CreateProject",
        "sagemaker:DeleteProject",
        "sagemaker:DescribeModelCard",
        "sagemaker:DescribeModelPackage",
        "sagemaker:StartPipelineExecution",
        "servicecatalog:ProvisionProduct",
        "servicecatalog:TerminateProvisionedProduct",
    ],
)
@pytest.mark.parametrize("role", [DATA_SCIENTIST, LEAD])
def test_both_may(launched: Launch, role: str, action: str) -> None:
    assert action in actions(launched.role(role))


def test_code_permissions_follow_the_provider() -> None:
    role = launch("studio_domain", provider="github").role(DATA_SCIENTIST)
    assert not any(action.startswith("codecommit:Git") for action in actions(role))


@pytest.mark.parametrize(
    ("access", "provider", "interfaces"),
    [
        ("VpcOnly", "codecommit", 9),
        ("VpcOnly", "github", 7),
        ("PublicInternetOnly", "codecommit", 0),
        ("PublicInternetOnly", "github", 0),
    ],
)
def test_endpoints_follow_the_network_access(access: str, provider: str, interfaces: int) -> None:
    launched = launch("studio_domain", provider=provider, NetworkAccess=access)
    endpoints = launched.of_type("AWS::EC2::VPCEndpoint")
    kinds = [endpoint["VpcEndpointType"] for endpoint in endpoints]
    assert (kinds.count("Interface"), kinds.count("Gateway")) == (interfaces, 1)
    assert launched.only("AWS::SageMaker::Domain")["AppNetworkAccessType"] == access
    used = {group for endpoint in endpoints for group in endpoint.get("SecurityGroupIds", [])}
    made = {
        f"<{name}.GroupId>"
        for name, item in launched.resources.items()
        if item["Type"] == "AWS::EC2::SecurityGroup"
    }
    assert used <= made


def test_each_persona_has_a_profile_under_its_own_role(launched: Launch) -> None:
    roles = {
        f"<{name}.Arn>": item["Properties"]["RoleName"]
        for name, item in launched.resources.items()
        if item["Type"] == "AWS::IAM::Role"
    }
    assert {
        profile["UserProfileName"]: roles[profile["UserSettings"]["ExecutionRole"]]
        for profile in launched.of_type("AWS::SageMaker::UserProfile")
    } == {"data-scientist": DATA_SCIENTIST, "lead-data-scientist": LEAD}


@pytest.mark.parametrize("role", [DATA_SCIENTIST, LEAD])
def test_spaces_are_the_persons_own(launched: Launch, role: str) -> None:
    profile = role.removeprefix("mlplatform-x-")
    (statement,) = (
        statement
        for policy in launched.role(role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "sagemaker:CreateSpace" in statement["Action"]
    )
    owner = f"arn:aws:sagemaker:ap-southeast-1:333333333333:user-profile/*/{profile}"
    assert statement["Condition"] == {
        "ArnLike": {"sagemaker:OwnerUserProfileArn": owner},
        "StringEquals": {"sagemaker:SpaceSharingType": "Private"},
    }


def test_team_data_has_the_name_that_the_platform_knows(launched: Launch) -> None:
    bucket = launched.only("AWS::S3::Bucket")
    assert bucket["BucketName"] == "mlplatform-x-team-data-333333333333-ap-southeast-1"
    assert launched.only("AWS::KMS::Alias")["AliasName"] == "alias/mlplatform-x-domain"


def test_no_subnet_has_a_way_to_the_internet(launched: Launch) -> None:
    types = {item["Type"] for item in launched.resources.values()}
    assert not types & {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route"}
    assert [subnet["MapPublicIpOnLaunch"] for subnet in launched.of_type("AWS::EC2::Subnet")] == [False] * 2


HUB = {"AWS::AccountId": "222222222222"}


def test_the_hubs_domain_has_the_hubs_personas_and_nothing_of_a_team() -> None:
    """An ML engineer has a Studio to create deploy projects in."""
    hub = launch("studio_domain", **HUB)
    arn = "arn:aws:iam::222222222222:role/mlplatform-x"
    assert {
        profile["UserProfileName"]: profile["UserSettings"]["ExecutionRole"]
        for profile in hub.of_type("AWS::SageMaker::UserProfile")
    } == {"ml-engineer": f"{arn}-ml-engineer", "governance-officer": f"{arn}-governance-officer"}
    domain = hub.only("AWS::SageMaker::Domain")
    assert domain["DefaultUserSettings"]["ExecutionRole"] == f"{arn}-ml-engineer"
    assert hub.of_type("AWS::S3::Bucket") == []
    assert [role["RoleName"] for role in hub.of_type("AWS::IAM::Role")] == ["mlplatform-x-studio-flow-log"]
    assert sorted(hub.outputs) == ["DomainId", "DomainUrl"]


def test_nothing_of_the_hubs_domain_refers_to_what_is_not_there() -> None:
    hub = launch("studio_domain", **HUB)
    missing = set(hub.template["Resources"]) - set(hub.resources)
    text = json.dumps({"resources": hub.resources, "outputs": hub.outputs})
    assert missing
    assert [name for name in missing if f"<{name}." in text or f"<{name}>" in text] == []


def test_the_teams_domain_has_nothing_of_the_hub(launched: Launch) -> None:
    assert "ml-engineer" not in json.dumps(launched.resources)
    assert sorted(launched.outputs) == [
        "DataScientistRoleArn",
        "DomainId",
        "DomainUrl",
        "LeadDataScientistRoleArn",
        "TeamDataBucketName",
    ]
