"""Measure promotion against the emulator: `python -m rehearsal.promotion_bench`, which prints JSON.

Each measure runs the function's own code in a process of its own, under a role of the hub, with boto3 at the
emulator's endpoint. What is counted are the requests that it sends.
"""

import json
import multiprocessing
import os
import resource
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.exceptions import ClientError

from rehearsal.accounts import Accounts, administrator_credentials
from rehearsal.faults.versions import ARTIFACT_BYTES
from rehearsal.people import AccountKey
from rehearsal.processes import Emulator

GROUP = "bench"
MANY = 100
DUPLICATES = 100
MEBIBYTE = 1024**2
PART_BYTES = 256 * MEBIBYTE
LARGEST_BYTES = 8 * 1024**3
# The emulator holds the source, the parts of the copy and the copy in memory; something is left for the rest.
COPIES_IN_MEMORY = 3.5


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What some promotions took.

    Attributes:
        versions: How many central versions came of them.
        calls: Requests to AWS.
        seconds: From the first request to the last answer.
        peak_memory_mib: Highest resident memory of the process.
        artifact_mib: Size of one artifact.
    """

    versions: int
    calls: int
    seconds: float
    peak_memory_mib: int
    artifact_mib: float


def main() -> None:
    """Measure one version, a hundred, a hundred duplicates, and a large artifact."""
    with tempfile.TemporaryDirectory() as folder, Emulator(Path(folder)) as emulator:
        bench = Bench(Accounts(emulator.endpoint))
        large = min(LARGEST_BYTES, int(psutil.virtual_memory().available / COPIES_IN_MEMORY))
        measures = {
            "one version": bench.promote([bench.register(ARTIFACT_BYTES)]),
            f"{MANY} versions": bench.promote([bench.register(ARTIFACT_BYTES) for _ in range(MANY)]),
            f"{DUPLICATES} duplicates at once": bench.promote(
                [bench.register(ARTIFACT_BYTES)] * DUPLICATES, at_once=True
            ),
            "a large artifact": bench.promote([bench.register(large)]),
        }
    json.dump({name: asdict(measure) for name, measure in measures.items()}, sys.stdout, indent=2)


class Bench:
    """A hub and a team's account, with just what promotion needs."""

    def __init__(self, accounts: Accounts) -> None:
        """Create buckets, group and role.

        Args:
            accounts: The accounts.
        """
        self._accounts = accounts
        self._team = accounts.account_id("development")
        self._bucket = f"{accounts.names.prefix}-bench-{self._team}-{accounts.settings.region}"
        self._sizes: dict[str, int] = {}
        self._create_bucket("shared_services", accounts.names.registry_bucket)
        self._create_bucket("development", self._bucket)
        self._let_hub_in()
        self._role_arn = self._create_role()

    def register(self, size: int) -> str:
        """Register a version with an artifact of a size in bytes, and approve it; give its ARN."""
        key = f"models/{secrets.token_hex(8)}/model.tar.gz"
        self._upload(key, size)
        sagemaker = self._accounts.administrator("development", "sagemaker")
        image = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
        arn: str = sagemaker.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus="Approved",
            InferenceSpecification={
                "Containers": [{"Image": image, "ModelDataUrl": f"s3://{self._bucket}/{key}"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["application/json"],
            },
        )["ModelPackageArn"]
        self._sizes[arn] = size
        return arn

    def promote(self, arns: Sequence[str], *, at_once: bool = False) -> Measure:
        """Promote versions, one after the other or all at once, in a process of their own."""
        before = self._central_versions()
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            calls, seconds, peak = pool.submit(_promote, self._environment(), arns, at_once).result()
        return Measure(
            versions=self._central_versions() - before,
            calls=calls,
            seconds=round(seconds, 2),
            peak_memory_mib=peak,
            artifact_mib=round(self._sizes[arns[0]] / MEBIBYTE, 1),
        )

    def _environment(self) -> dict[str, str]:
        """What the function has around it: its own variables, and credentials of its role."""
        accounts, names = self._accounts, self._accounts.names
        root = administrator_credentials(accounts.account_id("shared_services"))
        credentials = accounts.assume(root, self._role_arn, "bench")
        return accounts.command_environment(credentials) | {
            "AWS_DEFAULT_REGION": names.region,
            "IMAGE_REPOSITORIES": names.central_image_repositories,
            "MODEL_CARDS_LAYOUT": "central",
            "ORGANIZATION_ID": accounts.settings.organization.id,
            "READER_PATHS": f"{accounts.settings.organization.id}/*",
            "READER_ROLES": names.endpoint_role,
            "REGISTRY_ACCOUNT": names.shared_services_account,
            "REGISTRY_BUCKET": names.registry_bucket,
            "REGISTRY_KEY_ARN": f"arn:aws:kms:{names.region}:{names.shared_services_account}:key/bench",
            "ROLE_ARN": self._role_arn,
        }

    def _central_versions(self) -> int:
        sagemaker = self._accounts.administrator("shared_services", "sagemaker")
        try:
            pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=GROUP)
            return sum(len(page["ModelPackageSummaryList"]) for page in pages)
        except ClientError:
            # Promotion creates the group with the first version.
            return 0

    def _create_bucket(self, account: AccountKey, name: str) -> None:
        region = self._accounts.settings.region
        self._accounts.administrator(account, "s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}
        )

    def _let_hub_in(self) -> None:
        principal = {"AWS": f"arn:aws:iam::{self._accounts.account_id('shared_services')}:root"}
        objects = [f"arn:aws:s3:::{self._bucket}", f"arn:aws:s3:::{self._bucket}/*"]
        self._accounts.administrator("development", "s3").put_bucket_policy(
            Bucket=self._bucket, Policy=_policy("s3:*", objects, Principal=principal)
        )
        sagemaker = self._accounts.administrator("development", "sagemaker")
        arn = sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)["ModelPackageGroupArn"]
        versions = f"{arn.replace('model-package-group/', 'model-package/')}/*"
        sagemaker.put_model_package_group_policy(
            ModelPackageGroupName=GROUP,
            ResourcePolicy=_policy("sagemaker:*", [arn, versions], Principal=principal),
        )

    def _create_role(self) -> str:
        iam = self._accounts.administrator("shared_services", "iam")
        account = {"AWS": f"arn:aws:iam::{self._accounts.account_id('shared_services')}:root"}
        arn: str = iam.create_role(
            RoleName="bench", AssumeRolePolicyDocument=_policy("sts:AssumeRole", None, Principal=account)
        )["Role"]["Arn"]
        iam.put_role_policy(RoleName="bench", PolicyName="bench", PolicyDocument=_policy("*", ["*"]))
        return arn

    def _upload(self, key: str, size: int) -> None:
        s3 = self._accounts.administrator("development", "s3")
        if size <= PART_BYTES:
            s3.put_object(Bucket=self._bucket, Key=key, Body=secrets.token_bytes(size))
            return
        place = {"Bucket": self._bucket, "Key": key}
        upload = s3.create_multipart_upload(**place, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")[
            "UploadId"
        ]
        part = bytes(PART_BYTES)
        parts = []
        for number, first in enumerate(range(0, size, PART_BYTES), 1):
            body = part[: size - first]
            tag = s3.upload_part(
                **place, UploadId=upload, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32"
            )["ETag"]
            parts.append({"PartNumber": number, "ETag": tag})
        s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function about its run."""

    function_name: str = "bench"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:222222222222:function:bench"
    aws_request_id: str = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """Always all of it."""
        return 900_000


def _promote(environment: dict[str, str], arns: Sequence[str], at_once: bool) -> tuple[int, float, int]:
    """Promote in this process, and give requests, seconds and memory in MiB."""
    os.environ.update(environment, POWERTOOLS_LOG_LEVEL="CRITICAL")
    # Its first import makes clients, for which there has to be a Region.
    from registry.functions.model_registry.promotion.handler import handle  # noqa: PLC0415

    calls: Counter[str] = Counter()
    counting = threading.Lock()

    def count(model: Any, **_: Any) -> None:
        with counting:
            calls[model.name] += 1

    session = boto3.Session()
    session.events.register("before-call", count)
    boto3.DEFAULT_SESSION = session

    def promote(arn: str) -> None:
        handle(_approval(arn), Context())  # type: ignore[arg-type]

    start = time.perf_counter()
    with ThreadPoolExecutor(len(arns) if at_once else 1) as pool:
        list(pool.map(promote, arns))
    seconds = time.perf_counter() - start
    return calls.total(), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _approval(arn: str) -> dict[str, Any]:
    return {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Model Package State Change",
        "account": arn.split(":")[4],
        "id": "00000000-0000-4000-8000-000000000000",
        "time": "2026-11-21T09:15:00Z",
        "detail": {
            "ModelPackageArn": arn,
            "ModelPackageGroupName": GROUP,
            "ModelApprovalStatus": "Approved",
        },
    }


def _policy(action: str, resources: Sequence[str] | None, **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, **more}
    if resources is not None:
        statement["Resource"] = list(resources)
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


if __name__ == "__main__":
    main()
