"""What S3 does, asked of the emulator and of the cloud in memory alike.

Each scenario states a rule of AWS that the bundle's code relies on.
"""

import pytest

from tests.contract.conftest import World
from tests.contract.support import refusal


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
