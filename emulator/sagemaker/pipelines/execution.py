"""Executions of SageMaker pipelines, step by step, with the credentials of the pipeline's role.

A job step creates its job through the emulator's own endpoint, so that the role needs the rights it needs
on AWS: the operation, `iam:PassRole` for the job's role, `sagemaker:AddTags` for the tags that Pipelines
puts on its jobs. Independent steps run at the same time; after a failure none is started any more.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from typing import Any, ClassVar

from botocore.exceptions import ClientError, ParamValidationError

from emulator.core.service import ServiceError
from emulator.core.switches import feared
from emulator.iam import credentials
from emulator.sagemaker.jobs.containers import FAILURE_REASON_LENGTH
from emulator.sagemaker.jobs.job import Job
from emulator.sagemaker.jobs.jobs import job_at
from emulator.sagemaker.pipelines.cache import CachedStep
from emulator.sagemaker.pipelines.definition import Step
from emulator.sagemaker.pipelines.expressions import DefinitionError, Values
from emulator.sagemaker.pipelines.plan import Plan, StepError, StepStopped, by_name, operation_of
from emulator.sagemaker.registry.versions import version_at
from emulator.sagemaker.service import PRINCIPAL
from emulator.sagemaker.storage import Location, Storage, StorageError

MAXIMUM_PARALLEL_STEPS = 4


class Execution:
    """An execution of a pipeline.

    Attributes:
        arn: Its ARN.
        status: Executing, Stopping, Stopped, Failed or Succeeded.
        failure_reason: Why it failed, if it did.
        ended: Set when it has ended.
    """

    def __init__(self, plan: Plan) -> None:
        """Prepare an execution.

        Args:
            plan: What it is to do.
        """
        self.plan = plan
        self.id = secrets.token_hex(6)
        self.arn = f"{plan.pipeline_arn}/execution/{self.id}"
        self.status = "Executing"
        self.failure_reason: str | None = None
        self.created = self.modified = time.time()
        self.ended = threading.Event()
        self._lock = threading.RLock()
        self._records: dict[str, dict[str, Any]] = {}
        self._outcomes: dict[str, str] = {}
        self._conditions: dict[str, bool] = {}
        self._jobs: dict[str, Job] = {}

    def start(self) -> None:
        """Begin in the background."""
        threading.Thread(target=self._run, name=self.arn, daemon=True).start()

    def stop(self) -> None:
        """Stop the running jobs and start no more steps. Safe to repeat."""
        with self._lock:
            if self.ended.is_set():
                return
            self.status = "Stopping"
            jobs = list(self._jobs.values())
        for job in jobs:
            job.stop()

    def steps(self) -> list[dict[str, Any]]:
        """The steps that have been started, as ListPipelineExecutionSteps answers them, oldest first."""
        with self._lock:
            return [dict(record) for record in self._records.values()]

    # The order of steps.

    def _run(self) -> None:
        try:
            self._connect()
            self._run_steps()
        except ServiceError as error:
            self._finish("Failed", f"ClientError: {error}")
        except Exception as error:
            self._finish("Failed", f"InternalServerError: {error!r}")
        else:
            if self.status != "Stopping" and "Failed" in self._outcomes.values():
                self._finish("Failed", "Step failure: One or multiple steps failed.")
            else:
                self._finish("Stopped" if self._halted() else "Succeeded")

    def _connect(self) -> None:
        role = credentials.service_role_credentials(self.plan.role_arn, PRINCIPAL, "SageMaker")
        self._sagemaker = credentials.client("sagemaker", role, self.plan.region)
        self._storage = Storage(credentials.client("s3", role, self.plan.region))
        started = datetime.fromtimestamp(self.created, UTC).isoformat(timespec="milliseconds")
        self._values = Values(
            parameters=self.plan.parameters,
            execution={
                "PipelineName": self.plan.pipeline_name,
                "PipelineArn": self.plan.pipeline_arn,
                "PipelineExecutionId": self.id,
                "PipelineExecutionArn": self.arn,
                "StartDateTime": started,
                "CurrentDateTime": started,
            },
            read_property_file=self._read_property_file,
            read_json=self._read_json,
        )

    def _run_steps(self) -> None:
        waiting = dict(self.plan.definition.steps)
        running: dict[Future[str], str] = {}
        with ThreadPoolExecutor(self.plan.parallel_steps) as pool:
            while True:
                for step in self._ready(waiting):
                    if not self._wanted(step):
                        self._outcomes[waiting.pop(step.name).name] = "NotExecuted"
                    elif not self._halted() and len(running) < self.plan.parallel_steps:
                        running[pool.submit(self._run_step, waiting.pop(step.name))] = step.name
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                self._outcomes |= {running.pop(future): future.result() for future in done}

    def _ready(self, waiting: Mapping[str, Step]) -> Iterator[Step]:
        """Steps whose dependencies have ended, in an order that lets skipping go on in one pass."""
        for step in list(waiting.values()):
            if step.depends_on <= set(self._outcomes):
                yield step

    def _wanted(self, step: Step) -> bool:
        if step.branch is not None and self._conditions.get(step.branch.condition) is not step.branch.outcome:
            return False
        return all(self._outcomes[name] == "Succeeded" for name in step.depends_on)

    def _halted(self) -> bool:
        return self.status == "Stopping" or not {"Failed", "Stopped"}.isdisjoint(self._outcomes.values())

    def _finish(self, status: str, reason: str | None = None) -> None:
        with self._lock:
            self.status = status
            self.failure_reason = reason[:FAILURE_REASON_LENGTH] if reason else None
            self.modified = time.time()
            self.ended.set()

    # One step.

    def _run_step(self, step: Step) -> str:
        with self._lock:
            record: dict[str, Any] = {
                "StepName": step.name,
                "StartTime": time.time(),
                "StepStatus": "Executing",
                "AttemptCount": 1,
            }
            optional = {"StepDisplayName": step.display_name, "StepDescription": step.description}
            self._records[step.name] = record | {key: value for key, value in optional.items() if value}
        outcome, reason = "Succeeded", None
        try:
            self._RUNNERS[step.type](self, step)
        except StepStopped:
            outcome = "Stopped"
        except (StepError, DefinitionError, StorageError) as error:
            outcome, reason = "Failed", str(error)
        except (ClientError, ParamValidationError) as error:
            outcome, reason = (
                "Failed",
                f"ClientError: Failed to invoke {operation_of(step)}. Error Details: {error}",
            )
        except Exception as error:
            outcome, reason = "Failed", f"InternalServerError: {error!r}"
        ended = {"StepStatus": outcome, "EndTime": time.time()}
        self._note(step, **ended, **({"FailureReason": reason[:FAILURE_REASON_LENGTH]} if reason else {}))
        return outcome

    def _note(self, step: Step, **fields: Any) -> None:
        with self._lock:
            self._records[step.name] |= fields
            self.modified = time.time()

    def _succeed(self, step: Step, metadata: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
        self._note(step, Metadata=metadata)
        self._values.properties[step.name] = properties

    def _run_job(self, step: Step) -> None:
        kind = f"{step.type}Job"
        arguments = self._values.resolve(step.arguments)
        if cached := self.plan.cache.find(step, arguments):
            self._note(step, CacheHitResult={"SourcePipelineExecutionArn": cached.execution_arn})
            self._succeed(step, cached.metadata, cached.properties)
            return
        name = f"pipelines-{self.id}-{step.name[:30]}-{secrets.token_hex(5)}"
        tags = [
            *arguments.get("Tags", []),
            {"Key": "sagemaker:pipeline-execution-arn", "Value": self.arn},
            {"Key": "sagemaker:pipeline-step-name", "Value": step.name},
        ]
        create: Callable[..., dict[str, Any]] = getattr(self._sagemaker, f"create_{step.type.lower()}_job")
        job_arn = create(**{"RoleArn": self.plan.role_arn, **arguments, f"{kind}Name": name, "Tags": tags})[
            f"{kind}Arn"
        ]
        metadata = {kind: {"Arn": job_arn}}
        self._note(step, Metadata=metadata)
        job = job_at(job_arn)
        with self._lock:
            self._jobs[step.name] = job
            if self.status == "Stopping":
                job.stop()
        job.ended.wait()
        if job.status == "Stopped":
            raise StepStopped
        if job.status != "Completed":
            raise StepError(job.described()["FailureReason"])
        properties = by_name(job.described())
        self.plan.cache.keep(step, arguments, CachedStep(time.time(), self.arn, metadata, properties))
        self._succeed(step, metadata, properties)

    def _run_condition(self, step: Step) -> None:
        outcome = all(self._values.is_met(condition) for condition in step.arguments["Conditions"])
        self._conditions[step.name] = outcome
        self._succeed(step, {"Condition": {"Outcome": str(outcome)}}, {"Outcome": outcome})

    def _run_fail(self, step: Step) -> None:
        message = str(self._values.resolve(step.arguments["ErrorMessage"]))
        self._note(step, Metadata={"Fail": {"ErrorMessage": message}})
        raise StepError(message)

    def _run_register_model(self, step: Step) -> None:
        arguments = self._values.resolve(step.arguments)
        if feared("group-asked-by-pipelines") and not arguments["ModelPackageGroupName"].startswith("arn:"):
            self._ask_for_group(arguments["ModelPackageGroupName"])
        version_arn = self._sagemaker.create_model_package(**arguments)["ModelPackageArn"]
        self._succeed(step, {"RegisterModel": {"Arn": version_arn}}, version_at(version_arn))

    def _ask_for_group(self, name: str) -> None:
        """Create a group, which exists already as a rule."""
        try:
            self._sagemaker.create_model_package_group(ModelPackageGroupName=name)
        except ClientError as error:
            if "already exists" not in str(error):
                raise

    def _run_model(self, step: Step) -> None:
        arguments = self._values.resolve(step.arguments)
        name = f"pipelines-{self.id}-{step.name[:30]}-{secrets.token_hex(5)}"
        model_arn = self._sagemaker.create_model(
            **{"ExecutionRoleArn": self.plan.role_arn, "ModelName": name, **arguments}
        )["ModelArn"]
        properties = {**arguments, "ModelName": model_arn.rpartition("/")[2], "ModelArn": model_arn}
        self._succeed(step, {"Model": {"Arn": model_arn}}, properties)

    _RUNNERS: ClassVar[Mapping[str, Callable[["Execution", Step], None]]] = {
        "Processing": _run_job,
        "Training": _run_job,
        "Condition": _run_condition,
        "Fail": _run_fail,
        "RegisterModel": _run_register_model,
        "Model": _run_model,
    }

    # What expressions read.

    def _read_property_file(self, step_name: str, file_name: str) -> Any:
        file = self.plan.definition.steps[step_name].property_files[file_name]
        outputs = self._values.properties[step_name]["ProcessingOutputConfig"]["Outputs"]
        if file.output_name not in outputs:
            raise DefinitionError(f"Step {step_name} has no output {file.output_name}.")
        folder = Location.parse(outputs[file.output_name]["S3Output"]["S3Uri"])
        return self._read_json(folder.below(file.file_path).uri)

    def _read_json(self, uri: str) -> Any:
        try:
            return json.loads(self._storage.read(uri))
        except ValueError as error:
            raise DefinitionError(f"{uri} is not JSON: {error}.") from None
