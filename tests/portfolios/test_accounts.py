"""What StackSets bring to the accounts, and to which."""

import dataclasses
import json
from typing import Any

import pytest

from base.names import DATA_PORTFOLIO
from base.settings import Settings
from portfolios import iam_actions
from products.discovery import discover
from products.product import on_offer
from tests.data_account import DATA_UNIT, with_data_account
from tests.portfolios.conftest import Synthesize
from tests.portfolios.small import GROUP, Templates, offers, resources

HUB = "mlplatform-accounts"
LAUNCH = "ML platform: roles of an account that launches products"
DATA = "ML platform: roles of an account that governs data"
TARGET = "ML platform: roles and storage of an account that serves models"


@pytest.fixture(scope="module")
def stack_sets(platform: Templates) -> dict[str, dict[str, Any]]:
    found = resources(platform["mlplatform-accounts"], "AWS::CloudFormation::StackSet").values()
    return {stack_set["StackSetName"]: stack_set for stack_set in found}


def roles(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {role["RoleName"]: role for role in resources(template, "AWS::IAM::Role").values()}


def actions(role: dict[str, Any]) -> set[str]:
    return {
        action
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }


@pytest.mark.parametrize(
    ("name", "units"),
    [("mlplatform-launch", ["development"]), ("mlplatform-deployment-target", ["test", "production"])],
)
def test_units(
    stack_sets: dict[str, dict[str, Any]], settings: Settings, name: str, units: list[str]
) -> None:
    (group,) = stack_sets[name]["StackInstancesGroup"]
    assert group["DeploymentTargets"] == {
        "OrganizationalUnitIds": [getattr(settings.organization.organizational_units, unit) for unit in units]
    }
    assert group["Regions"] == [settings.region]


def test_stack_sets_follow_the_organisation(stack_sets: dict[str, dict[str, Any]]) -> None:
    for stack_set in stack_sets.values():
        assert stack_set["PermissionModel"] == "SERVICE_MANAGED"
        assert stack_set["CallAs"] == "DELEGATED_ADMIN"
        assert stack_set["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
        assert stack_set["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


def test_one_account_that_fails_does_not_fail_the_deployment(
    stack_sets: dict[str, dict[str, Any]],
) -> None:
    for stack_set in stack_sets.values():
        assert stack_set["OperationPreferences"] == {
            "FailureTolerancePercentage": 100,
            "MaxConcurrentPercentage": 100,
        }


def test_templates_need_no_bootstrap(platform: Templates) -> None:
    for name in (LAUNCH, TARGET):
        assert "Parameters" not in platform[name]
        assert "Rules" not in platform[name]


def test_decisions_go_to_the_hub(platform: Templates, settings: Settings) -> None:
    (rule,) = resources(platform[LAUNCH], "AWS::Events::Rule").values()
    assert rule["EventPattern"] == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelApprovalStatus": ["Approved", "Rejected"]},
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == settings.names.event_bus_arn
    forwarding = roles(platform[LAUNCH])[settings.names.event_forwarding_role]
    assert actions(forwarding) == {"events:PutEvents"}


@pytest.mark.parametrize("template", [LAUNCH, HUB])
def test_administrator_launches_and_creates_nothing_else(
    platform: Templates, settings: Settings, template: str
) -> None:
    administrator = roles(platform[template])[settings.names.ml_administrator_role]
    known = {action: iam_actions.find(action) for action in actions(administrator)}
    assert {action for action, found in known.items() if found is None or found.changes} == {
        "servicecatalog:ProvisionProduct",
        "servicecatalog:TerminateProvisionedProduct",
        "servicecatalog:UpdateProvisionedProduct",
    }


@pytest.mark.parametrize(
    ("role", "purpose"),
    [("mlplatform-deployment", "pipeline"), ("mlplatform-integration-test", "integration-test")],
)
def test_only_the_hubs_projects_come_in(platform: Templates, role: str, purpose: str) -> None:
    (trust,) = roles(platform[TARGET])[role]["AssumeRolePolicyDocument"]["Statement"]
    assert "222222222222" in str(trust["Principal"])
    assert trust["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::222222222222:role/mlplatform-{purpose}-*"}
    }


def test_deployment_passes_one_role_to_cloudformation(platform: Templates) -> None:
    deployment = roles(platform[TARGET])["mlplatform-deployment"]
    passing = [
        statement
        for policy in deployment["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "iam:PassRole" in statement["Action"]
    ]
    (only,) = passing
    assert "role/mlplatform-deployment-cloudformation" in str(only["Resource"])
    assert only["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


def test_integration_tests_write_into_cards_of_the_hub_and_from_test_alone(platform: Templates) -> None:
    (writing,) = (
        statement
        for policy in roles(platform[TARGET])["mlplatform-integration-test"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "sagemaker:UpdateModelCard" in statement["Action"]
    )
    assert writing["Resource"] == "arn:aws:sagemaker:eu-west-1:222222222222:model-card/*"
    # The template is the same for test and production.
    assert writing["Condition"] == {
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-mlplatform1/*/ou-ml01-testing00/*"}
    }


@pytest.mark.parametrize(
    ("account", "template"), [("development", LAUNCH), ("shared_services", "mlplatform-accounts")]
)
def test_projects_is_turned_on_where_projects_are_created(
    platform: Templates, settings: Settings, account: str, template: str
) -> None:
    """SageMaker creates no project from a product before an account allows it to use Service Catalog."""
    projects = [each for each in discover() if each.portfolio == "sagemaker_projects"]
    assert any(account in product.launched_in for product in projects)
    (enabled,) = resources(platform[template], "Custom::SageMakerProjects").values()
    (function,) = resources(platform[template], "AWS::Lambda::Function").values()
    assert enabled["ServiceToken"]["Fn::GetAtt"][0] in resources(platform[template], "AWS::Lambda::Function")
    assert function["Handler"] == "custom_resources.sagemaker_projects.handler"
    assert function["Code"]["S3Bucket"] == settings.names.asset_bucket
    assert actions(roles(platform[template])[settings.names.sagemaker_projects_function]) == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sagemaker:DisableSagemakerServicecatalogPortfolio",
        "sagemaker:EnableSagemakerServicecatalogPortfolio",
        "sagemaker:GetSagemakerServicecatalogPortfolioStatus",
        "sagemaker:ListProjects",
        "servicecatalog:AcceptPortfolioShare",
        "servicecatalog:ListAcceptedPortfolioShares",
        "ssm:DeleteParameter",
        "ssm:GetParameter",
        "ssm:PutParameter",
    }


def test_projects_stays_off_where_models_are_only_served(platform: Templates) -> None:
    assert not resources(platform[TARGET], "Custom::SageMakerProjects")


@pytest.mark.parametrize("template", [LAUNCH, TARGET])
def test_lineage_readers_only_describe(platform: Templates, settings: Settings, template: str) -> None:
    allowed = actions(roles(platform[template])[settings.names.lineage_reader_role])
    describing = ("sagemaker:Describe", "sagemaker:List", "sagemaker:Query")
    assert {action for action in allowed if not action.startswith(describing)} == set()


@pytest.mark.parametrize("template", [LAUNCH, TARGET])
def test_the_hubs_people_alone_trace_models(platform: Templates, settings: Settings, template: str) -> None:
    reader = roles(platform[template])[settings.names.lineage_reader_role]
    trust = reader["AssumeRolePolicyDocument"]["Statement"]
    assert [statement["Condition"]["ArnEquals"]["aws:PrincipalArn"] for statement in trust] == [
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::222222222222:role/{role}"]]}
        for role in (settings.names.ml_engineer_role, settings.names.governance_officer_role)
    ]


def test_endpoint_captures_under_the_accounts_key(platform: Templates, settings: Settings) -> None:
    buckets = resources(platform[TARGET], "AWS::S3::Bucket").values()
    names = [bucket["BucketName"]["Fn::Join"][1] for bucket in buckets]
    account, region = {"Ref": "AWS::AccountId"}, settings.region
    assert [f"{settings.name_prefix}-data-capture-", account, f"-{region}"] in names
    aliases = resources(platform[TARGET], "AWS::KMS::Alias").values()
    assert settings.names.data_capture_key_alias in [alias["AliasName"] for alias in aliases]


@pytest.fixture(scope="module")
def with_data(settings: Settings, synthesize: Synthesize) -> Templates:
    """The platform with a data account, with a product for it."""
    named = with_data_account(settings)
    product = dataclasses.replace(GROUP, identifier="lake", name="A lake", launched_in=("data",))
    return synthesize([GROUP, product], accounts=named.accounts, organization=named.organization)


def test_without_a_data_account_nothing_is_there_for_it(platform: Templates) -> None:
    text = json.dumps([platform[LAUNCH], platform[TARGET], platform[HUB], platform["mlplatform-portfolios"]])
    assert "data-engineer" not in text
    assert DATA not in platform
    assert "mlplatform-data" not in [
        stack_set["StackSetName"]
        for stack_set in resources(platform[HUB], "AWS::CloudFormation::StackSet").values()
    ]


def test_the_data_account_is_prepared_through_its_unit(with_data: Templates) -> None:
    stack_sets = resources(with_data[HUB], "AWS::CloudFormation::StackSet").values()
    (stack_set,) = (each for each in stack_sets if each["StackSetName"] == "mlplatform-data")
    (group,) = stack_set["StackInstancesGroup"]
    assert group["DeploymentTargets"] == {"OrganizationalUnitIds": [DATA_UNIT]}
    assert stack_set["CallAs"] == "DELEGATED_ADMIN"


def test_a_data_account_launches_its_products_and_no_others(with_data: Templates) -> None:
    assert sorted(roles(with_data[DATA])) == ["mlplatform-data-engineer", "mlplatform-launch-lake"]
    assert "mlplatform-launch-lake" not in roles(with_data[LAUNCH])
    assert not resources(with_data[DATA], "Custom::SageMakerProjects")


def test_the_data_engineer_launches_products_of_the_hub_and_does_nothing_else(with_data: Templates) -> None:
    engineer = roles(with_data[DATA])["mlplatform-data-engineer"]
    known = {action: iam_actions.find(action) for action in actions(engineer)}
    assert {action for action, found in known.items() if found is None or found.changes} == {
        "servicecatalog:ProvisionProduct",
        "servicecatalog:TerminateProvisionedProduct",
        "servicecatalog:UpdateProvisionedProduct",
    }
    (launching,) = (
        statement["Resource"]
        for policy in engineer["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "servicecatalog:ProvisionProduct" in statement["Action"]
    )
    assert ":222222222222:product/*" in str(launching)
    assert ":*:product/*" not in str(launching)


def test_the_launch_roles_that_grant_are_administrators_of_the_data_lake(
    settings: Settings, synthesize: Synthesize
) -> None:
    named = with_data_account(settings)
    lake = next(product for product in discover() if product.identifier == "data_lake")
    other = dataclasses.replace(GROUP, launched_in=("data", "development"))
    templates = synthesize([lake, other], accounts=named.accounts, organization=named.organization)
    (kept,) = resources(templates[DATA], "Custom::DataLakeAdministrators").values()
    names = {
        logical_id: role["RoleName"]
        for logical_id, role in resources(templates[DATA], "AWS::IAM::Role").items()
    }
    assert [names[each["Fn::GetAtt"][0]] for each in kept["Administrators"]] == [
        "mlplatform-launch-data-lake"
    ]
    assert kept["Governs"] == "true"
    assert actions(roles(templates[DATA])["mlplatform-lake-administrators"]) == {
        "lakeformation:GetDataLakeSettings",
        "lakeformation:PutDataLakeSettings",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    assert not resources(templates[LAUNCH], "Custom::DataLakeAdministrators")


def test_what_a_data_account_launches_is_offered_to_the_data_engineer_alone(with_data: Templates) -> None:
    offered = offers(with_data["mlplatform-portfolios"])
    assert offered[DATA_PORTFOLIO] == ({"A lake"}, {"mlplatform-data-engineer"})
    assert {name: products for name, (products, _) in offered.items() if "A lake" in products} == {
        DATA_PORTFOLIO: {"A lake"}
    }
    assert [name for name, (_, people) in offered.items() if "mlplatform-data-engineer" in people] == [
        DATA_PORTFOLIO
    ]


def test_a_product_that_needs_the_data_account_is_offered_only_with_it(settings: Settings) -> None:
    needing = dataclasses.replace(GROUP, needs=("data",))
    assert on_offer([needing], settings) == ()
    assert on_offer([needing], with_data_account(settings)) == (needing,)
