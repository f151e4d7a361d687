"""What AWS does, asked of the emulator and of the cloud in memory alike, so that two fakes cannot disagree.

Each scenario states a rule of AWS that the bundle's code relies on.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.conftest import World

Refusal = tuple[str, int]
"""The code and the HTTP status of an error."""


def refusal(call: Callable[..., Any], **parameters: Any) -> Refusal:
    """Why a call is refused; it must be."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    response = raised.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def pages(
    call: Callable[..., Any], key: str, token: str = "NextToken", **parameters: Any
) -> Iterator[list[Any]]:
    """All pages of a list."""
    answer = call(**parameters)
    yield answer[key]
    while answer.get(token):
        answer = call(**parameters, **{token: answer[token]})
        yield answer[key]


class TestObjects:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html."""

    def test_what_is_not_there(self, world: World) -> None:
        s3, place = world.client("s3"), {"Bucket": world.bucket, "Key": "absent"}
        assert refusal(s3.get_object, **place) == ("NoSuchKey", 404)
        assert refusal(s3.head_object, **place) == ("404", 404)
        assert refusal(s3.get_object_tagging, **place) == ("NoSuchKey", 404)
        s3.delete_object(**place)  # Deleting it succeeds, however often.

    def test_a_bucket_that_is_not_there(self, world: World) -> None:
        s3 = world.client("s3")
        place = {"Bucket": f"{world.name}-absent", "Key": "a"}
        assert refusal(s3.get_object, **place) == ("NoSuchBucket", 404)
        assert refusal(s3.put_object, Body=b"x", **place) == ("NoSuchBucket", 404)

    def test_the_owner_that_is_expected(self, world: World) -> None:
        s3, place = world.client("s3"), {"Bucket": world.bucket, "Key": "a"}
        s3.put_object(Body=b"x", ExpectedBucketOwner=world.account, **place)
        assert refusal(s3.get_object, ExpectedBucketOwner="999999999999", **place) == ("AccessDenied", 403)

    def test_conditional_writes(self, world: World) -> None:
        """https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html."""
        s3, place = world.client("s3"), {"Bucket": world.bucket, "Key": "a"}
        first = s3.put_object(Body=b"1", IfNoneMatch="*", **place)["ETag"]
        assert refusal(s3.put_object, Body=b"2", IfNoneMatch="*", **place) == ("PreconditionFailed", 412)
        assert s3.get_object(**place)["Body"].read() == b"1"
        assert s3.get_object(IfMatch=first, **place)["ETag"] == first
        s3.put_object(Body=b"2", **place)
        assert refusal(s3.get_object, IfMatch=first, **place) == ("PreconditionFailed", 412)

    def test_a_copy_of_another_content_than_was_seen(self, world: World) -> None:
        s3 = world.client("s3")
        seen = s3.put_object(Bucket=world.bucket, Key="a", Body=b"1")["ETag"]
        copy = {
            "Bucket": world.bucket,
            "Key": "b",
            "CopySource": f"{world.bucket}/a",
            "CopySourceIfMatch": seen,
            "ExpectedBucketOwner": world.account,
            "ExpectedSourceBucketOwner": world.account,
        }
        s3.copy_object(IfNoneMatch="*", **copy)
        assert refusal(s3.copy_object, IfNoneMatch="*", **copy) == ("PreconditionFailed", 412)
        s3.put_object(Bucket=world.bucket, Key="a", Body=b"2")
        assert refusal(s3.copy_object, **copy) == ("PreconditionFailed", 412)
        assert s3.get_object(Bucket=world.bucket, Key="b")["Body"].read() == b"1"

    @pytest.mark.parametrize(("directive", "expected"), [("COPY", {"a": "1"}), ("REPLACE", {})])
    def test_tags_of_a_copy(self, world: World, directive: str, expected: dict[str, str]) -> None:
        s3 = world.client("s3")
        etag = s3.put_object(Bucket=world.bucket, Key="a", Body=b"1")["ETag"]
        tags = {"TagSet": [{"Key": "a", "Value": "1"}]}
        s3.put_object_tagging(Bucket=world.bucket, Key="a", Tagging=tags)
        s3.copy_object(
            Bucket=world.bucket,
            Key="b",
            CopySource=f"{world.bucket}/a",
            CopySourceIfMatch=etag,
            TaggingDirective=directive,
            ExpectedBucketOwner=world.account,
            ExpectedSourceBucketOwner=world.account,
        )
        found = s3.get_object_tagging(Bucket=world.bucket, Key="b")["TagSet"]
        assert {tag["Key"]: tag["Value"] for tag in found} == expected

    def test_writing_again_takes_the_tags_away(self, world: World) -> None:
        s3, place = world.client("s3"), {"Bucket": world.bucket, "Key": "a"}
        s3.put_object(Body=b"1", **place)
        s3.put_object_tagging(Tagging={"TagSet": [{"Key": "a", "Value": "1"}]}, **place)
        s3.put_object(Body=b"2", **place)
        assert s3.get_object_tagging(**place)["TagSet"] == []

    def test_a_list_is_in_the_order_of_the_keys_and_may_be_empty(self, world: World) -> None:
        s3 = world.client("s3")
        for key in ("b/2", "a/1", "b/10", "b"):
            s3.put_object(Bucket=world.bucket, Key=key, Body=b"x")
        listed = s3.list_objects_v2(Bucket=world.bucket, Prefix="b/")
        assert [each["Key"] for each in listed["Contents"]] == ["b/10", "b/2"]
        assert "Contents" not in s3.list_objects_v2(Bucket=world.bucket, Prefix="c/")

    def test_an_upload_in_parts_is_there_only_when_it_is_complete(self, world: World) -> None:
        s3 = world.client("s3")
        etag = s3.put_object(Bucket=world.bucket, Key="a", Body=b"x" * (6 * 2**20))["ETag"]
        place = {"Bucket": world.bucket, "Key": "b", "ExpectedBucketOwner": world.account}
        upload = s3.create_multipart_upload(**place)["UploadId"]
        source = {
            "CopySource": f"{world.bucket}/a",
            "CopySourceIfMatch": etag,
            "ExpectedSourceBucketOwner": world.account,
        }
        parts = [
            {
                "PartNumber": number,
                "ETag": s3.upload_part_copy(
                    UploadId=upload,
                    PartNumber=number,
                    CopySourceRange=f"bytes={first}-{last}",
                    **place,
                    **source,
                )["CopyPartResult"]["ETag"],
            }
            for number, (first, last) in enumerate([(0, 5 * 2**20 - 1), (5 * 2**20, 6 * 2**20 - 1)], start=1)
        ]
        assert refusal(s3.head_object, Bucket=world.bucket, Key="b") == ("404", 404)
        s3.complete_multipart_upload(UploadId=upload, MultipartUpload={"Parts": parts}, **place)
        assert s3.head_object(Bucket=world.bucket, Key="b")["ContentLength"] == 6 * 2**20
        assert refusal(s3.abort_multipart_upload, UploadId=upload, **place) == ("NoSuchUpload", 404)


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
