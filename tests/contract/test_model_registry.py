"""What SageMaker's registry and model cards do, asked of the emulator and of the cloud in memory alike.

Each scenario states a rule of AWS that the bundle's code relies on.
"""

import json
from typing import Any

import pytest

from tests.contract.conftest import World
from tests.contract.support import pages, refusal


def make_group(world: World) -> str:
    world.client("sagemaker").create_model_package_group(ModelPackageGroupName=world.name)
    return world.name


def make_version(world: World, token: str, **more: Any) -> str:
    container = {"Image": f"{world.account}.dkr.ecr.eu-west-1.amazonaws.com/own:1"}
    arn: str = world.client("sagemaker").create_model_package(
        ModelPackageGroupName=world.name,
        ClientToken=token,
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        **{"ModelApprovalStatus": "PendingManualApproval", **more},
    )["ModelPackageArn"]
    return arn


class TestVersions:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html."""

    def test_what_is_not_there(self, world: World) -> None:
        sagemaker = world.client("sagemaker")
        absent = f"{world.name}-absent"
        arn = f"arn:aws:sagemaker:eu-west-1:{world.account}:model-package/{absent}/1"
        code = ("ValidationException", 400)
        assert refusal(sagemaker.describe_model_package_group, ModelPackageGroupName=absent) == code
        assert refusal(sagemaker.describe_model_package, ModelPackageName=arn) == code
        assert refusal(sagemaker.list_model_packages, ModelPackageGroupName=absent) == code
        assert refusal(sagemaker.update_model_package, ModelPackageArn=arn) == code

    def test_a_group_is_made_once(self, world: World) -> None:
        make_group(world)
        again = refusal(
            world.client("sagemaker").create_model_package_group, ModelPackageGroupName=world.name
        )
        assert again == ("ValidationException", 400)

    def test_versions_are_numbered_and_a_token_makes_one(self, world: World) -> None:
        make_group(world)
        first, again, second = (make_version(world, token) for token in ("a", "a", "b"))
        assert first == again
        assert [arn.rpartition("/")[2] for arn in (first, second)] == ["1", "2"]
        described = world.client("sagemaker").describe_model_package(ModelPackageName=second)
        assert described["ModelPackageVersion"] == 2
        assert described["ModelPackageGroupName"] == world.name

    @pytest.mark.parametrize(
        ("order", "expected"), [("Ascending", [1, 2, 3, 4, 5]), ("Descending", [5, 4, 3, 2, 1])]
    )
    def test_a_list_comes_in_pages_and_in_order(self, world: World, order: str, expected: list[int]) -> None:
        make_group(world)
        for number in range(5):
            make_version(world, str(number))
        found = list(
            pages(
                world.client("sagemaker").list_model_packages,
                "ModelPackageSummaryList",
                ModelPackageGroupName=world.name,
                SortBy="CreationTime",
                SortOrder=order,
                MaxResults=2,
            )
        )
        assert [each["ModelPackageVersion"] for page in found for each in page] == expected
        assert max(map(len, found)) <= 2
        assert len(found) > 1

    def test_a_list_is_narrowed_by_the_status(self, world: World) -> None:
        make_group(world)
        arns = [make_version(world, str(number)) for number in range(3)]
        sagemaker = world.client("sagemaker")
        sagemaker.update_model_package(ModelPackageArn=arns[1], ModelApprovalStatus="Approved")
        found = sagemaker.list_model_packages(
            ModelPackageGroupName=world.name, ModelApprovalStatus="Approved"
        )["ModelPackageSummaryList"]
        assert [each["ModelPackageArn"] for each in found] == [arns[1]]

    def test_an_update_changes_what_it_names(self, world: World) -> None:
        make_group(world)
        arn = make_version(world, "a", CustomerMetadataProperties={"a": "1", "b": "1"})
        sagemaker = world.client("sagemaker")
        sagemaker.update_model_package(
            ModelPackageArn=arn,
            ModelApprovalStatus="Approved",
            ApprovalDescription="good",
            CustomerMetadataProperties={"b": "2"},
        )
        described = sagemaker.describe_model_package(ModelPackageName=arn)
        assert described["ModelApprovalStatus"] == "Approved"
        assert described["ApprovalDescription"] == "good"
        assert described["CustomerMetadataProperties"] == {"a": "1", "b": "2"}
        assert described["LastModifiedTime"] >= described["CreationTime"]

    def test_the_policy_of_a_group(self, world: World) -> None:
        sagemaker = world.client("sagemaker")
        make_group(world)
        named = {"ModelPackageGroupName": world.name}
        assert refusal(sagemaker.get_model_package_group_policy, **named)[1] == 400
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{world.account}:root"},
                    "Action": ["sagemaker:DescribeModelPackage"],
                    "Resource": [f"arn:aws:sagemaker:eu-west-1:{world.account}:model-package/{world.name}/*"],
                }
            ],
        }
        sagemaker.put_model_package_group_policy(ResourcePolicy=json.dumps(document), **named)
        assert json.loads(sagemaker.get_model_package_group_policy(**named)["ResourcePolicy"]) == document

    def test_tags_of_a_group(self, world: World) -> None:
        sagemaker = world.client("sagemaker")
        make_group(world)
        arn = sagemaker.describe_model_package_group(ModelPackageGroupName=world.name)["ModelPackageGroupArn"]
        sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}])
        sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
        found = {tag["Key"]: tag["Value"] for tag in sagemaker.list_tags(ResourceArn=arn)["Tags"]}
        assert found == {"a": "1", "b": "2"}


class TestCards:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html."""

    CONTENT = json.dumps({"business_details": {"business_problem": "Customers leave"}})

    def make(self, world: World) -> Any:
        sagemaker = world.client("sagemaker")
        sagemaker.create_model_card(ModelCardName=world.name, Content=self.CONTENT, ModelCardStatus="Draft")
        return sagemaker

    def test_what_is_not_there(self, world: World) -> None:
        sagemaker = world.client("sagemaker")
        named = {"ModelCardName": f"{world.name}-absent"}
        assert refusal(sagemaker.describe_model_card, **named) == ("ResourceNotFound", 400)
        assert refusal(sagemaker.update_model_card, Content=self.CONTENT, **named) == (
            "ResourceNotFound",
            400,
        )
        assert refusal(sagemaker.list_model_card_versions, **named) == ("ResourceNotFound", 400)

    def test_a_card_is_made_once(self, world: World) -> None:
        sagemaker = self.make(world)
        again = refusal(
            sagemaker.create_model_card,
            ModelCardName=world.name,
            Content=self.CONTENT,
            ModelCardStatus="Draft",
        )
        assert again == ("ConflictException", 400)

    def test_each_content_is_a_version_and_all_come_in_pages(self, world: World) -> None:
        sagemaker = self.make(world)
        for number in range(2, 8):
            content = {"business_details": {"business_problem": f"Problem {number}"}}
            sagemaker.update_model_card(ModelCardName=world.name, Content=json.dumps(content))
        newest = sagemaker.describe_model_card(ModelCardName=world.name)
        assert newest["ModelCardVersion"] == 7
        assert (
            sagemaker.describe_model_card(ModelCardName=world.name, ModelCardVersion=1)["Content"]
            == self.CONTENT
        )
        found = list(
            pages(
                sagemaker.list_model_card_versions,
                "ModelCardVersionSummaryList",
                ModelCardName=world.name,
                MaxResults=3,
            )
        )
        assert sorted(each["ModelCardVersion"] for page in found for each in page) == list(range(1, 8))
        assert max(map(len, found)) <= 3
