"""One build: fetch the source, run the buildspec, hand on the artifacts, tell what happened.

Phases and statuses: https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html.
"""

import json
import platform
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from emulator.codebuild.buildspec import PHASES, Buildspec, PhaseName
from emulator.codebuild.failures import PhaseFailedError, explain
from emulator.codebuild.folders import build_folder
from emulator.codebuild.shell import (
    BuildLog,
    BuildStoppedError,
    BuildTimedOutError,
    CommandFailedError,
    Shell,
)
from emulator.codebuild.workspace import Workspace
from emulator.iam import credentials
from emulator.services import events

_ABORTING: tuple[PhaseName, ...] = ("install", "pre_build", "post_build")
"""Phases whose failure ends a build unless they say otherwise; after `build`, `post_build` still runs."""


class Build:
    """A build that runs in a thread of its own; `description` is what BatchGetBuilds answers."""

    def __init__(self, description: dict[str, Any], request: Mapping[str, Any]) -> None:
        """Take a build that has been submitted.

        Args:
            description: The build, which this keeps up to date.
            request: The parameters of StartBuild.
        """
        self.description = description
        self.finished = threading.Event()
        self._request = request
        self._region, self._account = description["arn"].split(":")[3:5]
        self._identifier = description["arn"].rpartition(":")[2]
        self._credentials: dict[str, Any] = {}
        self._stopping = threading.Event()
        self._shell: Shell | None = None
        self._failed = False
        self._log_refusal: str | None = None

    def start(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, name=self.description["id"], daemon=True).start()

    def stop(self) -> None:
        """End the running command; the build becomes STOPPED."""
        self._stopping.set()
        if self._shell is not None:
            self._shell.stop()

    def _run(self) -> None:
        status = "SUCCEEDED"
        try:
            self._tell()
            for name in ("SUBMITTED", "QUEUED"):
                with self._phase(name):
                    pass
            with self._phase("PROVISIONING"):
                self._provision()
            log = BuildLog(self._deliver)
            try:
                self._work(log)
            finally:
                log.close()
            if self._failed:
                status = "FAILED"
        except PhaseFailedError as failure:
            status = failure.status
        except BaseException:
            status = "FAULT"
            raise
        finally:
            self._complete(status)

    def _work(self, log: BuildLog) -> None:
        with build_folder() as folder:
            with self._phase("DOWNLOAD_SOURCE", log):
                workspace = Workspace(
                    folder,
                    description=self.description,
                    request=self._request,
                    role_credentials=self._credentials,
                    region=self._region,
                )
                spec = workspace.fetch()
                workspace.link_caches(spec, log.note)
                variables = workspace.variables(spec)
            self._shell = Shell(
                spec.env.shell,
                directory=workspace.source,
                environment=variables,
                scratch=workspace.scratch,
                log=log,
                seconds=self.description["timeoutInMinutes"] * 60,
            )
            try:
                if all(self._run_phase(spec, name, self._shell, log) for name in PHASES):
                    with self._phase("UPLOAD_ARTIFACTS", log):
                        workspace.upload(spec)
            finally:
                self._shell.close()
                self.description["exportedEnvironmentVariables"] = [
                    {"name": name, "value": self._shell.environment[name]}
                    for name in spec.env.exported_variables
                    if name in self._shell.environment
                ]
                with self._phase("FINALIZING", log):
                    self._check_log()

    def _run_phase(self, spec: Buildspec, name: PhaseName, shell: Shell, log: BuildLog) -> bool:
        """Run the commands of a phase, and say whether the build goes on."""
        phase = spec.phase(name)
        for runtime, version in phase.runtime_versions.items():
            log.note(f"{runtime} {version} is wanted; this machine has Python {platform.python_version()}")
        shell.environment["CODEBUILD_BUILD_SUCCEEDING"] = "0" if self._failed else "1"
        try:
            with self._phase(name.upper(), log):
                try:
                    self._run_commands(phase.commands, shell)
                finally:
                    self._run_commands(phase.finally_, shell)
        except PhaseFailedError as failure:
            if failure.status != "FAILED":
                raise
            self._failed = True
            return (phase.on_failure or ("ABORT" if name in _ABORTING else "CONTINUE")) == "CONTINUE"
        return True

    def _run_commands(self, commands: list[str], shell: Shell) -> None:
        try:
            for command in commands:
                shell.run(command)
        except CommandFailedError as failure:
            raise PhaseFailedError("COMMAND_EXECUTION_ERROR", str(failure)) from None
        except BuildTimedOutError:
            minutes = self.description["timeoutInMinutes"]
            raise PhaseFailedError(
                "BUILD_TIMED_OUT", f"Build has timed out after {minutes} min.", "TIMED_OUT"
            ) from None
        except BuildStoppedError:
            raise PhaseFailedError("BUILD_STOPPED", "The build was stopped.", "STOPPED") from None

    @contextmanager
    def _phase(self, name: str, log: BuildLog | None = None) -> Iterator[None]:
        """Keep the record of a phase, and turn what may go wrong in it into a `PhaseFailedError`."""
        started = time.time()
        phase: dict[str, Any] = {"phaseType": name, "phaseStatus": "IN_PROGRESS", "startTime": started}
        self.description["phases"].append(phase)
        self.description["currentPhase"] = name
        failure: PhaseFailedError | None = None
        try:
            if self._stopping.is_set() and name != "FINALIZING":
                raise BuildStoppedError
            yield
        except Exception as error:
            failure = explain(error)
            if failure is error:
                raise
            raise failure from error
        finally:
            ended = time.time()
            phase["phaseStatus"] = failure.status if failure else "SUCCEEDED"
            phase["contexts"] = [failure.context] if failure else []
            phase["endTime"] = ended
            phase["durationInSeconds"] = round(ended - started)
            if log is not None:
                log.note(f"Phase complete: {name} State: {phase['phaseStatus']}")
                if failure:
                    log.note(f"{failure.context['statusCode']}: {failure.context['message'].splitlines()[0]}")

    def _provision(self) -> None:
        role = self.description["serviceRole"]
        session = f"AWSCodeBuild-{self._identifier}"
        self._credentials = credentials.service_role_credentials(role, "codebuild.amazonaws.com", session)
        logs = self.description["logs"]
        if "groupName" not in logs:
            return
        client = credentials.client("logs", self._credentials, self._region)
        try:
            try:
                client.create_log_stream(logGroupName=logs["groupName"], logStreamName=logs["streamName"])
            except client.exceptions.ResourceNotFoundException:
                client.create_log_group(logGroupName=logs["groupName"])
                client.create_log_stream(logGroupName=logs["groupName"], logStreamName=logs["streamName"])
        except ClientError as error:
            reason = error.response["Error"]["Message"]
            raise PhaseFailedError(
                "ACCESS_DENIED",
                f"Service role {role} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log "
                f"streams for build {self.description['arn']}. Error message: {reason}",
            ) from None

    def _deliver(self, lines: list[str]) -> None:
        """Write lines to CloudWatch Logs, which takes no empty ones."""
        logs = self.description["logs"]
        if "groupName" not in logs or self._log_refusal:
            return
        now = int(time.time() * 1000)
        try:
            credentials.client("logs", self._credentials, self._region).put_log_events(
                logGroupName=logs["groupName"],
                logStreamName=logs["streamName"],
                logEvents=[{"timestamp": now, "message": line or " "} for line in lines],
            )
        except ClientError as error:
            self._log_refusal = str(error)

    def _check_log(self) -> None:
        if self._log_refusal:
            raise PhaseFailedError("ACCESS_DENIED", f"The log could not be written: {self._log_refusal}")

    def _complete(self, status: str) -> None:
        now = time.time()
        self.description["phases"].append({"phaseType": "COMPLETED", "startTime": now})
        self.description |= {
            "buildStatus": status,
            "currentPhase": "COMPLETED",
            "buildComplete": True,
            "endTime": now,
        }
        self._tell()
        self.finished.set()

    def _tell(self) -> None:
        """Send the event that the user guide shows under "Build notifications input format"."""
        described = self.description
        phases = [
            {
                "phase-type": phase["phaseType"],
                "phase-status": phase.get("phaseStatus"),
                "phase-context": [
                    f"{each['statusCode']}: {each['message']}" for each in phase.get("contexts", [])
                ],
            }
            for phase in described["phases"]
        ]
        events.put_service_event(
            self._account,
            self._region,
            "aws.codebuild",
            "CodeBuild Build State Change",
            {
                "build-status": described["buildStatus"],
                "project-name": described["projectName"],
                "build-id": described["arn"],
                "current-phase": described["currentPhase"],
                "current-phase-context": json.dumps(phases[-1]["phase-context"] if phases else []),
                "version": "1",
                "additional-information": {
                    "build-complete": described["buildComplete"],
                    "build-number": described["buildNumber"],
                    "initiator": described["initiator"],
                    "timeout-in-minutes": described["timeoutInMinutes"],
                    "source-version": described["sourceVersion"],
                    "logs": {
                        "group-name": described["logs"].get("groupName"),
                        "stream-name": described["logs"].get("streamName"),
                    },
                    "phases": phases,
                },
            },
            [described["arn"]],
        )
