"""What people type is noted as they type it; calls of the API as the AWS CLI's commands."""

import shlex
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from emulator.machine.isolation import LoopbackSession
from rehearsal.journal import Journal, written

NOBODY = LoopbackSession("http://127.0.0.1:9", "eu-west-1")


def client(service: str) -> Any:
    return NOBODY.client(service, "key", "secret", None)


def command(service: str, operation: str, parameters: dict[str, Any]) -> str:
    return written(client(service).meta.service_model.operation_model(operation), parameters)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "line"),
    [
        pytest.param(
            "sagemaker",
            "UpdateModelPackage",
            {
                "ModelPackageArn": "arn:aws:x",
                "ModelApprovalStatus": "Approved",
                "ApprovalDescription": "By me.",
            },
            "aws sagemaker update-model-package --model-package-arn arn:aws:x "
            "--model-approval-status Approved --approval-description 'By me.'",
            id="texts",
        ),
        pytest.param(
            "codepipeline",
            "PutApprovalResult",
            {"pipelineName": "p", "result": {"status": "Approved", "summary": "It's good"}},
            "aws codepipeline put-approval-result --pipeline-name p --result "
            + shlex.quote('{"status": "Approved", "summary": "It\'s good"}'),
            id="structure",
        ),
        pytest.param(
            "s3",
            "PutObject",
            {"Bucket": "b", "Key": "k", "Body": b"secret rows"},
            "aws s3api put-object --bucket b --key k --body 'fileb://<file>'",
            id="bytes are a file's",
        ),
        pytest.param(
            "codecommit",
            "CreateCommit",
            {
                "repositoryName": "r",
                "putFiles": [{"filePath": "a", "fileContent": b"x"}],
                "keepEmptyFolders": True,
            },
            "aws codecommit create-commit --repository-name r --put-files "
            '\'[{"filePath": "a", "fileContent": "<file>"}]\' --keep-empty-folders',
            id="bytes in a list, and a switch",
        ),
        pytest.param(
            "ram",
            "CreateResourceShare",
            {"name": "n", "allowExternalPrincipals": False},
            "aws ram create-resource-share --name n --no-allow-external-principals",
            id="switched off",
        ),
        pytest.param(
            "sagemaker-runtime",
            "InvokeEndpoint",
            {"EndpointName": "e", "Body": b"1"},
            "aws sagemaker-runtime invoke-endpoint --endpoint-name e --body 'fileb://<file>' answer",
            id="an answer goes into a file",
        ),
    ],
)
def test_a_call_is_a_command_of_the_cli(
    service: str, operation: str, parameters: dict[str, Any], line: str
) -> None:
    assert command(service, operation, parameters) == line


@pytest.mark.parametrize(
    ("call", "noted"),
    [
        pytest.param(lambda sagemaker: sagemaker.delete_model(ModelName="m"), 1, id="changes"),
        pytest.param(lambda sagemaker: sagemaker.describe_model(ModelName="m"), 0, id="describes"),
        pytest.param(lambda sagemaker: sagemaker.list_models(), 0, id="lists"),
        pytest.param(lambda sagemaker: sagemaker.query_lineage(StartArns=["arn:aws:x"]), 0, id="queries"),
    ],
)
def test_only_calls_that_change_something_are_noted_and_each_once(
    call: Callable[[Any], object], noted: int
) -> None:
    journal = Journal()
    journal.begin("Somebody")
    sagemaker = client("sagemaker")
    for _ in range(2):
        journal.listen(sagemaker, "ML engineer")
        with pytest.raises(BotoCoreError):
            call(sagemaker)
    lines = [(command.by, command.line) for command in journal.commands()]
    assert lines == [("ML engineer", "aws sagemaker delete-model --model-name m")][:noted]


def test_each_act_has_a_page_of_its_own_and_keeps_the_order() -> None:
    journal = Journal()
    journal.begin("Data scientist")
    journal.note("first")
    journal.begin("ML engineer")
    journal.note("second")
    before = journal.length
    journal.note("third", "Governance officer")
    journal.note("second")
    journal.quote("The refusal", "No.")
    assert [(command.by, command.line) for command in journal.commands()] == [
        ("ML engineer", "second"),
        ("Governance officer", "third"),
    ]
    assert [command.line for command in journal.commands(before)] == ["third", "second"]
    journal.begin("Everyone")
    assert (journal.commands(), journal.quotes) == ((), [])
