"""Training jobs, and script mode: how a framework image runs a team's script.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
for the folder, and https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md
for the variables.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.core.service import ServiceError
from emulator.sagemaker.artifacts import pack, unpack
from emulator.sagemaker.jobs.containers import BASE, Container, ContainerError
from emulator.sagemaker.jobs.job import HOST, Job, check_instances, jobs_table
from emulator.sagemaker.storage import Storage

INPUT = f"{BASE}/input"
MODEL = f"{BASE}/model"
OUTPUT = f"{BASE}/output"
CODE = f"{BASE}/code"


class TrainingJob(Job):
    """A training job."""

    kind = "TrainingJob"
    log_group = "/aws/sagemaker/TrainingJobs"
    table = jobs_table("training-job")

    @classmethod
    def check(cls, given: Mapping[str, Any]) -> None:
        """Check a request: its channels are read from S3."""
        check_instances(given["ResourceConfig"])
        if any("S3DataSource" not in channel["DataSource"] for channel in given.get("InputDataConfig", [])):
            raise ServiceError("UnsupportedOperation", "The emulator's training jobs read S3 only.")

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
        _write_configuration(container, self.description)
        for channel in self.description.get("InputDataConfig", []):
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            storage.download(uri, container.path(f"{INPUT}/data/{channel['ChannelName']}"))
        script = _prepare_script(container, self.description, storage)
        variables = {
            **self.description.get("Environment", {}),
            **script.variables,
            "TRAINING_JOB_NAME": self.name,
            "TRAINING_JOB_ARN": self.arn,
        }
        self.run_container(container, script.command, variables, script.directory)
        output = f"{self.description['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{self.name}/output"
        uploads = {"model.tar.gz": MODEL, "output.tar.gz": f"{OUTPUT}/data"}
        for name, folder in uploads.items():
            if name == "model.tar.gz" or any(container.path(folder).iterdir()):
                pack(container.path(folder), container.folder / name)
                storage.upload(container.folder / name, f"{output}/{name}")
        return {"ModelArtifacts": {"S3ModelArtifacts": f"{output}/model.tar.gz"}}

    def described(self) -> dict[str, Any]:
        """What DescribeTrainingJob answers."""
        status = "Training" if self.status == "InProgress" else self.status
        return {**self.description, "SecondaryStatus": status}


@dataclass(frozen=True)
class _Script:
    """A command with its variables and working directory.

    Attributes:
        directory: Where it runs, as a path within the container.
    """

    command: list[str]
    variables: dict[str, str]
    directory: str


def _write_configuration(container: Container, job: Mapping[str, Any]) -> None:
    """Lay out the folders of a training container and write its configuration files.

    Args:
        container: The container.
        job: The parameters of CreateTrainingJob.
    """
    resources = job["ResourceConfig"]
    channels = {
        channel["ChannelName"]: {
            "TrainingInputMode": "File",
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": "None",
        }
        | ({"ContentType": channel["ContentType"]} if "ContentType" in channel else {})
        for channel in job.get("InputDataConfig", [])
    }
    files = {
        "hyperparameters.json": job.get("HyperParameters", {}),
        "inputdataconfig.json": channels,
        "resourceconfig.json": {
            "current_host": HOST,
            "hosts": [HOST],
            "current_instance_type": resources.get("InstanceType"),
            "current_group_name": "homogeneousCluster",
            "network_interface_name": "lo",
        },
    }
    for folder in (MODEL, f"{OUTPUT}/data", CODE, f"{INPUT}/config", f"{INPUT}/data"):
        container.path(folder).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (container.path(f"{INPUT}/config") / name).write_text(json.dumps(content), encoding="utf-8")


def _prepare_script(container: Container, job: Mapping[str, Any], storage: Storage) -> _Script:
    """Find out what the container runs: its own entry point, or a team's script in script mode.

    Args:
        container: The container, with its configuration written.
        job: The parameters of CreateTrainingJob.
        storage: S3 with the job's role.

    Raises:
        ContainerError: The image is asked to run its built-in algorithm, or the source is unusable.
        StorageError: The source cannot be read.
    """
    specification = job["AlgorithmSpecification"]
    if entrypoint := specification.get("ContainerEntrypoint"):
        return _Script([*entrypoint, *specification.get("ContainerArguments", [])], {}, BASE)
    if container.own is not None:
        return _Script([*container.own.entrypoint, "train"], {}, container.own.directory)
    hyperparameters = {name: _decoded(value) for name, value in job.get("HyperParameters", {}).items()}
    source = hyperparameters.get("sagemaker_submit_directory")
    program = hyperparameters.get("sagemaker_program")
    if not source or not program:
        raise ContainerError(
            "The emulator trains in script mode: give the hyperparameters sagemaker_program and "
            "sagemaker_submit_directory, or a ContainerEntrypoint."
        )
    _extract_source(container, str(source), storage)
    own = {name: value for name, value in hyperparameters.items() if not name.startswith("sagemaker_")}
    arguments = [part for name, value in own.items() for part in (f"--{name}", _argument(value))]
    channels = [channel["ChannelName"] for channel in job.get("InputDataConfig", [])]
    return _Script(
        ["python3", str(container.program("train")), Path(str(program)).stem, *arguments],
        {
            "SM_MODEL_DIR": MODEL,
            "SM_OUTPUT_DIR": OUTPUT,
            "SM_OUTPUT_DATA_DIR": f"{OUTPUT}/data",
            "SM_INPUT_DIR": INPUT,
            "SM_INPUT_CONFIG_DIR": f"{INPUT}/config",
            "SM_MODULE_DIR": str(source),
            "SM_MODULE_NAME": Path(str(program)).stem,
            "SM_CURRENT_HOST": HOST,
            "SM_HOSTS": json.dumps([HOST]),
            "SM_NUM_CPUS": str(os.cpu_count()),
            "SM_NUM_GPUS": "0",
            "SM_USER_ARGS": json.dumps(arguments),
            "SM_HPS": json.dumps(own),
            "SM_CHANNELS": json.dumps(sorted(channels)),
        }
        | {f"SM_CHANNEL_{channel.upper()}": f"{INPUT}/data/{channel}" for channel in channels}
        | {f"SM_HP_{name.upper()}": _argument(value) for name, value in own.items()},
        CODE,
    )


def _extract_source(container: Container, source: str, storage: Storage) -> None:
    """Unpack a `sourcedir.tar.gz` into the container's code folder.

    Raises:
        ContainerError: It is not a gzipped tar archive, or it reaches out of its folder.
        StorageError: It cannot be read.
    """
    archive = container.folder / "sourcedir.tar.gz"
    storage.download_object(source, archive)
    unpack(archive, container.path(CODE), source)


def _decoded(value: str) -> Any:
    """A hyperparameter's value; the SDK encodes it as JSON, people often do not."""
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _argument(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
