"""Pipelines really run: on the roles of their definition, through conditions, approvals and accounts."""

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, Statement, allow, policy, trust
from tests.emulator.support_code import kind, source_action, until

PIPELINE_SERVICE = trust(Service="codepipeline.amazonaws.com")
TEMPLATE = {
    "Resources": {
        "Deployed": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Type": "String", "Value": "MODEL"},
        }
    },
    "Outputs": {"Parameter": {"Value": {"Ref": "Deployed"}}},
}


def approval(name: str = "Approve", **configuration: str) -> dict[str, Any]:
    return {"name": name, "actionTypeId": kind("Approval", "Manual"), "configuration": configuration}


@dataclass
class Workshop:
    """What pipelines need around them: a repository, an artifact bucket, a pipeline role, a build project."""

    emulator: Emulator
    name: str
    role: str
    build_role: str
    project: str

    @property
    def codepipeline(self) -> Any:
        return self.emulator.client("codepipeline")

    def source(self) -> dict[str, Any]:
        return {"name": "Source", "actions": [{**source_action(self.name), "name": "Code"}]}

    def build(self, *variables: Mapping[str, str]) -> dict[str, Any]:
        action = {
            "name": "Build",
            "actionTypeId": kind("Build", "CodeBuild"),
            "namespace": "Build",
            "configuration": {"ProjectName": self.project, "EnvironmentVariables": json.dumps(variables)},
            "inputArtifacts": [{"name": "Code"}],
            "outputArtifacts": [{"name": "Templates"}],
        }
        return {"name": "Build", "actions": [action]}

    def definition(self, *stages: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "name": f"pipeline-{uuid.uuid4().hex[:8]}",
            "roleArn": self.role,
            "pipelineType": "V2",
            "artifactStore": {"type": "S3", "location": self.name},
            "stages": stages,
            **more,
        }

    def commit(self, files: Mapping[str, str]) -> str:
        """Commit to the repository and return the commit's id."""
        codecommit = self.emulator.client("codecommit")
        try:
            tip = codecommit.get_branch(repositoryName=self.name, branchName="main")["branch"]["commitId"]
        except ClientError:
            tip = None
        commit: str = codecommit.create_commit(
            repositoryName=self.name,
            branchName="main",
            putFiles=[{"filePath": path, "fileContent": content.encode()} for path, content in files.items()],
            commitMessage="Change",
            **({"parentCommitId": tip} if tip else {}),
        )["commitId"]
        return commit

    def create(self, definition: Mapping[str, Any]) -> str:
        """Create a pipeline and return the id of its first execution."""
        self.codepipeline.create_pipeline(pipeline=definition)
        return str(self.executions(definition)[0]["pipelineExecutionId"])

    def executions(self, definition: Mapping[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.codepipeline.list_pipeline_executions(
            pipelineName=definition["name"]
        )["pipelineExecutionSummaries"]
        return found

    def status(self, definition: Mapping[str, Any], execution: str) -> str:
        found: str = self.codepipeline.get_pipeline_execution(
            pipelineName=definition["name"], pipelineExecutionId=execution
        )["pipelineExecution"]["status"]
        return found

    def end(self, definition: Mapping[str, Any], execution: str) -> str:
        """Wait for an execution to end and return its status."""
        return str(until(lambda: self.status(definition, execution), lambda status: status != "InProgress"))

    def actions(self, definition: Mapping[str, Any], execution: str) -> dict[str, dict[str, Any]]:
        details = self.codepipeline.list_action_executions(
            pipelineName=definition["name"], filter={"pipelineExecutionId": execution}
        )["actionExecutionDetails"]
        return {each["actionName"]: each for each in details}

    def stage(self, definition: Mapping[str, Any], name: str) -> dict[str, Any]:
        states = self.codepipeline.get_pipeline_state(name=definition["name"])["stageStates"]
        return next(each for each in states if each["stageName"] == name)

    def token(self, definition: Mapping[str, Any], stage: str = "Gate", execution: str | None = None) -> str:
        """Wait for an approval to be asked for and return its token."""

        def asked() -> Any:
            state = self.stage(definition, stage)
            if execution and state.get("latestExecution", {}).get("pipelineExecutionId") != execution:
                return None
            return state["actionStates"][0].get("latestExecution", {}).get("token")

        return str(until(asked, bool))

    def decide(
        self, definition: Mapping[str, Any], token: str, status: str = "Approved", **more: Any
    ) -> None:
        more.setdefault("client", self.codepipeline).put_approval_result(
            pipelineName=definition["name"],
            stageName="Gate",
            actionName="Approve",
            token=token,
            result={"status": status, "summary": "Looks right"},
        )


BUILDSPEC = """
version: 0.2
env: {exported-variables: [MODEL, COMMIT]}
phases:
  build:
    commands:
      - test -f template.json
      - export MODEL="$WANTED from $CODEBUILD_INITIATOR" COMMIT="$CODEBUILD_RESOLVED_SOURCE_VERSION"
      - sed -i "s|MODEL|$MODEL|" template.json
artifacts: {files: [template.json]}
"""


@pytest.fixture(scope="module")
def workshop(emulator: Emulator) -> Workshop:
    name = f"workshop-{uuid.uuid4().hex[:8]}"
    emulator.client("codecommit").create_repository(repositoryName=name)
    emulator.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": emulator.region}
    )
    bucket = allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{name}/*")
    build_role = emulator.role(
        bucket,
        allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
        trusting=trust(Service="codebuild.amazonaws.com"),
    )
    emulator.client("codebuild").create_project(
        name=name,
        source={"type": "CODEPIPELINE"},
        artifacts={"type": "CODEPIPELINE"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:8.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=build_role,
    )
    role = emulator.role(*permissions(emulator, name), trusting=PIPELINE_SERVICE)
    workshop = Workshop(emulator, name, role, build_role, name)
    workshop.commit({"buildspec.yml": BUILDSPEC, "template.json": json.dumps(TEMPLATE)})
    return workshop


def permissions(emulator: Emulator, name: str) -> list[Statement]:
    """What the role of a pipeline in the workshop needs."""
    here = f"{emulator.region}:{emulator.development}"
    return [
        allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{name}/*"),
        allow(
            ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:UploadArchive"],
            f"arn:aws:codecommit:{here}:{name}",
        ),
        allow(
            ["codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"],
            f"arn:aws:codebuild:{here}:project/{name}",
        ),
        allow("sts:AssumeRole", f"arn:aws:iam::{emulator.test}:role/deployment-{name}"),
    ]


@pytest.fixture(scope="module")
def deployment(workshop: Workshop) -> Mapping[str, Any]:
    """A CloudFormation action in the test account, and the roles it needs there."""
    emulator, name = workshop.emulator, workshop.name
    emulator.client("s3").put_bucket_policy(
        Bucket=name,
        Policy=policy(
            allow(
                "s3:GetObject",
                f"arn:aws:s3:::{name}/*",
                Principal={"AWS": f"arn:aws:iam::{emulator.test}:root"},
            )
        ),
    )
    service_role = emulator.role(
        allow("ssm:*"),
        account=emulator.test,
        name=f"cloudformation-{name}",
        trusting=trust(Service="cloudformation.amazonaws.com"),
    )
    role = emulator.role(
        allow("s3:GetObject", f"arn:aws:s3:::{name}/*"),
        allow(["cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:DescribeStack*"]),
        allow("iam:PassRole", service_role),
        account=emulator.test,
        name=f"deployment-{name}",
        trusting=trust(AWS=workshop.role),
    )
    return {
        "name": "Deploy",
        "actionTypeId": kind("Deploy", "CloudFormation"),
        "namespace": "Deploy",
        "roleArn": role,
        "inputArtifacts": [{"name": "Templates"}],
        "configuration": {
            "ActionMode": "CREATE_UPDATE",
            "StackName": f"endpoint-{name}",
            "TemplatePath": "Templates::template.json",
            "RoleArn": service_role,
        },
    }


def test_carries_a_commit_to_another_account(workshop: Workshop, deployment: Mapping[str, Any]) -> None:
    definition = workshop.definition(
        workshop.source(),
        workshop.build({"name": "WANTED", "value": "#{variables.Wanted}"}),
        {"name": "Gate", "actions": [approval(CustomData="Deploy #{Build.MODEL} of #{Source.CommitId}?")]},
        {"name": "Deploy", "actions": [deployment]},
        variables=[{"name": "Wanted", "defaultValue": "default"}],
    )
    first = workshop.create(definition)
    assert workshop.executions(definition)[0]["trigger"]["triggerType"] == "CreatePipeline"

    token = workshop.token(definition)
    asked = workshop.actions(definition, first)
    commit = asked["Code"]["output"]["outputVariables"]["CommitId"]
    model = f"default from codepipeline/{definition['name']}"
    question = asked["Approve"]["input"]["resolvedConfiguration"]["CustomData"]
    assert question == f"Deploy {model} of {commit}?"
    workshop.decide(definition, token)

    assert workshop.end(definition, first) == "Succeeded"
    done = workshop.actions(definition, first)
    assert {name: each["status"] for name, each in done.items()} == dict.fromkeys(done, "Succeeded")
    assert done["Build"]["output"]["outputVariables"] == {"MODEL": model, "COMMIT": commit}
    stack_id = done["Deploy"]["output"]["executionResult"]["externalExecutionId"]
    assert stack_id.split(":")[4] == workshop.emulator.test
    parameter = done["Deploy"]["output"]["outputVariables"]["Parameter"]
    ssm = workshop.emulator.client("ssm", account=workshop.emulator.test)
    assert ssm.get_parameter(Name=parameter)["Parameter"]["Value"] == model

    second = workshop.codepipeline.start_pipeline_execution(
        name=definition["name"], variables=[{"name": "Wanted", "value": "newer"}]
    )["pipelineExecutionId"]
    workshop.decide(definition, workshop.token(definition, execution=second))
    assert workshop.end(definition, second) == "Succeeded"
    assert ssm.get_parameter(Name=parameter)["Parameter"]["Value"].startswith("newer from")


@pytest.mark.parametrize(
    ("missing", "action", "sentence"),
    [
        pytest.param(
            "codecommit:GetBranch", "Code", "codecommit:GetBranch on resource: arn", id="read the branch"
        ),
        pytest.param("codecommit:UploadArchive", "Code", "codecommit:UploadArchive", id="archive the code"),
        pytest.param("s3:PutObject", "Code", "s3:PutObject", id="write the artifact"),
        pytest.param("codebuild:StartBuild", "Build", "codebuild:StartBuild", id="start a build"),
        pytest.param("codebuild:BatchGetBuilds", "Build", "codebuild:BatchGetBuilds", id="look at a build"),
        pytest.param(
            "sts:AssumeRole", "Deploy", "sts:AssumeRole with an explicit deny", id="cross to the account"
        ),
    ],
)
def test_fails_without_a_permission_of_its_role(
    missing: str, action: str, sentence: str, workshop: Workshop, deployment: Mapping[str, Any]
) -> None:
    denied = {"Effect": "Deny", "Action": missing, "Resource": "*"}
    role = workshop.emulator.role(
        *permissions(workshop.emulator, workshop.name), denied, trusting=PIPELINE_SERVICE
    )
    role_name = deployment["roleArn"].rpartition("/")[2]
    workshop.emulator.client("iam", account=workshop.emulator.test).update_assume_role_policy(
        RoleName=role_name, PolicyDocument=trust(AWS=[workshop.role, role])
    )
    definition = workshop.definition(
        workshop.source(), workshop.build(), {"name": "Deploy", "actions": [deployment]}, roleArn=role
    )

    execution = workshop.create(definition)

    assert workshop.end(definition, execution) == "Failed"
    error = workshop.actions(definition, execution)[action]["output"]["executionResult"]["errorDetails"]
    assert error["code"] == "PermissionError"
    assert sentence in error["message"]


@pytest.mark.parametrize(
    ("key_policy", "identity_policy"),
    [
        pytest.param(True, True, id="allowed by both"),
        pytest.param(False, True, id="refused by the key"),
        pytest.param(True, False, id="refused by the role"),
    ],
)
def test_an_encrypted_artifact_needs_its_key(
    key_policy: bool, identity_policy: bool, workshop: Workshop, deployment: Mapping[str, Any]
) -> None:
    emulator = workshop.emulator
    role = deployment["roleArn"]
    readers = [f"arn:aws:iam::{emulator.development}:root", *([role] if key_policy else [])]
    key = emulator.client("kms").create_key(
        Policy=policy(
            allow("kms:*", Principal={"AWS": readers[0]}), allow("kms:Decrypt", Principal={"AWS": readers})
        )
    )["KeyMetadata"]["Arn"]
    uses = ["kms:Decrypt", "kms:GenerateDataKey"]
    for account, user, allowed in (
        (emulator.development, workshop.role, True),
        (emulator.development, workshop.build_role, True),
        (emulator.test, role, identity_policy),
    ):
        emulator.client("iam", account=account).put_role_policy(
            RoleName=user.rpartition("/")[2],
            PolicyName="key",
            PolicyDocument=policy(allow(uses if allowed else "kms:DescribeKey", key)),
        )
    emulator.client("iam", account=emulator.test).update_assume_role_policy(
        RoleName=role.rpartition("/")[2], PolicyDocument=trust(AWS=workshop.role)
    )
    definition = workshop.definition(
        workshop.source(), workshop.build(), {"name": "Deploy", "actions": [deployment]}
    )
    definition["artifactStore"]["encryptionKey"] = {"id": key, "type": "KMS"}

    execution = workshop.create(definition)

    if key_policy and identity_policy:
        assert workshop.end(definition, execution) == "Succeeded"
    else:
        assert workshop.end(definition, execution) == "Failed"
        error = workshop.actions(definition, execution)["Deploy"]["output"]["executionResult"]["errorDetails"]
        assert error["code"] == "PermissionError"
        assert f"kms:Decrypt on resource: {key}" in error["message"]


def test_a_role_must_trust_codepipeline(workshop: Workshop) -> None:
    role = workshop.emulator.role(trusting=trust(Service="codebuild.amazonaws.com"))
    definition = workshop.definition(workshop.source(), workshop.build(), roleArn=role)

    execution = workshop.create(definition)

    assert workshop.end(definition, execution) == "Failed"
    error = workshop.stage(definition, "Source")["actionStates"][0]["latestExecution"]["errorDetails"]
    assert "codepipeline.amazonaws.com is not authorized to perform: sts:AssumeRole" in error["message"]


def build_of(workshop: Workshop, word: str, buildspec: str) -> tuple[str, dict[str, Any]]:
    """Another build project with a buildspec of its own: its name, and a stage that runs it."""
    workshop.commit({f"{word}.yml": buildspec})
    project = f"{word}-{workshop.name}"
    codebuild = workshop.emulator.client("codebuild")
    described = codebuild.batch_get_projects(names=[workshop.project])["projects"][0]
    codebuild.create_project(
        name=project,
        source={"type": "CODEPIPELINE", "buildspec": f"{word}.yml"},
        **{key: described[key] for key in ("artifacts", "environment", "serviceRole")},
    )
    here = f"{workshop.emulator.region}:{workshop.emulator.development}"
    workshop.emulator.client("iam").put_role_policy(
        RoleName=workshop.role.rpartition("/")[2],
        PolicyName=word,
        PolicyDocument=policy(allow("codebuild:*", f"arn:aws:codebuild:{here}:project/{project}")),
    )
    stage = workshop.build()
    stage["actions"][0]["configuration"]["ProjectName"] = project
    return project, stage


def test_a_build_that_was_stopped_half_way_is_retried(workshop: Workshop, tmp_path: Path) -> None:
    let_go = tmp_path / "let-go"
    commands = f"commands: [test -e {let_go} || sleep 300]"
    project, stage = build_of(
        workshop,
        "stopped",
        f"version: 0.2\nphases: {{build: {{{commands}}}}}\nartifacts: {{files: [template.json]}}",
    )
    definition = workshop.definition(workshop.source(), stage)
    execution = workshop.create(definition)
    codebuild = workshop.emulator.client("codebuild")
    (build,) = until(lambda: codebuild.list_builds_for_project(projectName=project)["ids"], bool)
    codebuild.stop_build(id=build)
    assert workshop.end(definition, execution) == "Failed"

    let_go.touch()
    workshop.codepipeline.retry_stage_execution(
        pipelineName=definition["name"],
        stageName="Build",
        pipelineExecutionId=execution,
        retryMode="FAILED_ACTIONS",
    )
    assert workshop.end(definition, execution) == "Succeeded"
    assert len(codebuild.list_builds_for_project(projectName=project)["ids"]) == 2


def test_shows_the_command_that_failed_a_build(workshop: Workshop) -> None:
    project, stage = build_of(
        workshop, "failing", "version: 0.2\nphases: {build: {commands: [echo the reason; exit 3]}}"
    )
    definition = workshop.definition(workshop.source(), stage)

    execution = workshop.create(definition)

    assert workshop.end(definition, execution) == "Failed"
    result = workshop.actions(definition, execution)["Build"]["output"]["executionResult"]
    assert result["externalExecutionId"].startswith(f"{project}:")
    where, _, why = result["errorDetails"]["message"].partition(", Message: ")
    assert where == "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR"
    assert why.splitlines() == [
        "Error while executing command: echo the reason; exit 3. Reason: exit status 3",
        "the reason",
    ]


def gate(**more: Any) -> dict[str, Any]:
    return {"name": "Gate", "actions": [approval()], **more}


def condition(value: str) -> dict[str, Any]:
    rule = {
        "name": "ModelIsKnown",
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"},
        "configuration": {"Variable": "#{variables.Model}", "Value": value, "Operator": "NE"},
    }
    return {"conditions": [{"result": "SKIP", "rules": [rule]}]}


MODEL = [{"name": "Model", "defaultValue": "none"}]


def test_a_condition_keeps_an_execution_out(workshop: Workshop) -> None:
    definition = workshop.definition(workshop.source(), gate(beforeEntry=condition("none")), variables=MODEL)

    started = workshop.create(definition)

    assert workshop.end(definition, started) == "Succeeded"
    state = workshop.stage(definition, "Gate")
    assert state["latestExecution"]["status"] == "Skipped"
    rule = state["beforeEntryConditionState"]["conditionStates"][0]["ruleStates"][0]
    assert (rule["ruleName"], rule["latestExecution"]["status"]) == ("ModelIsKnown", "Failed")
    assert rule["latestExecution"]["summary"] == "'none' NE 'none' is false"
    assert set(workshop.actions(definition, started)) == {"Code"}


def test_a_condition_lets_an_execution_in(workshop: Workshop) -> None:
    definition = workshop.definition(workshop.source(), gate(beforeEntry=condition("none")), variables=MODEL)
    workshop.end(definition, workshop.create(definition))

    started = workshop.codepipeline.start_pipeline_execution(
        name=definition["name"], variables=[{"name": "Model", "value": "arn"}]
    )["pipelineExecutionId"]
    workshop.decide(definition, workshop.token(definition))

    assert workshop.end(definition, started) == "Succeeded"


def test_an_approval_can_be_rejected_and_the_stage_retried(workshop: Workshop) -> None:
    definition = workshop.definition(workshop.source(), gate())
    execution = workshop.create(definition)
    token = workshop.token(definition)

    workshop.decide(definition, token, "Rejected")
    assert workshop.end(definition, execution) == "Failed"
    error = workshop.actions(definition, execution)["Approve"]["output"]["executionResult"]["errorDetails"]
    assert error["message"].endswith(":root: Looks right")
    with pytest.raises(ClientError, match="ApprovalAlreadyCompletedException"):
        workshop.decide(definition, token)

    workshop.codepipeline.retry_stage_execution(
        pipelineName=definition["name"],
        stageName="Gate",
        pipelineExecutionId=execution,
        retryMode="FAILED_ACTIONS",
    )
    workshop.decide(definition, workshop.token(definition))
    assert workshop.end(definition, execution) == "Succeeded"


def test_only_who_may_approves_and_only_there(workshop: Workshop) -> None:
    definition = workshop.definition(workshop.source(), gate())
    workshop.create(definition)
    token = workshop.token(definition)
    emulator = workshop.emulator
    pipeline = f"arn:aws:codepipeline:{emulator.region}:{emulator.development}:{definition['name']}"
    elsewhere = emulator.client(
        "codepipeline",
        role=emulator.role(allow("codepipeline:PutApprovalResult", f"{pipeline}/Other/Approve")),
    )
    approver = emulator.client(
        "codepipeline",
        role=emulator.role(allow("codepipeline:PutApprovalResult", f"{pipeline}/Gate/Approve")),
    )

    with pytest.raises(
        ClientError, match=f"codepipeline:PutApprovalResult on resource: {pipeline}/Gate/Approve"
    ):
        workshop.decide(definition, token, client=elsewhere)
    with pytest.raises(ClientError, match="InvalidApprovalTokenException"):
        workshop.decide(definition, str(uuid.uuid4()), client=approver)
    workshop.decide(definition, token, client=approver)


def test_the_newest_of_the_executions_that_wait_for_a_stage_supersedes_the_others(
    workshop: Workshop,
) -> None:
    definition = workshop.definition(workshop.source(), gate())
    executions = [workshop.create(definition)]
    workshop.token(definition)
    for _ in range(2):
        started = workshop.codepipeline.start_pipeline_execution(name=definition["name"])
        executions.append(started["pipelineExecutionId"])

        def inbound() -> list[str]:
            waits = workshop.stage(definition, "Gate").get("inboundExecutions", [])
            return [each["pipelineExecutionId"] for each in waits]

        until(inbound, lambda found: found == executions[-1:])

    until(
        lambda: [workshop.status(definition, each) for each in executions],
        lambda found: found == ["InProgress", "Superseded", "InProgress"],
    )
    for execution in (executions[0], executions[2]):
        workshop.decide(definition, workshop.token(definition, execution=execution))
        assert workshop.end(definition, execution) == "Succeeded"


def test_can_be_stopped(workshop: Workshop) -> None:
    definition = workshop.definition(
        workshop.source(), gate(), {"name": "Later", "actions": [approval("Never")]}
    )
    execution = workshop.create(definition)
    workshop.token(definition)

    workshop.codepipeline.stop_pipeline_execution(
        pipelineName=definition["name"], pipelineExecutionId=execution, abandon=True, reason="Enough"
    )

    until(lambda: workshop.status(definition, execution), lambda status: status == "Stopped")
    assert workshop.actions(definition, execution)["Approve"]["status"] == "Abandoned"
    assert workshop.executions(definition)[0]["stopTrigger"]["reason"] == "Enough"


def test_actions_of_one_run_order_run_at_the_same_time(workshop: Workshop) -> None:
    together = {
        "name": "Gate",
        "actions": [approval(), approval("Second") | {"runOrder": 1}, approval("Last") | {"runOrder": 2}],
    }
    definition = workshop.definition(workshop.source(), together)
    execution = workshop.create(definition)

    until(
        lambda: set(workshop.actions(definition, execution)),
        lambda names: names == {"Code", "Approve", "Second"},
    )
    workshop.codepipeline.stop_pipeline_execution(
        pipelineName=definition["name"], pipelineExecutionId=execution, abandon=True
    )


@pytest.mark.parametrize("allowed", [True, False], ids=["with permission", "without permission"])
def test_a_rule_starts_a_pipeline_on_its_role(allowed: bool, workshop: Workshop) -> None:
    emulator = workshop.emulator
    definition = workshop.definition(workshop.source(), gate(beforeEntry=condition("none")), variables=MODEL)
    workshop.end(definition, workshop.create(definition))
    arn = f"arn:aws:codepipeline:{emulator.region}:{emulator.development}:{definition['name']}"
    role = emulator.role(
        allow("codepipeline:StartPipelineExecution", arn if allowed else f"{arn}-other"),
        trusting=trust(Service="events.amazonaws.com"),
    )
    events, name = emulator.client("events"), definition["name"]
    rule = events.put_rule(
        Name=name, EventPattern=json.dumps({"source": ["registry"], "detail-type": [name]})
    )
    transformer = {
        "InputPathsMap": {"arn": "$.detail.ModelPackageArn"},
        "InputTemplate": '{"variables": [{"name": "Model", "value": "<arn>"}]}',
    }
    events.put_targets(
        Rule=name, Targets=[{"Id": "pipeline", "Arn": arn, "RoleArn": role, "InputTransformer": transformer}]
    )

    events.put_events(
        Entries=[
            {"Source": "registry", "DetailType": name, "Detail": '{"ModelPackageArn": "arn:of:a:version"}'}
        ]
    )

    if allowed:
        workshop.token(definition)
        newest = workshop.executions(definition)[0]
        assert newest["trigger"] == {"triggerType": "CloudWatchEvent", "triggerDetail": rule["RuleArn"]}
        found = workshop.codepipeline.get_pipeline_execution(
            pipelineName=name, pipelineExecutionId=newest["pipelineExecutionId"]
        )["pipelineExecution"]
        assert found["variables"] == [{"name": "Model", "resolvedValue": "arn:of:a:version"}]
    else:
        time.sleep(1)
        assert len(workshop.executions(definition)) == 1


def test_refuses_variables_that_are_not_declared(workshop: Workshop) -> None:
    definition = workshop.definition(workshop.source(), gate(), variables=MODEL)
    workshop.create(definition)
    with pytest.raises(ClientError, match="declares no variable Modell"):
        workshop.codepipeline.start_pipeline_execution(
            name=definition["name"], variables=[{"name": "Modell", "value": "a"}]
        )


def test_does_not_start_with_other_revisions_and_says_so(workshop: Workshop) -> None:
    definition = workshop.definition(workshop.source(), gate())
    workshop.create(definition)
    revision = {"actionName": "Code", "revisionType": "COMMIT_ID", "revisionValue": "a" * 40}
    with pytest.raises(ClientError, match="does not offer sourceRevisions of StartPipelineExecution"):
        workshop.codepipeline.start_pipeline_execution(name=definition["name"], sourceRevisions=[revision])


def test_a_repeated_request_starts_one_execution(workshop: Workshop) -> None:
    definition = workshop.definition(workshop.source(), gate())
    workshop.create(definition)
    token = str(uuid.uuid4())
    started = {
        workshop.codepipeline.start_pipeline_execution(name=definition["name"], clientRequestToken=token)[
            "pipelineExecutionId"
        ]
        for _ in range(2)
    }
    assert len(started) == 1


def test_a_source_behind_a_connection_says_what_the_emulator_does_not_offer(workshop: Workshop) -> None:
    source = {
        "name": "Source",
        "actions": [
            {
                "name": "Code",
                "actionTypeId": kind("Source", "CodeStarSourceConnection"),
                "configuration": {
                    "FullRepositoryId": "team/model",
                    "BranchName": "main",
                    "ConnectionArn": "arn",
                },
                "outputArtifacts": [{"name": "Code"}],
            }
        ],
    }
    definition = workshop.definition(source, gate())

    assert workshop.end(definition, workshop.create(definition)) == "Failed"
    error = workshop.stage(definition, "Source")["actionStates"][0]["latestExecution"]["errorDetails"]
    assert "does not offer a source behind AWS CodeConnections: team/model is not on" in error["message"]


def test_does_not_poll_and_says_so(workshop: Workshop) -> None:
    source = workshop.source()
    del source["actions"][0]["configuration"]["PollForSourceChanges"]
    with pytest.raises(ClientError, match="does not poll for changes: set PollForSourceChanges of Code"):
        workshop.codepipeline.create_pipeline(pipeline=workshop.definition(source, gate()))


def test_refuses_a_definition_that_cannot_run(workshop: Workshop) -> None:
    with pytest.raises(ClientError, match=r"InvalidStructureException.*at least two stages"):
        workshop.codepipeline.create_pipeline(pipeline=workshop.definition(workshop.source()))


@pytest.mark.parametrize(
    ("operation", "action", "resource"),
    [
        pytest.param("get_pipeline_state", "codepipeline:GetPipelineState", "", id="look"),
        pytest.param("start_pipeline_execution", "codepipeline:StartPipelineExecution", "", id="start"),
        pytest.param("delete_pipeline", "codepipeline:DeletePipeline", "", id="delete"),
    ],
)
def test_asks_for_permission_on_the_pipeline(
    operation: str, action: str, resource: str, workshop: Workshop
) -> None:
    definition = workshop.definition(workshop.source(), gate())
    workshop.create(definition)
    emulator = workshop.emulator
    arn = f"arn:aws:codepipeline:{emulator.region}:{emulator.development}:{definition['name']}"
    client = emulator.client("codepipeline", role=emulator.role(allow("codepipeline:GetPipeline", arn)))
    assert client.get_pipeline(name=definition["name"])["pipeline"]["version"] == 1
    with pytest.raises(ClientError, match=f"not authorized to perform: {action} on resource: {arn}"):
        getattr(client, operation)(name=definition["name"])


def test_a_role_must_be_passed(workshop: Workshop) -> None:
    client = workshop.emulator.client(
        "codepipeline", role=workshop.emulator.role(allow("codepipeline:CreatePipeline"))
    )
    with pytest.raises(ClientError, match=f"iam:PassRole on resource: {workshop.role}"):
        client.create_pipeline(pipeline=workshop.definition(workshop.source(), gate()))
