import io
import json
import time
import uuid
import zipfile
from pathlib import Path

import pytest

from tests.emulator.support import Emulator, allow, trust
from tests.hangs import HANGS

SOURCE = """
import os, sys

def handler(event, context):
    if event.get("fail") or event.get("detail", {}).get("fail"):
        raise ValueError("asked to fail")
    import boto3
    return {
        "prefix": sys.prefix,
        "code": os.path.realpath(__file__),
        "home": os.environ["HOME"],
        "caller": boto3.client("sts").get_caller_identity()["Arn"],
    }
"""


def function(emulator: Emulator, trusted: str = "lambda.amazonaws.com") -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("index.py"), SOURCE)
    name = f"function-{uuid.uuid4().hex[:8]}"
    role = emulator.role(allow("sts:GetCallerIdentity"), trusting=trust(Service=trusted))
    arn: str = emulator.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": archive.getvalue()},
    )["FunctionArn"]
    return arn


@pytest.fixture(scope="module")
def answer(emulator: Emulator) -> dict[str, str]:
    answer = emulator.client("lambda").invoke(FunctionName=function(emulator), Payload=b"{}")
    payload = answer["Payload"].read()
    assert "FunctionError" not in answer, payload
    content: dict[str, str] = json.loads(payload)
    return content


def test_a_function_runs_in_the_environment_of_functions(answer: dict[str, str]) -> None:
    assert answer["prefix"].endswith("/build/environments/lambda")


def test_a_function_has_its_role_and_no_home_of_the_users(emulator: Emulator, answer: dict[str, str]) -> None:
    assert f":sts::{emulator.development}:assumed-role/test-" in answer["caller"]
    assert answer["home"].startswith(str(emulator.process.log.parent))


def test_code_is_unpacked_once_and_keeps_what_python_compiled(
    emulator: Emulator, answer: dict[str, str]
) -> None:
    again = emulator.client("lambda").invoke(FunctionName=function(emulator), Payload=b"{}")
    assert json.loads(again["Payload"].read())["code"] == answer["code"]
    code = Path(answer["code"])
    assert [path.name.split(".")[0] for path in (code.parent / "__pycache__").iterdir()] == [code.stem]


def test_a_role_that_does_not_trust_lambda_runs_no_function(emulator: Emulator) -> None:
    arn = function(emulator, trusted="events.amazonaws.com")
    answer = emulator.client("lambda").invoke(FunctionName=arn, Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
    assert b"cannot be assumed by Lambda" in answer["Payload"].read()


def test_an_event_that_fails_in_a_function_reaches_its_destination(emulator: Emulator) -> None:
    name = f"failed-{uuid.uuid4().hex[:8]}"
    sqs = emulator.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = function(emulator)
    functions = emulator.client("lambda")
    functions.put_function_event_invoke_config(
        FunctionName=arn,
        MaximumRetryAttempts=0,
        DestinationConfig={
            "OnFailure": {"Destination": f"arn:aws:sqs:{emulator.region}:{emulator.development}:{name}"}
        },
    )
    events = emulator.client("events")
    rule = events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))["RuleArn"]
    functions.add_permission(
        FunctionName=arn,
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    events.put_targets(Rule=name, Targets=[{"Id": "function", "Arn": arn}])
    events.put_events(Entries=[{"Source": name, "DetailType": "Test", "Detail": json.dumps({"fail": True})}])
    deadline = time.monotonic() + HANGS
    while time.monotonic() < deadline:
        messages = sqs.receive_message(QueueUrl=url).get("Messages")
        if messages:
            assert json.loads(messages[0]["Body"])["requestPayload"]["detail"] == {"fail": True}
            return
        time.sleep(0.05)
    raise AssertionError("the failure did not reach its destination")
