"""What holds for every product, whatever the adopter decides."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

from products.product import render
from tests.products.launches import (
    BOUNDARIES,
    LAYOUTS,
    PRODUCTS,
    PROVIDERS,
    assets,
    launch,
    settings,
    templates,
)

products = pytest.mark.parametrize("identifier", PRODUCTS)
providers = pytest.mark.parametrize("provider", PROVIDERS)
layouts = pytest.mark.parametrize("layout", LAYOUTS)
registrations = pytest.mark.parametrize("registration", ["team", "central"])
boundaries = pytest.mark.parametrize("boundary", BOUNDARIES, ids=["no-boundary", "boundary"])

# What each service takes: length, and characters where they are few.
# Sources: the module `names`; https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html,
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html,
# https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html,
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html,
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html,
# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
NAME_LIMITS = {
    # https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html
    ("AWS::Athena::WorkGroup", "Name"): (128, r"[a-zA-Z0-9._-]+"),
    ("AWS::CodeBuild::Project", "Name"): (150, r"[A-Za-z0-9][A-Za-z0-9_-]+"),
    ("AWS::CodeCommit::Repository", "RepositoryName"): (100, r"[\w.-]+"),
    ("AWS::CodePipeline::Pipeline", "Name"): (100, r"[A-Za-z0-9.@_-]+"),
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    ("AWS::ECR::Repository", "RepositoryName"): (256, r"[a-z0-9]+([._/-][a-z0-9]+)*"),
    # https://docs.aws.amazon.com/datazone/latest/APIReference/API_CreateProject.html, of a domain no limit
    ("AWS::DataZone::DataSource", "Name"): (256, r"[a-z0-9_]+"),
    ("AWS::DataZone::Domain", "Name"): (64, r"[a-z0-9-]+"),
    ("AWS::DataZone::Environment", "Name"): (64, r"[\w -]+"),
    ("AWS::DataZone::Project", "Name"): (64, r"[\w -]+"),
    ("AWS::DataZone::SubscriptionTarget", "Name"): (256, r"[a-z0-9-]+"),
    # https://docs.aws.amazon.com/glue/latest/webapi/API_CreateCrawler.html; Athena takes lower case alone:
    # https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    ("AWS::Glue::Crawler", "Name"): (255, r"[a-z0-9-]+"),
    ("AWS::Glue::Database", "DatabaseName"): (255, r"[a-z0-9_]+"),
    ("AWS::Glue::SecurityConfiguration", "Name"): (255, r"[a-z0-9-]+"),
    ("AWS::IAM::Role", "RoleName"): (64, r"[\w+=,.@-]+"),
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html, of which Athena
    # takes the name of the table.
    ("AWS::SageMaker::FeatureGroup", "FeatureGroupName"): (64, r"[a-z](_*[a-z0-9])*"),
    ("AWS::KMS::Alias", "AliasName"): (256, r"alias/[a-zA-Z0-9/_-]+"),
    ("AWS::LakeFormation::Tag", "TagKey"): (128, r"[a-z0-9-]+"),
    ("AWS::Lambda::Function", "FunctionName"): (64, r"[a-zA-Z0-9-_]+"),
    ("AWS::Logs::LogGroup", "LogGroupName"): (512, r"[.\-_/#A-Za-z0-9]+"),
    ("AWS::S3::Bucket", "BucketName"): (63, r"[a-z0-9][a-z0-9.-]+[a-z0-9]"),
    ("AWS::SageMaker::CodeRepository", "CodeRepositoryName"): (63, r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"),
    ("AWS::SageMaker::Domain", "DomainName"): (63, r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"),
    ("AWS::SageMaker::ModelCard", "ModelCardName"): (63, r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"),
    ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupName"): (63, r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"),
    ("AWS::SageMaker::UserProfile", "UserProfileName"): (63, r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"),
}
UNNAMED = {
    "AWS::DataZone::EnvironmentBlueprintConfiguration",
    "AWS::DataZone::ProjectMembership",
    "AWS::EC2::FlowLog",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::Events::Rule",
    # Its name stands in a property of its kind, such as CsvClassifier.
    "AWS::Glue::Classifier",
    "AWS::KMS::Key",
    "AWS::LakeFormation::PrincipalPermissions",
    "AWS::LakeFormation::Resource",
    "AWS::LakeFormation::TagAssociation",
    "AWS::Lambda::Permission",
    # RAM documents no limit (https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html).
    "AWS::RAM::ResourceShare",
    "AWS::S3::BucketPolicy",
    "Custom::DataLakeAdministrators",
    "Custom::DataSubscribers",
    "Custom::Listing",
    "Custom::RepositorySeed",
    "Custom::Subscription",
}
# Types whose schema knows no tags.
UNTAGGED = {
    "AWS::DataZone::DataSource",
    "AWS::DataZone::Environment",
    "AWS::DataZone::EnvironmentBlueprintConfiguration",
    "AWS::DataZone::Project",
    "AWS::DataZone::ProjectMembership",
    "AWS::DataZone::SubscriptionTarget",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::Glue::Classifier",
    "AWS::Glue::Database",
    "AWS::Glue::SecurityConfiguration",
    "AWS::KMS::Alias",
    "AWS::LakeFormation::PrincipalPermissions",
    "AWS::LakeFormation::Resource",
    "AWS::LakeFormation::Tag",
    "AWS::LakeFormation::TagAssociation",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "Custom::DataLakeAdministrators",
    "Custom::DataSubscribers",
    "Custom::Listing",
    "Custom::RepositorySeed",
    "Custom::Subscription",
}
HOLDING_WORK = {
    "AWS::CodeCommit::Repository",
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    # Without it, what the card says of versions that are approved later would not reach the registry.
    "AWS::RAM::ResourceShare",
    "AWS::SageMaker::ModelCard",
    "AWS::SageMaker::ModelPackageGroup",
}

GOING_WITH_IT = {
    # What it shares is gone then.
    ("feature_group", "AWS::RAM::ResourceShare"),
    ("published_data", "AWS::RAM::ResourceShare"),
}


@products
@providers
@layouts
def test_names_fit_the_longest_project(identifier: str, provider: str, layout: str) -> None:
    for logical_id, resource in launch(identifier, provider=provider, layout=layout).resources.items():
        resource_type = resource["Type"]
        limits = [(key[1], limit) for key, limit in NAME_LIMITS.items() if key[0] == resource_type]
        assert limits or resource_type in UNNAMED, f"{resource_type} has no entry in either table"
        for name_property, (maximum, pattern) in limits:
            name = resource["Properties"][name_property]
            assert len(name) <= maximum, (logical_id, name)
            assert re.fullmatch(pattern, name), (logical_id, name)


@products
@providers
@boundaries
def test_every_role_has_the_adopters_boundary_or_the_platforms(
    identifier: str, provider: str, boundary: str | None
) -> None:
    roles = launch(identifier, provider=provider, boundary=boundary).of_type("AWS::IAM::Role")
    expected = f"arn:aws:iam::333333333333:policy/{boundary or 'mlplatform-x-project-boundary'}"
    assert {role.get("PermissionsBoundary") for role in roles} == {expected}


@products
@providers
@layouts
def test_everything_is_tagged(identifier: str, provider: str, layout: str) -> None:
    launched = launch(identifier, provider=provider, layout=layout)
    expected = {"platform": "mlplatform"}
    if PRODUCTS[identifier].portfolio == "sagemaker_projects":
        expected |= {
            "sagemaker:project-id": launched.values["SageMakerProjectId"],
            "sagemaker:project-name": launched.values["SageMakerProjectName"],
        }
    for logical_id, resource in launched.resources.items():
        if resource["Type"] in UNTAGGED:
            continue
        tags = resource["Properties"].get("Tags", {})
        found = {tag["Key"]: tag["Value"] for tag in tags} if isinstance(tags, list) else tags
        assert found.items() >= expected.items(), logical_id


@products
@providers
@layouts
def test_what_holds_work_outlives_the_product(identifier: str, provider: str, layout: str) -> None:
    for logical_id, resource in templates(provider, layout=layout)[identifier]["Resources"].items():
        kept = resource["Type"] in HOLDING_WORK and (identifier, resource["Type"]) not in GOING_WITH_IT
        # A failed creation leaves nothing behind.
        expected = ("RetainExceptOnCreate", "Retain") if kept else ("Delete", "Delete")
        found = tuple(resource.get(policy, "Delete") for policy in ("DeletionPolicy", "UpdateReplacePolicy"))
        assert found == expected, logical_id


@products
@providers
@layouts
def test_form_is_complete(identifier: str, provider: str, layout: str) -> None:
    template = templates(provider, layout=layout)[identifier]
    parameters = template["Parameters"]
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(parameters)
    assert set(interface["ParameterLabels"]) == set(parameters)
    assert template["Metadata"]["SagemakerTemplateParameterRules"] == {
        name: {"Optional": "Default" in parameter} for name, parameter in parameters.items()
    }
    for name, parameter in parameters.items():
        assert re.compile(parameter["AllowedPattern"]), name
        assert parameter["ConstraintDescription"].startswith("Enter "), name
        assert parameter["MaxLength"] >= len(parameter.get("Default", "")), name
        assert parameter["Description"].endswith("."), name
    is_project = PRODUCTS[identifier].portfolio == "sagemaker_projects"
    assert ("RepositoryId" in parameters) == (provider != "codecommit" and is_project)
    assert all(output["Description"].endswith(".") for output in template["Outputs"].values())


@products
@layouts
@registrations
def test_policies_name_their_actions_and_fit_a_role(identifier: str, layout: str, registration: str) -> None:
    for provider in ("codecommit", "github"):
        launched = launch(identifier, provider=provider, layout=layout, Registration=registration)
        for role in launched.of_type("AWS::IAM::Role"):
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
            assert len(re.sub(r"\s", "", json.dumps(role.get("Policies", ())))) <= 10_240, role["RoleName"]
            for statement in statements(role):
                listed = (
                    statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                )
                assert not any("*" in action for action in listed), role["RoleName"]


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        statement
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
    ]


@products
def test_template_is_bound_to_no_account(identifier: str) -> None:
    text = json.dumps(templates()[identifier])
    assert "333333333333" not in text
    assert "BootstrapVersion" not in text
    assert len(text.encode()) < 1_000_000


@products
def test_rendering_again_gives_the_same_bytes(identifier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the CDK command line adds to the environment changes nothing.
    context = {"aws:cdk:enable-path-metadata": True, "@aws-cdk/aws-iam:minimizePolicies": False}
    monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps(context))
    product = PRODUCTS[identifier]
    alone = render(product, settings(prefix="mlplatform-x"), assets(product))
    assert json.dumps(alone) == json.dumps(templates()[identifier])


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    product = PRODUCTS["studio_domain"]
    render(product, settings(), assets(product))
    assert list(tmp_path.iterdir()) == []
