"""The products where an assumption about AWS does not hold; each test is named for its key."""

import json
from typing import Any

import pytest

from tests.assumptions.fallbacks import FALLBACKS
from tests.products.launches import LONGEST, PRODUCTS, Launch, launch, launch_assuming
from tests.products.test_build_from_s3 import TITLE, resources

ID = LONGEST["SageMakerProjectId"]


@pytest.mark.parametrize("registration", ["team", "central"])
def test_group_asked_by_pipelines(registration: str) -> None:
    role = launch("build_from_s3", Registration=registration).role(f"mlplatform-x-training-{ID}")
    own = f"arn:aws:sagemaker:ap-southeast-1:333333333333:model-package-group/{TITLE}"
    assert resources(role, "sagemaker:CreateModelPackageGroup") == {own}


def test_codecommit_closed() -> None:
    for product in ("build_from_s3", "deploy_realtime"):
        assert launch(product).of_type("AWS::CodeCommit::Repository")
        assert not launch(product, provider="github").of_type("AWS::CodeCommit::Repository")


@pytest.mark.parametrize("product", PRODUCTS)
def test_build_quota(product: str) -> None:
    def computes(launched: Launch) -> set[str]:
        return {build["Environment"]["ComputeType"] for build in launched.of_type("AWS::CodeBuild::Project")}

    assert computes(launch(product)) <= {"BUILD_GENERAL1_SMALL"}
    assert computes(launch_assuming(FALLBACKS, product)) <= {"BUILD_GENERAL1_MEDIUM"}
    assert len(computes(launch(product))) == len(computes(launch_assuming(FALLBACKS, product)))


def test_lake_location_trust() -> None:
    def trust(launched: Launch) -> dict[str, Any]:
        (statement,) = launched.role("mlplatform-x-lake-location")["AssumeRolePolicyDocument"]["Statement"]
        return dict(statement)

    hoped, feared = trust(launch("data_lake")), trust(launch_assuming(FALLBACKS, "data_lake"))
    assert hoped["Condition"] == {"StringEquals": {"aws:SourceAccount": "333333333333"}}
    assert feared == {key: value for key, value in hoped.items() if key != "Condition"}


RELEASED = "Model Version Released"


def release_rule(launched: Launch) -> dict[str, Any]:
    (rule,) = (
        rule
        for rule in launched.of_type("AWS::Events::Rule")
        if rule["EventPattern"].get("detail-type") == [RELEASED]
    )
    (target,) = rule["Targets"]
    assert isinstance(target, dict)
    return target


def test_pipeline_start() -> None:
    direct = release_rule(launch("deploy_realtime"))
    assert direct["Arn"].startswith("arn:aws:codepipeline:")

    target = release_rule(launch_assuming(FALLBACKS, "deploy_realtime"))

    assert target["Arn"] == "arn:aws:lambda:ap-southeast-1:333333333333:function:mlplatform-x-release"
    assert "RoleArn" not in target
    transformer = target["InputTransformer"]
    assert transformer["InputPathsMap"] == {"event": "$.id", "ModelPackageArn": "$.detail.ModelPackageArn"}
    assert json.loads(transformer["InputTemplate"]) == {
        "pipeline": TITLE,
        "event": "<event>",
        "variables": {"ModelPackageArn": "<ModelPackageArn>"},
    }


def test_group_policy() -> None:
    (group,) = launch_assuming(FALLBACKS, "build_from_s3").of_type("AWS::SageMaker::ModelPackageGroup")
    (statement,) = group["ModelPackageGroupPolicy"]["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::222222222222:root"}
    assert "Condition" not in statement
