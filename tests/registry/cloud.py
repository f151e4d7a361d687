# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""A small cloud in memory, behind real boto3 clients.

The clients check each request against AWS's own model of the API before it reaches the cloud, and the
cloud checks each response against it, so that neither can speak of a field that does not exist. What it
knows is what the registry's functions use: S3 objects with checksums, tags and multipart uploads, and model
packages of several accounts, with the idempotence of ClientToken.
"""

import base64
import functools
import hashlib
import io
import itertools
import json
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.validate import ParamValidator

HUB = "222222222222"
TEAM = "333333333333"
OTHER_TEAM = "666666666666"
REGION = "eu-west-1"
REGISTRY_BUCKET = f"mlplatform-registry-{HUB}-{REGION}"
TEAM_BUCKET = f"mlplatform-p-abc-{TEAM}-{REGION}"

Parameters = dict[str, Any]


class Killed(BaseException):
    """The process ends here, without a chance to clean up."""


def failure(operation: str, code: str, message: str, status: int = 400) -> ClientError:
    """An error as AWS answers it."""
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, operation)


def crc64(body: bytes) -> str:
    """Stands for CRC64NVME: some 8 bytes that depend on the content."""
    return base64.b64encode(hashlib.blake2b(body, digest_size=8).digest()).decode()


CHECKSUMS: dict[str, Callable[[bytes], str]] = {
    "CRC64NVME": crc64,
    "CRC32": lambda body: base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode(),
    "SHA256": lambda body: base64.b64encode(hashlib.sha256(body).digest()).decode(),
}


@dataclass
class Item:
    body: bytes
    etag: str
    modified: datetime
    checksums: dict[str, str]
    checksum_type: str = "FULL_OBJECT"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Upload:
    bucket: str
    key: str
    initiated: datetime
    algorithm: str
    parts: dict[int, tuple[str, bytes]] = field(default_factory=dict)


@dataclass
class Group:
    name: str
    account: str
    tags: dict[str, str] = field(default_factory=dict)
    policy: str = ""

    @property
    def arn(self) -> str:
        return f"arn:aws:sagemaker:{REGION}:{self.account}:model-package-group/{self.name.lower()}"


class Cloud:
    """Several accounts in one Region.

    Attributes:
        calls: Every operation, in the order of arrival.
        interfere: Called with the number of a call, from 0, its operation, and the call itself; it may raise
            instead of calling, or afterwards.
        denied: Operations that AWS denies, such as ``s3:GetObject``.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.interfere: Callable[[int, str, Callable[[], Parameters]], Parameters] = lambda _n, _o, call: (
            call()
        )
        self.denied: set[str] = set()
        self.owners = {REGISTRY_BUCKET: HUB, TEAM_BUCKET: TEAM}
        self.objects: dict[tuple[str, str], Item] = {}
        self.uploads: dict[str, Upload] = {}
        self.groups: dict[tuple[str, str], Group] = {}
        self.versions: dict[str, Parameters] = {}
        self.events: list[Parameters] = []
        self._tokens: dict[tuple[str, str], str] = {}
        self._lock = threading.RLock()
        self._clock = itertools.count(1)

    # What a test prepares and looks at.

    def put(
        self, bucket: str, key: str, body: bytes, *, algorithm: str = "CRC64NVME", composite: bool = False
    ) -> str:
        """Put an object into a bucket, and give its URI."""
        checksum = CHECKSUMS[algorithm](body)
        self.objects[bucket, key] = Item(
            body=body,
            etag=f'"{hashlib.sha1(body).hexdigest()}"',
            modified=self.now(),
            checksums={algorithm: f"{checksum}-3" if composite else checksum},
            checksum_type="COMPOSITE" if composite else "FULL_OBJECT",
        )
        return f"s3://{bucket}/{key}"

    def register(self, account: str, group: str, **fields: Any) -> str:
        """Register a model version, and give its ARN."""
        self.groups.setdefault((account, group.lower()), Group(name=group, account=account))
        return self._add_version(account, {"ModelPackageGroupName": group, **fields})

    def approve(self, arn: str, status: str = "Approved") -> Parameters:
        """Set the approval status of a version, and give the event that SageMaker sends."""
        self.versions[arn]["ModelApprovalStatus"] = status
        return state_change(arn, status)

    def versions_of(self, account: str, group: str) -> list[Parameters]:
        """The versions of a group, oldest first."""
        return [
            version
            for arn, version in sorted(self.versions.items(), key=lambda item: item[1]["ModelPackageVersion"])
            if f":{account}:model-package/{group.lower()}/" in arn
        ]

    def body(self, uri: str) -> bytes:
        """The content of an object."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.objects[bucket, key].body

    def now(self) -> datetime:
        """A clock that shows another second at each look."""
        return datetime(2026, 11, 21, 9, tzinfo=UTC) + timedelta(seconds=next(self._clock))

    # What the clients reach.

    def answer(self, service: str, operation: str, parameters: Parameters) -> Parameters:
        """Carry out one operation."""

        def call() -> Parameters:
            if f"{service}:{operation}" in self.denied:
                raise failure(
                    operation, "AccessDenied", f"not authorized to perform: {service}:{operation}", 403
                )
            method = getattr(self, f"_{operation}")
            return method(**parameters)  # type: ignore[no-any-return]

        with self._lock:
            number = len(self.calls)
            self.calls.append(operation)
            return self.interfere(number, operation, call)

    # Amazon S3

    def _own(self, operation: str, bucket: str, owner: str) -> None:
        if bucket not in self.owners:
            raise failure(operation, "NoSuchBucket", "The specified bucket does not exist", 404)
        if self.owners[bucket] != owner:
            raise failure(operation, "AccessDenied", "Access Denied", 403)

    def _get(self, operation: str, bucket: str, key: str, code: str = "NoSuchKey") -> Item:
        if (bucket, key) not in self.objects:
            raise failure(operation, code, "The specified key does not exist.", 404)
        return self.objects[bucket, key]

    def _source(self, operation: str, source: str, owner: str, if_match: str) -> Item:
        bucket, _, key = unquote(source).partition("/")
        self._own(operation, bucket, owner)
        item = self._get(operation, bucket, key)
        if item.etag != if_match:
            raise failure(
                operation, "PreconditionFailed", "At least one of the pre-conditions did not hold", 412
            )
        return item

    def _HeadObject(
        self, *, Bucket: str, Key: str, ChecksumMode: str, ExpectedBucketOwner: str
    ) -> Parameters:
        self._own("HeadObject", Bucket, ExpectedBucketOwner)
        item = self._get("HeadObject", Bucket, Key, code="404")
        return {
            "ContentLength": len(item.body),
            "ETag": item.etag,
            "LastModified": item.modified,
            "ChecksumType": item.checksum_type,
            **{f"Checksum{algorithm}": value for algorithm, value in item.checksums.items()},
        }

    def _GetObject(
        self, *, Bucket: str, Key: str, IfMatch: str, ExpectedBucketOwner: str, ChecksumMode: str
    ) -> Parameters:
        self._own("GetObject", Bucket, ExpectedBucketOwner)
        item = self._source("GetObject", f"{Bucket}/{Key}", ExpectedBucketOwner, IfMatch)
        return {"Body": StreamingBody(io.BytesIO(item.body), len(item.body))}

    def _ListObjectsV2(
        self, *, Bucket: str, Prefix: str, ExpectedBucketOwner: str, EncodingType: str
    ) -> Parameters:
        self._own("ListObjectsV2", Bucket, ExpectedBucketOwner)
        keys = sorted(key for bucket, key in self.objects if bucket == Bucket and key.startswith(Prefix))
        return {"Contents": [{"Key": key} for key in keys]} if keys else {}

    def _CopyObject(
        self,
        *,
        Bucket: str,
        Key: str,
        ExpectedBucketOwner: str,
        CopySource: str,
        CopySourceIfMatch: str,
        ExpectedSourceBucketOwner: str,
        TaggingDirective: str = "COPY",
    ) -> Parameters:
        self._own("CopyObject", Bucket, ExpectedBucketOwner)
        source = self._source("CopyObject", CopySource, ExpectedSourceBucketOwner, CopySourceIfMatch)
        if len(source.body) > LIMITS["CopyObject"]:
            raise failure(
                "CopyObject", "InvalidRequest", "The specified copy source is larger than the maximum"
            )
        algorithm = next(iter(source.checksums))
        self.put(Bucket, Key, source.body, algorithm=algorithm)
        if TaggingDirective == "COPY":
            self.objects[Bucket, Key].tags = dict(source.tags)
        return {"CopyObjectResult": {"ETag": self.objects[Bucket, Key].etag}}

    def _CreateMultipartUpload(
        self, *, Bucket: str, Key: str, ExpectedBucketOwner: str, ChecksumAlgorithm: str, ChecksumType: str
    ) -> Parameters:
        self._own("CreateMultipartUpload", Bucket, ExpectedBucketOwner)
        upload = f"upload-{len(self.uploads)}"
        self.uploads[upload] = Upload(
            bucket=Bucket, key=Key, initiated=self.now(), algorithm=ChecksumAlgorithm
        )
        return {"UploadId": upload}

    def _ListMultipartUploads(self, *, Bucket: str, Prefix: str, ExpectedBucketOwner: str) -> Parameters:
        self._own("ListMultipartUploads", Bucket, ExpectedBucketOwner)
        return {
            "Uploads": [
                {"UploadId": upload, "Key": state.key, "Initiated": state.initiated}
                for upload, state in self.uploads.items()
                if state.bucket == Bucket and state.key.startswith(Prefix)
            ]
        }

    def _ListParts(self, *, Bucket: str, Key: str, UploadId: str, ExpectedBucketOwner: str) -> Parameters:
        self._own("ListParts", Bucket, ExpectedBucketOwner)
        parts = self._upload("ListParts", UploadId).parts
        return {
            "Parts": [{"PartNumber": n, "ETag": etag, "Size": len(body)} for n, (etag, body) in parts.items()]
        }

    def _UploadPartCopy(
        self,
        *,
        Bucket: str,
        Key: str,
        ExpectedBucketOwner: str,
        UploadId: str,
        PartNumber: int,
        CopySource: str,
        CopySourceIfMatch: str,
        CopySourceRange: str,
        ExpectedSourceBucketOwner: str,
    ) -> Parameters:
        self._own("UploadPartCopy", Bucket, ExpectedBucketOwner)
        source = self._source("UploadPartCopy", CopySource, ExpectedSourceBucketOwner, CopySourceIfMatch)
        first, last = map(int, CopySourceRange.removeprefix("bytes=").split("-"))
        body = source.body[first : last + 1]
        etag = f'"{hashlib.sha1(body).hexdigest()}"'
        self._upload("UploadPartCopy", UploadId).parts[PartNumber] = (etag, body)
        return {"CopyPartResult": {"ETag": etag}}

    def _CompleteMultipartUpload(
        self, *, Bucket: str, Key: str, ExpectedBucketOwner: str, UploadId: str, MultipartUpload: Parameters
    ) -> Parameters:
        self._own("CompleteMultipartUpload", Bucket, ExpectedBucketOwner)
        upload = self._upload("CompleteMultipartUpload", UploadId)
        bodies = []
        for part in MultipartUpload["Parts"]:
            etag, body = upload.parts[part["PartNumber"]]
            if etag != part["ETag"]:
                raise failure("CompleteMultipartUpload", "InvalidPart", "One or more of the parts")
            bodies.append(body)
        self.put(Bucket, Key, b"".join(bodies), algorithm=upload.algorithm)
        del self.uploads[UploadId]
        return {"Bucket": Bucket, "Key": Key}

    def _upload(self, operation: str, upload: str) -> Upload:
        if upload not in self.uploads:
            raise failure(operation, "NoSuchUpload", "The specified upload does not exist.", 404)
        return self.uploads[upload]

    def _PutObjectTagging(
        self, *, Bucket: str, Key: str, ExpectedBucketOwner: str, Tagging: Parameters
    ) -> Parameters:
        self._own("PutObjectTagging", Bucket, ExpectedBucketOwner)
        item = self._get("PutObjectTagging", Bucket, Key)
        item.tags = {tag["Key"]: tag["Value"] for tag in Tagging["TagSet"]}
        return {}

    # Amazon SageMaker

    def _DescribeModelPackage(self, *, ModelPackageName: str) -> Parameters:
        if ModelPackageName not in self.versions:
            raise failure(
                "DescribeModelPackage", "ValidationException", f"{ModelPackageName} does not exist."
            )
        return dict(self.versions[ModelPackageName])

    def _group(self, operation: str, name: str) -> Group:
        group = self.groups.get((HUB, name.lower()))
        if group is None:
            raise failure(operation, "ValidationException", f"ModelPackageGroup {name} does not exist.")
        return group

    def _DescribeModelPackageGroup(self, *, ModelPackageGroupName: str) -> Parameters:
        group = self._group("DescribeModelPackageGroup", ModelPackageGroupName)
        return {
            "ModelPackageGroupName": group.name,
            "ModelPackageGroupArn": group.arn,
            "CreationTime": self.now(),
            "CreatedBy": {},
            "ModelPackageGroupStatus": "Completed",
        }

    def _CreateModelPackageGroup(
        self, *, ModelPackageGroupName: str, ModelPackageGroupDescription: str, Tags: list[Parameters]
    ) -> Parameters:
        if (HUB, ModelPackageGroupName.lower()) in self.groups:
            raise failure(
                "CreateModelPackageGroup", "ValidationException", "ModelPackageGroup already exists"
            )
        group = Group(
            name=ModelPackageGroupName, account=HUB, tags={tag["Key"]: tag["Value"] for tag in Tags}
        )
        self.groups[HUB, ModelPackageGroupName.lower()] = group
        return {"ModelPackageGroupArn": group.arn}

    def _ListTags(self, *, ResourceArn: str) -> Parameters:
        group = next(group for group in self.groups.values() if group.arn == ResourceArn)
        return {"Tags": [{"Key": key, "Value": value} for key, value in group.tags.items()]}

    def _PutModelPackageGroupPolicy(self, *, ModelPackageGroupName: str, ResourcePolicy: str) -> Parameters:
        group = self._group("PutModelPackageGroupPolicy", ModelPackageGroupName)
        group.policy = ResourcePolicy
        return {"ModelPackageGroupArn": group.arn}

    def _ListModelPackages(
        self, *, ModelPackageGroupName: str, SortBy: str, SortOrder: str, MaxResults: int
    ) -> Parameters:
        self._group("ListModelPackages", ModelPackageGroupName)
        summary = (
            "ModelPackageGroupName",
            "ModelPackageVersion",
            "ModelPackageArn",
            "ModelPackageDescription",
            "CreationTime",
            "ModelPackageStatus",
            "ModelApprovalStatus",
        )
        return {
            "ModelPackageSummaryList": [
                {name: version[name] for name in summary if name in version}
                for version in reversed(self.versions_of(HUB, ModelPackageGroupName))
            ]
        }

    def _CreateModelPackage(
        self, *, ClientToken: str, ModelPackageGroupName: str, **fields: Any
    ) -> Parameters:
        group = self._group("CreateModelPackage", ModelPackageGroupName)
        token = (group.name, ClientToken)
        if token not in self._tokens:
            self._tokens[token] = self._add_version(HUB, {"ModelPackageGroupName": group.name, **fields})
        return {"ModelPackageArn": self._tokens[token]}

    def _UpdateModelPackage(self, *, ModelPackageArn: str, **fields: Any) -> Parameters:
        self.versions[ModelPackageArn].update(fields)
        return {"ModelPackageArn": ModelPackageArn}

    def _add_version(self, account: str, fields: Mapping[str, Any]) -> str:
        group = str(fields["ModelPackageGroupName"])
        number = len(self.versions_of(account, group)) + 1
        arn = f"arn:aws:sagemaker:{REGION}:{account}:model-package/{group.lower()}/{number}"
        self.versions[arn] = {
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": "PendingManualApproval",
            **fields,
            "ModelPackageName": f"{group}-{number}",
            "ModelPackageArn": arn,
            "ModelPackageVersion": number,
            "CreationTime": self.now(),
        }
        return arn

    # Amazon EventBridge

    def _PutEvents(self, *, Entries: list[Parameters]) -> Parameters:
        self.events.extend(Entries)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in Entries]}


LIMITS = {"CopyObject": 5 * 1024**3}

_current: list[Cloud] = []


def use(cloud: Cloud) -> None:
    """Let all clients reach this cloud."""
    _current[:] = [cloud]


@functools.cache
def client(service: str) -> Any:
    """A boto3 client whose requests go to the cloud in use."""
    session: Any = boto3.Session(
        aws_access_key_id="in-memory", aws_secret_access_key="in-memory", region_name=REGION
    )
    made = session.client(service)

    def remember(params: Parameters, context: Parameters, **_: Any) -> None:
        context["parameters"] = dict(params)

    def respond(model: Any, context: Parameters, **_: Any) -> tuple[AWSResponse, Parameters]:
        try:
            response = _current[0].answer(service, model.name, context["parameters"])
            status = 200
        except ClientError as error:
            response, status = dict(error.response), error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 200:
            _check(model, response)
        return AWSResponse("in-memory://", status, HTTPHeaders(), None), response

    made.meta.events.register("before-parameter-build", remember)
    made.meta.events.register("before-call", respond)
    return made


def _check(model: Any, response: Parameters) -> None:
    checkable = {name: value for name, value in response.items() if name != "Body"}
    if model.output_shape is not None and model.name != "GetObject":
        report = ParamValidator().validate(checkable, model.output_shape)
        # Not every member that the model requires matters to whom it is shown here.
        wrong = [line for line in report.generate_report().splitlines() if "Missing required" not in line]
        assert not wrong, f"{model.name}: {wrong}"


def state_change(arn: str, status: str, **changes: Any) -> Parameters:
    """The event that SageMaker sends when a version's approval status changes."""
    return {
        "version": "0",
        "id": "7f0d9f1e-0000-4000-8000-000000000000",
        "detail-type": "SageMaker Model Package State Change",
        "source": "aws.sagemaker",
        "account": arn.split(":")[4],
        "time": "2026-11-21T09:15:00Z",
        "region": REGION,
        "resources": [arn],
        "detail": {
            "ModelPackageArn": arn,
            "ModelPackageGroupName": arn.split("/")[1],
            "ModelApprovalStatus": status,
        },
        **changes,
    }


def policy(cloud: Cloud, group: str) -> Parameters:
    """The resource policy of a central group."""
    return json.loads(cloud.groups[HUB, group.lower()].policy)  # type: ignore[no-any-return]
