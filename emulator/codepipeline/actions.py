"""What the actions of a pipeline do, each on the credentials of the role that the definition names.

Reference: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.codebuild import service as codebuild
from emulator.codecommit.repositories import RepositoryName, find
from emulator.codepipeline.artifact_store import ArtifactStore, Location
from emulator.core import archives, authorization
from emulator.iam import credentials


class ActionFailedError(Exception):
    """An action that did not succeed."""

    def __init__(self, message: str, code: str = "JobFailed") -> None:
        """Say why.

        Args:
            message: What the person who looks at the pipeline reads.
            code: CodePipeline's code, such as `ConfigurationError`.
        """
        super().__init__(message)
        self.code = code


class ActionAbandonedError(Exception):
    """The execution was stopped while the action ran."""


@dataclass(kw_only=True)
class ActionResult:
    """What an action leaves behind.

    Attributes:
        variables: Output variables, for later actions to use by the action's namespace.
        summary: What the person who looks at the pipeline reads.
        revision: Of a source action: the revision, and its summary.
    """

    variables: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    revision: tuple[str, str] | None = None


@dataclass(kw_only=True)
class ActionRun:
    """One action while it runs.

    Attributes:
        pipeline: Name of the pipeline.
        definition: The action, as in the pipeline's definition.
        configuration: Its configuration, with every variable resolved.
        credentials: Temporary credentials of the role it acts on.
        account: Account of that role.
        region: Region it acts in.
        store: The artifact store, as in the pipeline's definition.
        inputs: Where its input artifacts are.
        outputs: Where its output artifacts go.
        revisions: Of the artifacts that source actions gave, the revision.
        abandoned: Says whether the execution does without the action.
        tell: Takes what others can see while it runs: an id and a URL outside of CodePipeline.
    """

    pipeline: str
    definition: Mapping[str, Any]
    configuration: Mapping[str, str]
    credentials: dict[str, Any]
    account: str
    region: str
    store: Mapping[str, Any]
    inputs: Mapping[str, Location]
    outputs: Mapping[str, Location]
    revisions: Mapping[str, str]
    abandoned: Callable[[], bool]
    tell: Callable[[str, str], None]

    def client(self, service: str) -> Any:
        """Return a client that acts as the action's role."""
        return credentials.client(service, self.credentials, self.region)

    def require(self, name: str) -> str:
        """Return a configuration value that the action cannot do without."""
        if name not in self.configuration:
            raise ActionFailedError(f"The action's configuration lacks {name}", "ConfigurationError")
        return self.configuration[name]

    def put(self, name: str, content: bytes) -> None:
        """Write an output artifact."""
        self._artifacts().write(self.outputs[name], content, self.encryption_key)

    def read(self, path: str) -> bytes:
        """Read a file of an input artifact, given as `Artifact::path/in/it`."""
        artifact, _, name = path.partition("::")
        if artifact not in self.inputs:
            raise ActionFailedError(
                f"{path}: {artifact} is no input artifact of the action", "ConfigurationError"
            )
        files = archives.read(self._artifacts().read(self.inputs[artifact]))
        if name not in files:
            raise ActionFailedError(f"File [{name}] does not exist in artifact [{artifact}]")
        return files[name]

    @property
    def encryption_key(self) -> str | None:
        """The key of the artifact store, if it names one."""
        key = self.store.get("encryptionKey")
        return str(key["id"]) if key else None

    def _artifacts(self) -> ArtifactStore:
        return ArtifactStore(credentials=self.credentials, account=self.account, region=self.region)

    def pause(self, seconds: float) -> None:
        """Wait a moment."""
        self.check_abandoned()
        time.sleep(seconds)

    def check_abandoned(self) -> None:
        """Give up if the execution has been; what the action started runs on, as it does on AWS."""
        if self.abandoned():
            raise ActionAbandonedError


def run_codecommit_source(run: ActionRun) -> ActionResult:
    """Take the newest commit of a branch.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
    """
    name, branch = run.require("RepositoryName"), run.require("BranchName")
    client = run.client("codecommit")
    tip = client.get_branch(repositoryName=name, branchName=branch)["branch"]["commitId"]
    commit = client.get_commit(repositoryName=name, commitId=tip)["commit"]
    repository = find(RepositoryName(run.account, run.region, name))
    _check_permission(run, "codecommit:UploadArchive", repository.name.arn)
    for artifact in run.outputs:
        run.put(artifact, repository.git.archive(commit["commitId"]))
    message = commit["message"].strip()
    return ActionResult(
        variables={
            "AuthorDate": commit["author"]["date"],
            "BranchName": branch,
            "CommitId": commit["commitId"],
            "CommitMessage": message,
            "CommitterDate": commit["committer"]["date"],
            "RepositoryName": name,
        },
        summary=message,
        revision=(commit["commitId"], message),
    )


def run_connection_source(run: ActionRun) -> ActionResult:
    """Refuse: a repository behind a connection is not on this machine."""
    repository = run.require("FullRepositoryId")
    raise ActionFailedError(
        "The emulator does not offer a source behind AWS CodeConnections: "
        f"{repository} is not on this machine. "
        "Set repository.provider in catalog.yaml to codecommit to rehearse.",
        "ConfigurationError",
    )


def run_codebuild(run: ActionRun) -> ActionResult:
    """Run a build and wait for it.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    ((artifact, source),) = run.inputs.items()
    client = run.client("codebuild")
    revision = run.revisions.get(artifact, "")
    codebuild.act_for_pipeline(run.credentials["AccessKeyId"], run.pipeline, revision)
    key = run.encryption_key
    build_id = client.start_build(
        projectName=run.require("ProjectName"),
        sourceVersion=source.arn,
        secondaryArtifactsOverride=[
            {"type": "CODEPIPELINE", "artifactIdentifier": name, "location": to.bucket, "path": to.key}
            for name, to in run.outputs.items()
        ],
        environmentVariablesOverride=json.loads(run.configuration.get("EnvironmentVariables", "[]")),
        **({"encryptionKeyOverride": key} if key else {}),
    )["build"]["id"]
    run.tell(build_id, f"https://{run.region}.console.aws.amazon.com/codesuite/codebuild/build/{build_id}")
    while not codebuild.wait(build_id, run.account, run.region, 0.5):
        run.check_abandoned()
    build = client.batch_get_builds(ids=[build_id])["builds"][0]
    if build["buildStatus"] != "SUCCEEDED":
        raise ActionFailedError(_build_failure(build))
    return ActionResult(
        variables={each["name"]: each["value"] for each in build["exportedEnvironmentVariables"]}
    )


def _check_permission(run: ActionRun, action: str, resource: str) -> None:
    """Check an action that IAM knows and no API offers."""
    principal = authorization.principal_of_key(run.credentials["AccessKeyId"], run.account)
    reason = authorization.refusal(principal, action, resource, region=run.region)
    if reason:
        raise ActionFailedError(reason, "PermissionError")


def _build_failure(build: Mapping[str, Any]) -> str:
    """Say which phase of a build failed, and why, as CodePipeline does."""
    sentence = f"Build terminated with state: {build['buildStatus']}."
    for phase in build["phases"]:
        for context in phase.get("contexts", []):
            return (
                f"{sentence} Phase: {phase['phaseType']}, Code: {context['statusCode']}, "
                f"Message: {context['message']}"
            )
    return sentence
