"""A whole project as one template: repository, build, pipeline, trigger; created, updated and deleted."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.support import Emulator, allow, policy, trust
from tests.emulator.support_code import until, zipped


def role(service: str, *statements: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": json.loads(trust(Service=service)),
            "Policies": [{"PolicyName": "use", "PolicyDocument": json.loads(policy(*statements))}],
        },
    }


def arn(logical_id: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def action(name: str, category: str, provider: str, **more: Any) -> dict[str, Any]:
    kind = {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}
    return {"Name": name, "ActionTypeId": kind, **more}


def template(name: str, bucket: str, *, stage: str = "one") -> str:
    source = action(
        "Code",
        "Source",
        "CodeCommit",
        Configuration={"RepositoryName": name, "BranchName": "main", "PollForSourceChanges": False},
        OutputArtifacts=[{"Name": "Code"}],
    )
    build = action(
        "Build",
        "Build",
        "CodeBuild",
        Namespace="Build",
        Configuration={"ProjectName": {"Ref": "Project"}},
        InputArtifacts=[{"Name": "Code"}],
    )
    resources = {
        "Repository": {
            "Type": "AWS::CodeCommit::Repository",
            "Properties": {"RepositoryName": name, "Code": {"S3": {"Bucket": bucket, "Key": "seed.zip"}}},
        },
        "BuildRole": role(
            "codebuild.amazonaws.com",
            allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
            allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
        ),
        "Project": {
            "Type": "AWS::CodeBuild::Project",
            "Properties": {
                "Name": name,
                "ServiceRole": arn("BuildRole"),
                "Source": {"Type": "CODEPIPELINE", "BuildSpec": "buildspec.yml"},
                "Artifacts": {"Type": "CODEPIPELINE"},
                "Environment": {
                    "Type": "LINUX_CONTAINER",
                    "ComputeType": "BUILD_GENERAL1_SMALL",
                    "Image": "aws/codebuild/standard:8.0",
                    "PrivilegedMode": "false",
                    "EnvironmentVariables": [{"Name": "STAGE", "Type": "PLAINTEXT", "Value": stage}],
                },
                "TimeoutInMinutes": "10",
                "Tags": [{"Key": "team", "Value": "a"}],
            },
        },
        "PipelineRole": role(
            "codepipeline.amazonaws.com",
            allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/*"),
            allow(["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:UploadArchive"]),
            allow(["codebuild:StartBuild", "codebuild:BatchGetBuilds"]),
        ),
        "Pipeline": {
            "Type": "AWS::CodePipeline::Pipeline",
            "DependsOn": "Repository",
            "Properties": {
                "Name": name,
                "PipelineType": "V2",
                "RoleArn": arn("PipelineRole"),
                "ArtifactStore": {"Type": "S3", "Location": bucket},
                "Stages": [
                    {"Name": "Source", "Actions": [source]},
                    {"Name": "Build", "Actions": [build]},
                ],
                "Tags": [{"Key": "team", "Value": "a"}],
            },
        },
        "TriggerRole": role("events.amazonaws.com", allow("codepipeline:StartPipelineExecution")),
        "Push": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {
                    "source": ["aws.codecommit"],
                    "detail-type": ["CodeCommit Repository State Change"],
                    "resources": [arn("Repository")],
                    "detail": {"event": ["referenceCreated", "referenceUpdated"], "referenceName": ["main"]},
                },
                "Targets": [
                    {
                        "Id": "Pipeline",
                        "RoleArn": arn("TriggerRole"),
                        "Arn": {
                            "Fn::Sub": "arn:aws:codepipeline:${AWS::Region}:${AWS::AccountId}:${Pipeline}"
                        },
                    }
                ],
            },
        },
        "Connection": {
            "Type": "AWS::CodeConnections::Connection",
            "Properties": {"ConnectionName": name[:32], "ProviderType": "GitHub"},
        },
    }
    outputs = {"Connection": {"Value": {"Ref": "Connection"}}, "Project": {"Value": arn("Project")}}
    return json.dumps({"Resources": resources, "Outputs": outputs})


def test_a_project_lives_as_a_stack(emulator: Emulator) -> None:
    name = f"project-{uuid.uuid4().hex[:8]}"
    cloudformation, codepipeline = emulator.client("cloudformation"), emulator.client("codepipeline")
    codecommit, codebuild = emulator.client("codecommit"), emulator.client("codebuild")
    seed(emulator, name)

    def settle(status: str) -> dict[str, str]:
        def look() -> Any:
            return cloudformation.describe_stacks(StackName=name)["Stacks"][0]

        stack = until(look, lambda stack: not stack["StackStatus"].endswith("IN_PROGRESS"))
        assert stack["StackStatus"] == status
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def executions() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = codepipeline.list_pipeline_executions(pipelineName=name)[
            "pipelineExecutionSummaries"
        ]
        return found

    def stages_of_builds() -> list[str]:
        ids = codebuild.list_builds_for_project(projectName=name, sortOrder="ASCENDING")["ids"]
        return [
            each["environment"]["environmentVariables"][0]["value"]
            for each in codebuild.batch_get_builds(ids=ids)["builds"]
        ]

    cloudformation.create_stack(
        StackName=name, TemplateBody=template(name, name), Capabilities=["CAPABILITY_IAM"]
    )
    outputs = settle("CREATE_COMPLETE")
    [first] = until(executions, lambda found: found[0]["status"] != "InProgress")
    assert (first["status"], first["trigger"]["triggerType"]) == ("Succeeded", "CreatePipeline")
    described = codebuild.batch_get_projects(names=[name])["projects"][0]
    assert described["arn"] == outputs["Project"]
    assert (described["timeoutInMinutes"], described["environment"]["privilegedMode"]) == (10, False)
    connection = emulator.client("codeconnections").get_connection(ConnectionArn=outputs["Connection"])
    assert connection["Connection"]["ConnectionStatus"] == "PENDING"

    cloudformation.update_stack(
        StackName=name, TemplateBody=template(name, name, stage="two"), Capabilities=["CAPABILITY_IAM"]
    )
    settle("UPDATE_COMPLETE")
    tip = codecommit.get_branch(repositoryName=name, branchName="main")["branch"]["commitId"]
    codecommit.put_file(
        repositoryName=name, branchName="main", filePath="README.md", fileContent=b"2", parentCommitId=tip
    )
    second, _ = until(executions, lambda found: len(found) == 2 and found[0]["status"] != "InProgress")
    assert (second["status"], second["trigger"]["triggerType"]) == ("Succeeded", "CloudWatchEvent")
    assert stages_of_builds() == ["one", "two"]

    cloudformation.delete_stack(StackName=name)
    until(
        lambda: [each["name"] for each in codepipeline.list_pipelines()["pipelines"]],
        lambda names: name not in names,
    )
    until(
        lambda: (codebuild.list_projects()["projects"], codecommit.list_repositories()["repositories"]),
        lambda left: name not in left[0] and name not in [each["repositoryName"] for each in left[1]],
    )


def seed(emulator: Emulator, bucket: str) -> None:
    """Put a repository's first content into a bucket."""
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    buildspec = "version: 0.2\nphases: {build: {commands: [test -f README.md]}}"
    s3.put_object(Bucket=bucket, Key="seed.zip", Body=zipped({"README.md": "1", "buildspec.yml": buildspec}))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            lambda resources: resources["Project"]["Properties"].update(Colour="blue"),
            "unsupported property Colour",
            id="unknown property",
        ),
        pytest.param(
            lambda resources: resources["Pipeline"]["Properties"]["Stages"].pop(),
            "at least two stages",
            id="invalid pipeline",
        ),
        pytest.param(
            lambda resources: resources["Project"]["Properties"].pop("ServiceRole"),
            "serviceRole",
            id="no role",
        ),
    ],
)
def test_a_wrong_resource_fails_its_stack_with_the_reason(
    change: Callable[[dict[str, Any]], Any], reason: str, emulator: Emulator
) -> None:
    name = f"wrong-{uuid.uuid4().hex[:8]}"
    seed(emulator, name)
    broken = json.loads(template(name, name))
    change(broken["Resources"])
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps(broken), Capabilities=["CAPABILITY_IAM"]
    )

    until(
        lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"],
        lambda status: status == "ROLLBACK_COMPLETE",
    )
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    assert any(reason in each.get("ResourceStatusReason", "") for each in events)


def test_connections_ask_for_permission(emulator: Emulator) -> None:
    created = emulator.client("codeconnections").create_connection(ConnectionName="a", ProviderType="GitHub")
    reader = emulator.client("codeconnections", role=emulator.role(allow("codeconnections:ListConnections")))
    assert created["ConnectionArn"] in [
        each["ConnectionArn"] for each in reader.list_connections()["Connections"]
    ]
    with pytest.raises(
        Exception, match=f"codeconnections:GetConnection on resource: {created['ConnectionArn']}"
    ):
        reader.get_connection(ConnectionArn=created["ConnectionArn"])
