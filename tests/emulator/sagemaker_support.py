"""What tests of SageMaker share: a bucket, an execution role, scripts and waiting."""

import io
import json
import tarfile
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, Statement, allow, trust
from tests.hangs import HANGS

IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
UNKNOWN_IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-tensorflow:2"
REPOSITORIES = [
    f"arn:aws:ecr:eu-west-1:{registry}:repository/*" for registry in ("141502667606", "763104351884")
]
"""Those of AWS: of XGBoost and scikit-learn, and of deep learning."""
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
SAGEMAKER = "sagemaker.amazonaws.com"
WITHOUT_INDEX = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
"""With which the image installs a script without a network, which containers do not have."""


def unique(word: str) -> str:
    """A name that no other test uses."""
    return f"{word}-{uuid.uuid4().hex[:10]}"


def make_bucket(emulator: Emulator, account: str | None = None) -> str:
    """Create a bucket."""
    name = unique("test")
    emulator.client("s3", account=account or emulator.development).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region}
    )
    return name


def put(emulator: Emulator, bucket: str, key: str, content: str | bytes, account: str | None = None) -> str:
    """Write an object and return its URI."""
    client = emulator.client("s3", account=account or emulator.development)
    client.put_object(Bucket=bucket, Key=key, Body=content)
    return f"s3://{bucket}/{key}"


def read(emulator: Emulator, uri: str, account: str | None = None) -> bytes:
    """Content of an object."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    client = emulator.client("s3", account=account or emulator.development)
    content: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def archive(files: Mapping[str, str]) -> bytes:
    """A gzipped tar archive of text files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as content:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            content.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def names_in(content: bytes) -> list[str]:
    """Names of the files in a gzipped tar archive."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as opened:
        return sorted(member.name for member in opened.getmembers() if member.isfile())


def execution_role(
    emulator: Emulator, bucket: str, *more: Statement, account: str | None = None, trusting: str = SAGEMAKER
) -> str:
    """Create a role for jobs and endpoints: it reads and writes a bucket, pulls images, writes logs."""
    return emulator.role(
        allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/*"),
        allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
        allow(PULL, REPOSITORIES),
        allow("ecr:GetAuthorizationToken"),
        allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
        *more,
        account=account or emulator.development,
        name=unique("execution"),
        trusting=trust(Service=trusting),
    )


def settled(
    describe: Callable[[], Mapping[str, Any]], key: str, moving: tuple[str, ...]
) -> Mapping[str, Any]:
    """Wait until a status is none of those that pass."""
    deadline = time.monotonic() + HANGS
    while (described := describe())[key] in moving:
        assert time.monotonic() < deadline, f"{key} stays {described[key]}"
        time.sleep(0.02)
    return described


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    """Code and message of the error that a call must end with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def document(*statements: Statement) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
