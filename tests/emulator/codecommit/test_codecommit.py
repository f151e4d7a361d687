"""CodeCommit: commits, conflicts, events, seeding, and who may do what."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, allow
from tests.emulator.support_code import zipped


def code_of(refused: pytest.ExceptionInfo[ClientError]) -> str:
    code: str = refused.value.response["Error"]["Code"]
    return code


@pytest.fixture
def codecommit(emulator: Emulator) -> Any:
    return emulator.client("codecommit")


@pytest.fixture
def name(codecommit: Any) -> str:
    name = f"repository-{uuid.uuid4().hex[:8]}"
    codecommit.create_repository(repositoryName=name, repositoryDescription="A test")
    return name


def commit(
    codecommit: Any, name: str, files: dict[str, bytes], parent: str | None = None, **more: Any
) -> Any:
    puts = [{"filePath": path, "fileContent": content} for path, content in files.items()]
    if parent:
        more["parentCommitId"] = parent
    return codecommit.create_commit(repositoryName=name, branchName="main", putFiles=puts, **more)


def test_describes_a_repository(codecommit: Any, name: str, emulator: Emulator) -> None:
    found = codecommit.get_repository(repositoryName=name)["repositoryMetadata"]

    assert found["Arn"] == f"arn:aws:codecommit:{emulator.region}:{emulator.development}:{name}"
    assert found["repositoryDescription"] == "A test"
    assert "defaultBranch" not in found
    listed = codecommit.list_repositories()["repositories"]
    assert {"repositoryName": name, "repositoryId": found["repositoryId"]} in listed
    with pytest.raises(ClientError) as refused:
        codecommit.create_repository(repositoryName=name)
    assert code_of(refused) == "RepositoryNameExistsException"
    assert codecommit.delete_repository(repositoryName=name)["repositoryId"] == found["repositoryId"]
    with pytest.raises(ClientError) as refused:
        codecommit.get_repository(repositoryName=name)
    assert code_of(refused) == "RepositoryDoesNotExistException"


def test_keeps_what_is_committed(codecommit: Any, name: str) -> None:
    first = commit(
        codecommit, name, {"README.md": b"one", "src/a.py": b"\x00\xff"}, authorName="Ada", email="a@b.c"
    )
    second = commit(codecommit, name, {"README.md": b"two"}, first["commitId"], commitMessage="Second")

    assert [each["absolutePath"] for each in first["filesAdded"]] == ["README.md", "src/a.py"]
    assert [each["absolutePath"] for each in second["filesUpdated"]] == ["README.md"]
    assert codecommit.list_branches(repositoryName=name)["branches"] == ["main"]
    tip = codecommit.get_branch(repositoryName=name, branchName="main")["branch"]["commitId"]
    assert tip == second["commitId"]
    read = codecommit.get_commit(repositoryName=name, commitId=tip)["commit"]
    assert (read["parents"], read["message"]) == ([first["commitId"]], "Second")
    file = codecommit.get_file(repositoryName=name, filePath="src/a.py")
    assert (file["fileContent"], file["fileMode"], file["fileSize"]) == (b"\x00\xff", "NORMAL", 2)
    old = codecommit.get_file(repositoryName=name, filePath="README.md", commitSpecifier=first["commitId"])
    assert old["fileContent"] == b"one"


def test_deletes_and_puts_programs(codecommit: Any, name: str) -> None:
    first = commit(codecommit, name, {"a": b"1", "b": b"2", "c": b"3"})

    second = codecommit.create_commit(
        repositoryName=name,
        branchName="main",
        parentCommitId=first["commitId"],
        putFiles=[{"filePath": "c", "fileContent": b"3", "fileMode": "EXECUTABLE"}],
        deleteFiles=[{"filePath": "a"}, {"filePath": "b"}],
    )

    assert second["filesAdded"] == []
    assert [each["absolutePath"] for each in second["filesDeleted"]] == ["a", "b"]
    assert codecommit.get_file(repositoryName=name, filePath="c")["fileMode"] == "EXECUTABLE"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"putFiles": [{"filePath": "b", "sourceFile": {"filePath": "a"}}]}, "sourceFile of CreateCommit"),
        ({"setFileModes": [{"filePath": "a", "fileMode": "EXECUTABLE"}]}, "setFileModes of CreateCommit"),
    ],
)
def test_says_what_it_does_not_offer(codecommit: Any, name: str, change: dict[str, Any], what: str) -> None:
    first = commit(codecommit, name, {"a": b"1"})
    with pytest.raises(ClientError, match=f"does not offer {what}; AWS does"):
        codecommit.create_commit(
            repositoryName=name, branchName="main", parentCommitId=first["commitId"], **change
        )


def test_put_file_commits_one_file(codecommit: Any, name: str) -> None:
    first = codecommit.put_file(repositoryName=name, branchName="main", filePath="a", fileContent=b"1")
    with pytest.raises(ClientError) as refused:
        codecommit.put_file(
            repositoryName=name,
            branchName="main",
            filePath="a",
            fileContent=b"1",
            parentCommitId=first["commitId"],
        )
    assert code_of(refused) == "SameFileContentException"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        pytest.param({"parentCommitId": None}, "ParentCommitIdRequiredException", id="no parent"),
        pytest.param({"parentCommitId": "0" * 40}, "ParentCommitDoesNotExistException", id="unknown parent"),
        pytest.param({"branchName": "other"}, "BranchDoesNotExistException", id="unknown branch"),
        pytest.param({"putFiles": []}, "FileEntryRequiredException", id="no files"),
        pytest.param(
            {"putFiles": [{"filePath": "a", "fileContent": b"1"}]}, "NoChangeException", id="no change"
        ),
        pytest.param(
            {"putFiles": [{"filePath": "b"}]}, "SourceFileOrContentRequiredException", id="no content"
        ),
        pytest.param(
            {"putFiles": [{"filePath": "../b", "fileContent": b"1"}]},
            "InvalidPathException",
            id="path outside",
        ),
        pytest.param(
            {"putFiles": [], "deleteFiles": [{"filePath": "gone"}]},
            "FileDoesNotExistException",
            id="unknown file",
        ),
        pytest.param(
            {"putFiles": [{"filePath": str(number), "fileContent": b"1"} for number in range(101)]},
            "MaximumFileEntriesExceededException",
            id="too many files",
        ),
    ],
)
def test_refuses_commits_as_aws_does(codecommit: Any, name: str, request_: dict[str, Any], code: str) -> None:
    first = commit(codecommit, name, {"a": b"1"})
    parameters = {
        "repositoryName": name,
        "branchName": "main",
        "parentCommitId": first["commitId"],
        "putFiles": [{"filePath": "b", "fileContent": b"2"}],
        **request_,
    }
    with pytest.raises(ClientError) as refused:
        codecommit.create_commit(**{key: value for key, value in parameters.items() if value is not None})
    assert code_of(refused) == code


def test_two_people_do_not_overwrite_each_other(codecommit: Any, name: str) -> None:
    first = commit(codecommit, name, {"a": b"1"})
    commit(codecommit, name, {"a": b"2"}, first["commitId"])

    with pytest.raises(ClientError) as refused:
        commit(codecommit, name, {"a": b"3"}, first["commitId"])

    assert code_of(refused) == "ParentCommitIdOutdatedException"
    assert codecommit.get_file(repositoryName=name, filePath="a")["fileContent"] == b"2"


def test_says_on_the_bus_that_a_branch_has_moved(codecommit: Any, name: str, emulator: Emulator) -> None:
    sqs, rules = emulator.client("sqs"), emulator.client("events")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    rule = rules.put_rule(
        Name=name,
        EventPattern=json.dumps(
            {
                "source": ["aws.codecommit"],
                "detail-type": ["CodeCommit Repository State Change"],
                "resources": [codecommit.get_repository(repositoryName=name)["repositoryMetadata"]["Arn"]],
                "detail": {"referenceType": ["branch"], "referenceName": ["main"]},
            }
        ),
    )["RuleArn"]
    sqs.set_queue_attributes(
        QueueUrl=queue,
        Attributes={
            "Policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "sqs:SendMessage",
                            "Resource": queue_arn,
                            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
                        }
                    ],
                }
            )
        },
    )
    rules.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}])

    first = commit(codecommit, name, {"a": b"1"})
    second = commit(codecommit, name, {"a": b"2"}, first["commitId"])

    details: list[dict[str, str]] = []
    while len(details) < 2:
        received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5)["Messages"]
        for message in received:
            details.append(json.loads(message["Body"])["detail"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert {(each["event"], each["commitId"], each.get("oldCommitId")) for each in details} == {
        ("referenceCreated", first["commitId"], None),
        ("referenceUpdated", second["commitId"], first["commitId"]),
    }


def test_asks_for_permission_on_the_repository(codecommit: Any, name: str, emulator: Emulator) -> None:
    arn = codecommit.get_repository(repositoryName=name)["repositoryMetadata"]["Arn"]
    reader = emulator.client("codecommit", role=emulator.role(allow("codecommit:Get*", arn)))
    assert reader.get_repository(repositoryName=name)
    with pytest.raises(ClientError, match=f"codecommit:CreateCommit on resource: {arn} because no identity"):
        commit(reader, name, {"a": b"1"})


def test_permission_can_be_bound_to_a_branch(name: str, emulator: Emulator) -> None:
    bound = allow(
        "codecommit:CreateCommit",
        "*",
        Condition={"StringEquals": {"codecommit:References": "refs/heads/main"}},
    )
    writer = emulator.client("codecommit", role=emulator.role(bound))
    commit(writer, name, {"a": b"1"})
    with pytest.raises(ClientError) as refused:
        writer.create_commit(
            repositoryName=name, branchName="other", putFiles=[{"filePath": "a", "fileContent": b"1"}]
        )
    assert code_of(refused) == "AccessDeniedException"


def template(name: str, bucket: str, key: str, **more: Any) -> str:
    repository = {
        "Type": "AWS::CodeCommit::Repository",
        "Properties": {
            "RepositoryName": name,
            "Code": {"BranchName": "main", "S3": {"Bucket": bucket, "Key": key}},
            "Tags": [{"Key": "team", "Value": "a"}],
        },
        **more,
    }
    return json.dumps(
        {
            "Resources": {"Repository": repository},
            "Outputs": {
                "Id": {"Value": {"Ref": "Repository"}},
                "Arn": {"Value": {"Fn::GetAtt": ["Repository", "Arn"]}},
            },
        }
    )


@pytest.fixture
def seed_bucket(emulator: Emulator) -> str:
    bucket = f"seeds-{uuid.uuid4().hex[:8]}"
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region})
    s3.put_object(
        Bucket=bucket, Key="seed.zip", Body=zipped({"README.md": "Read me", "src/train.py": "pass"})
    )
    return bucket


@pytest.mark.parametrize("policy", ["Delete", "Retain"])
def test_a_stack_seeds_a_repository(
    emulator: Emulator, codecommit: Any, seed_bucket: str, policy: str
) -> None:
    cloudformation = emulator.client("cloudformation")
    name = f"seeded-{uuid.uuid4().hex[:8]}"
    cloudformation.create_stack(
        StackName=name, TemplateBody=template(name, seed_bucket, "seed.zip", DeletionPolicy=policy)
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})

    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    metadata = codecommit.get_repository(repositoryName=name)["repositoryMetadata"]
    assert {each["OutputKey"]: each["OutputValue"] for each in outputs} == {
        "Id": metadata["repositoryId"],
        "Arn": metadata["Arn"],
    }
    assert metadata["defaultBranch"] == "main"
    assert codecommit.get_file(repositoryName=name, filePath="src/train.py")["fileContent"] == b"pass"

    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    left = [each["repositoryName"] for each in codecommit.list_repositories()["repositories"]]
    assert (name in left) is (policy == "Retain")


def test_a_stack_without_its_seed_fails_and_says_so(
    emulator: Emulator, codecommit: Any, seed_bucket: str
) -> None:
    cloudformation = emulator.client("cloudformation")
    name = f"seedless-{uuid.uuid4().hex[:8]}"
    cloudformation.create_stack(StackName=name, TemplateBody=template(name, seed_bucket, "missing.zip"))
    with pytest.raises(Exception, match="terminal failure"):
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})

    reasons = [
        each.get("ResourceStatusReason", "")
        for each in cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    ]
    assert any("NoSuchKey" in reason for reason in reasons)
    assert name not in [each["repositoryName"] for each in codecommit.list_repositories()["repositories"]]
