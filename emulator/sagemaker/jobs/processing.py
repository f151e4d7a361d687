"""Processing jobs: a container that turns files into files.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html.
"""

import json
from collections.abc import Mapping
from typing import Any

from emulator.core.service import ServiceError
from emulator.sagemaker.jobs.containers import BASE, FAILURE_REASON_LENGTH, Container, ContainerError
from emulator.sagemaker.jobs.job import HOST, Job, check_instances, jobs_table
from emulator.sagemaker.storage import Storage

PROCESSING_BASE = f"{BASE}/processing"


class ProcessingJob(Job):
    """A processing job."""

    kind = "ProcessingJob"
    log_group = "/aws/sagemaker/ProcessingJobs"
    table = jobs_table("processing-job")

    @classmethod
    def check(cls, given: Mapping[str, Any]) -> None:
        """Check a request: it reads and writes S3, below `/opt/ml/processing`."""
        check_instances(given["ProcessingResources"]["ClusterConfig"])
        outputs = given.get("ProcessingOutputConfig", {}).get("Outputs", [])
        places = [each.get("S3Input") for each in given.get("ProcessingInputs", [])]
        places += [each.get("S3Output") for each in outputs]
        for place in places:
            if place is None:
                raise ServiceError(
                    "UnsupportedOperation", "The emulator's processing jobs read and write S3 only."
                )
            path = place.get("LocalPath", "")
            if not f"{path}/".startswith(f"{PROCESSING_BASE}/"):
                raise ServiceError(
                    "ValidationException",
                    f"LocalPath {path} must be {PROCESSING_BASE} or a folder below it.",
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
        output_config = self.description.get("ProcessingOutputConfig", {})
        outputs = [each["S3Output"] for each in output_config.get("Outputs", [])]
        for output in outputs:
            container.path(output["LocalPath"]).mkdir(parents=True, exist_ok=True)
        self._write_configuration(container)
        application = self.description["AppSpecification"]
        command = [*application.get("ContainerEntrypoint", []), *application.get("ContainerArguments", [])]
        if not command:
            raise ContainerError(
                "The emulator runs processing containers by their ContainerEntrypoint; none is given."
            )
        self.run_container(container, command, self.description.get("Environment", {}))
        for output in outputs:
            storage.upload(container.path(output["LocalPath"]), output["S3Uri"])
        message = container.path(f"{BASE}/output/message")
        if not message.is_file():
            return {}
        text = message.read_text(encoding="utf-8", errors="replace")
        return {"ExitMessage": text[:FAILURE_REASON_LENGTH]}

    def _write_configuration(self, container: Container) -> None:
        files = {
            "processingjobconfig.json": self.description,
            "resourceconfig.json": {"current_host": HOST, "hosts": [HOST]},
        }
        for folder in ("config", "output"):
            container.path(f"{BASE}/{folder}").mkdir()
        for name, content in files.items():
            (container.path(f"{BASE}/config") / name).write_text(json.dumps(content), encoding="utf-8")
