"""What processing and training jobs share: a thread, a container, a role, a log, and an end.

A job does nothing with rights of its own: it reads, writes and logs with temporary credentials of its role.
"""

import secrets
import shutil
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from emulator.core import state
from emulator.core.service import Request, ServiceError
from emulator.iam import credentials
from emulator.sagemaker.artifacts import ArtifactError
from emulator.sagemaker.jobs.containers import (
    BASE,
    FAILURE_REASON_LENGTH,
    Container,
    ContainerError,
    container_of,
)
from emulator.sagemaker.lineage.tracking import track_job
from emulator.sagemaker.service import PRINCIPAL, check_image_pull
from emulator.sagemaker.storage import Storage, StorageError
from emulator.sagemaker.store import Table

HOST = "algo-1"
"""Name of the one host that a job has here."""

MAXIMUM_LOG_EVENTS = 10_000
"""Events of one call
(https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html)."""


def jobs_table(kind: str) -> Table[Any]:
    """Make the table of a type of jobs.

    Args:
        kind: The type as it stands in ARNs.
    """
    return Table(
        kind,
        missing="Requested resource not found.",
        duplicate="Job name must be unique within an AWS account and region, "
        "and a job with this name already exists ({arn})",
        duplicate_code="ResourceInUse",
    )


def check_instances(cluster: Mapping[str, Any]) -> None:
    """Check that a job asks for one instance: there is one machine.

    Raises:
        ServiceError: It asks for more.
    """
    if cluster.get("InstanceCount", 1) != 1 or "InstanceGroups" in cluster:
        raise ServiceError("UnsupportedOperation", "The emulator runs jobs of one instance.")


class JobError(Exception):
    """Why a job failed, as its FailureReason."""


class Job(ABC):
    """A job: its description, as Describe returns it, and the process that does its work.

    Attributes:
        kind: What the API calls it, such as `TrainingJob`.
        log_group: Where its output goes.
        description: What Describe returns.
        ended: Set when the job has completed, failed or stopped.
    """

    kind: ClassVar[str]
    log_group: ClassVar[str]
    table: ClassVar["Table[Any]"]

    def __init__(self, request: Request) -> None:
        """Take up a job.

        Args:
            request: The request that creates it.
        """
        self.name: str = request.parameters[f"{self.kind}Name"]
        self.arn = self.table.arn(request, self.name)
        self.ended = threading.Event()
        self._region = request.region
        self._stopping = threading.Event()
        self._container: Container | None = None
        self._credentials: dict[str, Any] = {}
        now = time.time()
        self.description: dict[str, Any] = {
            **{key: value for key, value in request.parameters.items() if key != "Tags"},
            f"{self.kind}Arn": self.arn,
            f"{self.kind}Status": "InProgress",
            "CreationTime": now,
            "LastModifiedTime": now,
        }

    @classmethod
    @abstractmethod
    def check(cls, given: Mapping[str, Any]) -> None:
        """Check what a request wants before a job comes of it.

        Args:
            given: The parameters of the request.

        Raises:
            ServiceError: SageMaker refuses it, or only SageMaker can do it.
        """

    @property
    @abstractmethod
    def image(self) -> str:
        """URI of the container image."""

    @property
    @abstractmethod
    def kms_key(self) -> str | None:
        """Key for what the job writes."""

    @abstractmethod
    def work(self, container: Container, storage: Storage) -> dict[str, Any]:
        """Do the job.

        Returns:
            What the description gains.

        Raises:
            JobError: The job's own code failed.
            ArtifactError: An archive is unusable.
            ContainerError: The container cannot be started.
            StorageError: The job's data cannot be read or written.
        """

    @property
    def status(self) -> str:
        """InProgress, Stopping, Stopped, Completed or Failed."""
        return str(self.description[f"{self.kind}Status"])

    def described(self) -> dict[str, Any]:
        """What Describe returns."""
        return self.description

    def start(self) -> None:
        """Begin in the background."""
        track_job(self.arn, self.kind, self.description)
        threading.Thread(target=self._run, name=self.arn, daemon=True).start()

    def stop(self) -> None:
        """Ask the job to stop, which it does in the background. Safe to repeat."""
        if self.ended.is_set():
            return
        self._stopping.set()
        self._update({f"{self.kind}Status": "Stopping"})
        if self._container is not None:
            self._container.stop()

    def run_container(
        self, container: Container, command: list[str], variables: Mapping[str, str], directory: str = BASE
    ) -> None:
        """Run the job's process to its end, within the job's time.

        Raises:
            JobError: It did not end with exit code 0; with what it wrote last.
        """
        own = credentials.environment(self._credentials, self._region)
        container.start(command, {**own, **variables}, container.path(directory))
        code = container.wait(self.description.get("StoppingCondition", {}).get("MaxRuntimeInSeconds"))
        if code is None:
            self._stopping.set()
            raise JobError("The job was stopped, or reached its maximum runtime.")
        if code != 0:
            message = self._own_message(container) or container.last_lines()
            raise JobError(f"AlgorithmError: {message}, exit code: {code}")

    def _own_message(self, container: Container) -> str:
        """What the job's code left as the reason of its failure."""
        file = container.path(f"{BASE}/output/failure")
        return file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else ""

    def _run(self) -> None:
        folder = state.folder("sagemaker", self.table.kind, secrets.token_hex(6))
        try:
            outcome = self._outcome(folder)
        except Exception as error:
            outcome = {f"{self.kind}Status": "Failed", "FailureReason": f"InternalServerError: {error!r}"}
        shutil.rmtree(folder, ignore_errors=True)
        track_job(self.arn, self.kind, {**self.description, **outcome})
        self._update(outcome)
        self.ended.set()

    def _outcome(self, folder: Path) -> dict[str, Any]:
        prefix = self.kind.removesuffix("Job")
        outcome: dict[str, Any] = {f"{prefix}StartTime": time.time()}
        try:
            role_arn = self.description["RoleArn"]
            self._credentials = credentials.service_role_credentials(role_arn, PRINCIPAL, "SageMaker")
            check_image_pull(role_arn, self.image, self._region)
            self._container = container = container_of(self.image, folder)
            if self._stopping.is_set():
                container.stop()
            gained = self.work(
                container, Storage(credentials.client("s3", self._credentials, self._region), self.kms_key)
            )
            outcome |= gained | {f"{self.kind}Status": "Completed"}
        except (JobError, ArtifactError, ContainerError, StorageError) as error:
            outcome |= {f"{self.kind}Status": "Failed", "FailureReason": str(error)[:FAILURE_REASON_LENGTH]}
        except ServiceError as error:
            outcome |= {f"{self.kind}Status": "Failed", "FailureReason": f"ClientError: {error}"}
        if self._stopping.is_set():
            outcome |= {f"{self.kind}Status": "Stopped"}
            outcome.pop("FailureReason", None)
        self._write_log()
        return outcome | {f"{prefix}EndTime": time.time()}

    def _update(self, changes: Mapping[str, Any]) -> None:
        self.description = {**self.description, **changes, "LastModifiedTime": time.time()}

    def _write_log(self) -> None:
        """Write the container's output to CloudWatch Logs; a role that may not loses the log, not the job."""
        if self._container is None or not self._container.log.exists():
            return
        logs = credentials.client("logs", self._credentials, self._region)
        stream = f"{self.name}/{HOST}-{int(time.time())}"
        now = int(time.time() * 1000)
        lines = self._container.log.read_text(encoding="utf-8", errors="replace").splitlines()
        try:
            with suppress(logs.exceptions.ResourceAlreadyExistsException):
                logs.create_log_group(logGroupName=self.log_group)
            logs.create_log_stream(logGroupName=self.log_group, logStreamName=stream)
            events = [{"timestamp": now, "message": line} for line in lines if line.strip()]
            for start in range(0, len(events), MAXIMUM_LOG_EVENTS):
                logs.put_log_events(
                    logGroupName=self.log_group,
                    logStreamName=stream,
                    logEvents=events[start : start + MAXIMUM_LOG_EVENTS],
                )
        except ClientError:
            return
