"""Processing and training jobs, run as processes with the credentials of the job's role.

Sources: the API reference of each operation,
https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html.
"""

import json
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

from rehearsal.emulator import credentials, state
from rehearsal.emulator import sagemaker_training as training
from rehearsal.emulator.sagemaker_containers import (
    BASE,
    FAILURE_REASON_LENGTH,
    Container,
    ContainerError,
    interpreter,
)
from rehearsal.emulator.sagemaker_service import (
    PRINCIPAL,
    check_image_pull,
    check_pass_role,
    check_tagging,
    sagemaker,
)
from rehearsal.emulator.sagemaker_storage import Storage, StorageError
from rehearsal.emulator.sagemaker_store import Table, listed, tags
from rehearsal.emulator.service import Request, ServiceError

PROCESSING_BASE = f"{BASE}/processing"
MAXIMUM_LOG_EVENTS = 10_000
"""Events of one PutLogEvents call."""

_DUPLICATE = (
    "Job name must be unique within an AWS account and region, "
    "and a job with this name already exists ({arn})"
)


class JobError(Exception):
    """Why a job failed, as its FailureReason."""


class Job(ABC):
    """A job: its description, as Describe answers it, and the process that does its work.

    Attributes:
        kind: What the API calls it, such as `TrainingJob`.
        log_group: Where its output goes.
        description: What Describe answers.
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
            ContainerError: The container cannot be started.
            StorageError: The job's data cannot be read or written.
        """

    @property
    def status(self) -> str:
        """InProgress, Stopping, Stopped, Completed or Failed."""
        return str(self.description[f"{self.kind}Status"])

    def described(self) -> dict[str, Any]:
        """What Describe answers."""
        return self.description

    def start(self) -> None:
        """Begin in the background."""
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
        self._update(outcome)
        self.ended.set()

    def _outcome(self, folder: Path) -> dict[str, Any]:
        prefix = self.kind.removesuffix("Job")
        outcome: dict[str, Any] = {f"{prefix}StartTime": time.time()}
        try:
            role_arn = self.description["RoleArn"]
            self._credentials = credentials.service_role_credentials(role_arn, PRINCIPAL, "SageMaker")
            check_image_pull(role_arn, self.image, self._region)
            self._container = container = Container(interpreter(self.image), folder)
            gained = self.work(
                container, Storage(credentials.client("s3", self._credentials, self._region), self.kms_key)
            )
            outcome |= gained | {f"{self.kind}Status": "Completed"}
        except (JobError, ContainerError, StorageError) as error:
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
        stream = f"{self.name}/algo-1-{int(time.time())}"
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


class ProcessingJob(Job):
    """A processing job."""

    kind = "ProcessingJob"
    log_group = "/aws/sagemaker/ProcessingJobs"
    table = Table(
        "processing-job",
        missing="Requested resource not found.",
        duplicate=_DUPLICATE,
        duplicate_code="ResourceInUse",
    )

    @property
    def image(self) -> str:
        """URI of the container image."""
        return str(self.description["AppSpecification"]["ImageUri"])

    @property
    def kms_key(self) -> str | None:
        """Key for what the job writes."""
        key: str | None = self.description.get("ProcessingOutputConfig", {}).get("KmsKeyId")
        return key

    def work(self, container: Container, storage: Storage) -> dict[str, Any]:
        """Copy the inputs, run the command, copy the outputs."""
        for each in self.description.get("ProcessingInputs", []):
            source = each["S3Input"]
            storage.download(source["S3Uri"], container.path(source["LocalPath"]))
        outputs = [
            each["S3Output"] for each in self.description.get("ProcessingOutputConfig", {}).get("Outputs", [])
        ]
        for output in outputs:
            container.path(output["LocalPath"]).mkdir(parents=True, exist_ok=True)
        configuration = container.path(f"{BASE}/config")
        configuration.mkdir(exist_ok=True)
        (configuration / "processingjobconfig.json").write_text(
            json.dumps(self.description), encoding="utf-8"
        )
        (configuration / "resourceconfig.json").write_text(
            json.dumps({"current_host": training.HOST, "hosts": [training.HOST]}), encoding="utf-8"
        )
        container.path(f"{BASE}/output").mkdir(exist_ok=True)
        application = self.description["AppSpecification"]
        command = [*application.get("ContainerEntrypoint", []), *application.get("ContainerArguments", [])]
        if not command:
            raise ContainerError(
                "The emulator runs processing containers by their ContainerEntrypoint; none is given."
            )
        self.run_container(container, command, self.description.get("Environment", {}))
        message = container.path(f"{BASE}/output/message")
        gained = (
            {"ExitMessage": message.read_text(encoding="utf-8", errors="replace")[:FAILURE_REASON_LENGTH]}
            if message.is_file()
            else {}
        )
        for output in outputs:
            storage.upload(container.path(output["LocalPath"]), output["S3Uri"])
        return gained


class TrainingJob(Job):
    """A training job."""

    kind = "TrainingJob"
    log_group = "/aws/sagemaker/TrainingJobs"
    table = Table(
        "training-job",
        missing="Requested resource not found.",
        duplicate=_DUPLICATE,
        duplicate_code="ResourceInUse",
    )

    @property
    def image(self) -> str:
        """URI of the container image."""
        return str(self.description["AlgorithmSpecification"].get("TrainingImage", ""))

    @property
    def kms_key(self) -> str | None:
        """Key for what the job writes."""
        key: str | None = self.description["OutputDataConfig"].get("KmsKeyId")
        return key

    def work(self, container: Container, storage: Storage) -> dict[str, Any]:
        """Copy the channels, run the script, copy the model."""
        training.write_configuration(container, self.description)
        for channel in self.description.get("InputDataConfig", []):
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            storage.download(uri, container.path(f"{training.INPUT}/data/{channel['ChannelName']}"))
        script = training.prepare_script(container, self.description, storage)
        variables = {
            **self.description.get("Environment", {}),
            **script.variables,
            "TRAINING_JOB_NAME": self.name,
            "TRAINING_JOB_ARN": self.arn,
        }
        self.run_container(container, script.command, variables, script.directory)
        output = f"{self.description['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{self.name}/output"
        uploads = {"model.tar.gz": training.MODEL, "output.tar.gz": f"{training.OUTPUT}/data"}
        for name, folder in uploads.items():
            if name == "model.tar.gz" or any(container.path(folder).iterdir()):
                training.pack(container.path(folder), container.folder / name)
                storage.upload(container.folder / name, f"{output}/{name}")
        return {
            "ModelArtifacts": {"S3ModelArtifacts": f"{output}/model.tar.gz"},
            "SecondaryStatus": "Completed",
        }


JOB_TYPES: tuple[type[Job], ...] = (ProcessingJob, TrainingJob)


def job_at(job_arn: str) -> Job:
    """A job of any account.

    Raises:
        ServiceError: There is none.
    """
    _, _, _, region, account, resource = job_arn.split(":", 5)
    kind, _, name = resource.partition("/")
    table = next(each.table for each in JOB_TYPES if each.table.kind == kind)
    job: Job = table.get(account, region, name)
    return job


def _check_processing(given: Mapping[str, Any]) -> None:
    places = [each.get("S3Input") for each in given.get("ProcessingInputs", [])]
    places += [each.get("S3Output") for each in given.get("ProcessingOutputConfig", {}).get("Outputs", [])]
    for place in places:
        if place is None:
            raise ServiceError(
                "UnsupportedOperation", "The emulator's processing jobs read and write S3 only."
            )
        if not f"{place.get('LocalPath', '')}/".startswith(f"{PROCESSING_BASE}/"):
            raise ServiceError(
                "ValidationException",
                f"LocalPath {place.get('LocalPath')} must be {PROCESSING_BASE} or a folder below it.",
            )


def _condition_keys(request: Request) -> dict[str, Any]:
    """Condition keys of CreateProcessingJob and CreateTrainingJob.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html.
    """
    given = request.parameters
    network = {**given, **given.get("NetworkConfig", {})}
    vpc = network.get("VpcConfig", {})
    cluster = given.get("ResourceConfig") or given.get("ProcessingResources", {}).get("ClusterConfig", {})
    output = given.get("OutputDataConfig") or given.get("ProcessingOutputConfig", {})
    keys = {
        "sagemaker:InstanceTypes": [cluster["InstanceType"]] if "InstanceType" in cluster else None,
        "sagemaker:VolumeKmsKey": cluster.get("VolumeKmsKeyId"),
        "sagemaker:OutputKmsKey": output.get("KmsKeyId"),
        "sagemaker:VpcSubnets": vpc.get("Subnets"),
        "sagemaker:VpcSecurityGroupIds": vpc.get("SecurityGroupIds"),
        "sagemaker:NetworkIsolation": network.get("EnableNetworkIsolation"),
        "sagemaker:InterContainerTrafficEncryption": network.get("EnableInterContainerTrafficEncryption"),
        "sagemaker:MaxRuntimeInSeconds": given.get("StoppingCondition", {}).get("MaxRuntimeInSeconds"),
    }
    return {key: value for key, value in keys.items() if value is not None}


def _add_operations(job_type: type[Job]) -> None:
    kind, table = job_type.kind, job_type.table
    resource = table.resource(f"{kind}Name")

    def find(request: Request) -> Job:
        job: Job = table.get(request.account, request.region, request.parameters[f"{kind}Name"])
        return job

    @sagemaker.operation(f"Create{kind}", resource=resource, condition_keys=_condition_keys)
    def create(request: Request) -> dict[str, Any]:
        check_pass_role(request, request.parameters["RoleArn"])
        check_tagging(request, resource(request))
        _check_processing(request.parameters)
        job = table.add(request.account, request.region, request.parameters[f"{kind}Name"], job_type(request))
        tags.put(job.arn, request.parameters.get("Tags", []))
        job.start()
        return {f"{kind}Arn": job.arn}

    @sagemaker.operation(f"Describe{kind}", resource=resource)
    def describe(request: Request) -> dict[str, Any]:
        return find(request).described()

    @sagemaker.operation(f"Stop{kind}", resource=resource)
    def stop(request: Request) -> dict[str, Any]:
        find(request).stop()
        return {}

    @sagemaker.operation(f"List{kind}s")
    def list_all(request: Request) -> dict[str, Any]:
        described = [job.described() for job in table.all(request.account, request.region)]
        found, rest = listed(request, described, name=f"{kind}Name", status=f"{kind}Status")
        prefix = kind.removesuffix("Job")
        kept = (
            f"{kind}Name",
            f"{kind}Arn",
            f"{kind}Status",
            "CreationTime",
            "LastModifiedTime",
            f"{prefix}EndTime",
        )
        return {f"{kind}Summaries": [{key: job[key] for key in kept if key in job} for job in found], **rest}


for _job_type in JOB_TYPES:
    _add_operations(_job_type)
