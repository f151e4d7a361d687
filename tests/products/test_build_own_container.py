"""What a project with its own image promises: one repository, one build that fills it, and nobody else."""

import json
from typing import Any

import pytest

from pipelines.algorithms.own_container import OWN_CONTAINER
from pipelines.registration import TEAM_OR_CENTRAL
from pipelines.sources.s3_data import S3Data
from products.product import ProductError
from products.project import build_product
from tests.products.launches import Launch, launch

ID = "p-0123456789abcdefgh"
PROMOTION = "arn:aws:iam::222222222222:role/mlplatform-x-promotion"


@pytest.fixture(scope="module")
def launched() -> Launch:
    return launch("build_own_container")


def codebuild(launched: Launch, purpose: str) -> dict[str, Any]:
    (project,) = (
        each
        for each in launched.of_type("AWS::CodeBuild::Project")
        if each["Name"] == f"mlplatform-x-{purpose}-{ID}"
    )
    return project


def test_the_repository_keeps_what_is_pushed(launched: Launch) -> None:
    repository = launched.only("AWS::ECR::Repository")
    assert repository["RepositoryName"] == f"mlplatform-x-images/{ID}"
    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["EncryptionConfiguration"]["EncryptionType"] == "KMS"
    rules = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
    assert [rule["selection"]["tagStatus"] for rule in rules] == ["untagged", "any"]


def test_promotion_alone_pulls_from_another_account(launched: Launch) -> None:
    (statement,) = launched.only("AWS::ECR::Repository")["RepositoryPolicyText"]["Statement"]
    assert statement["Action"] == ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    assert "promotion" in json.dumps(statement["Condition"])
    assert "*" not in json.dumps(statement["Principal"])


def test_only_the_build_of_the_image_is_privileged(launched: Launch) -> None:
    assert codebuild(launched, "image")["Environment"]["PrivilegedMode"] is True
    assert "PrivilegedMode" not in codebuild(launched, "build")["Environment"]
    assert codebuild(launched, "image")["Source"]["BuildSpec"] == "buildspec-image.yml"


def test_the_image_comes_first_and_hands_its_digest_on(launched: Launch) -> None:
    pipeline = launched.only("AWS::CodePipeline::Pipeline")
    assert [stage["Name"] for stage in pipeline["Stages"]] == ["Source", "Image", "Build"]
    (action,) = pipeline["Stages"][2]["Actions"]
    assert json.loads(action["Configuration"]["EnvironmentVariables"]) == [
        {"name": "IMAGE_URI", "value": "#{Image.IMAGE_URI}", "type": "PLAINTEXT"}
    ]


def test_registration_is_with_the_team_alone(launched: Launch) -> None:
    assert "Registration" not in launched.template["Parameters"]
    with pytest.raises(ProductError, match="cannot register in the central registry itself, because its"):
        build_product(
            identifier="build_elsewhere",
            name="Elsewhere",
            description="Elsewhere.",
            version="1.0.0",
            source=S3Data(),
            algorithm=OWN_CONTAINER,
            registration=TEAM_OR_CENTRAL,
        )
