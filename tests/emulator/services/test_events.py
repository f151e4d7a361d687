import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from tests.emulator.support import SETTINGS, Emulator, allow, policy, trust

QUEUE_SECONDS = 5.0


@pytest.fixture
def name() -> str:
    return f"events-{uuid.uuid4().hex[:10]}"


def queue(emulator: Emulator, account: str, name: str, *, open_to_events: bool = True) -> tuple[str, str]:
    sqs = emulator.client("sqs", account=account)
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:{emulator.region}:{account}:{name}"
    if open_to_events:
        statement = {**allow("sqs:SendMessage", arn), "Principal": {"Service": "events.amazonaws.com"}}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(statement)})
    return url, arn


def received(emulator: Emulator, account: str, url: str) -> Mapping[str, Any] | None:
    """The next message of a queue, if one comes."""
    sqs = emulator.client("sqs", account=account)
    deadline = time.monotonic() + QUEUE_SECONDS
    while time.monotonic() < deadline:
        messages = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=0).get(
            "Messages"
        )
        if messages:
            message: Mapping[str, Any] = messages[0]
            return message
        time.sleep(0.02)
    return None


def rule(emulator: Emulator, account: str, name: str, bus: str, target: Mapping[str, Any]) -> str:
    events = emulator.client("events", account=account)
    arn: str = events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": [name]}))[
        "RuleArn"
    ]
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "target", **target}])
    return arn


def put(emulator: Emulator, account: str, source: str) -> None:
    entry = {"Source": source, "DetailType": "Test", "Detail": json.dumps({"number": 1})}
    answer = emulator.client("events", account=account).put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0


BUS_POLICIES = {
    "organisation": {"StringEquals": {"aws:PrincipalOrgID": SETTINGS.organization.id}},
    "other-organisation": {"StringEquals": {"aws:PrincipalOrgID": "o-another0001"}},
}


@pytest.mark.parametrize(
    ("bus_policy", "trusted", "allowed", "reason"),
    [
        pytest.param("organisation", "events.amazonaws.com", "events:PutEvents", None, id="arrives"),
        pytest.param(
            None, "events.amazonaws.com", "events:PutEvents", "no resource-based policy", id="no-policy"
        ),
        pytest.param(
            "other-organisation",
            "events.amazonaws.com",
            "events:PutEvents",
            "no resource-based policy",
            id="other-organisation",
        ),
        pytest.param(
            "organisation",
            "events.amazonaws.com",
            "events:PutRule",
            "no identity-based policy allows the events:PutEvents",
            id="role-may-not",
        ),
        pytest.param(
            "organisation",
            "lambda.amazonaws.com",
            "events:PutEvents",
            "events.amazonaws.com is not authorized to perform: sts:AssumeRole",
            id="role-does-not-trust",
        ),
    ],
)
def test_an_event_crosses_to_the_bus_of_another_account(  # noqa: PLR0917
    emulator: Emulator, name: str, bus_policy: str | None, trusted: str, allowed: str, reason: str | None
) -> None:
    hub_events = emulator.client("events", account=emulator.hub)
    bus_arn = hub_events.create_event_bus(Name=name)["EventBusArn"]
    if bus_policy:
        statement = {
            **allow("events:PutEvents", bus_arn, Condition=BUS_POLICIES[bus_policy]),
            "Sid": "organisation",
            "Principal": "*",
        }
        hub_events.put_permission(EventBusName=name, Policy=policy(statement))
    arrived, arrived_arn = queue(emulator, emulator.hub, name)
    rule(emulator, emulator.hub, name, name, {"Arn": arrived_arn})
    dead, dead_arn = queue(emulator, emulator.development, f"{name}-dead")
    role = emulator.role(allow(allowed, bus_arn), trusting=trust(Service=trusted))
    target = {"Arn": bus_arn, "RoleArn": role, "DeadLetterConfig": {"Arn": dead_arn}}
    rule_arn = rule(emulator, emulator.development, name, "default", target)
    put(emulator, emulator.development, name)
    if reason is None:
        message = received(emulator, emulator.hub, arrived)
        assert message is not None
        assert json.loads(message["Body"])["account"] == emulator.development
    else:
        message = received(emulator, emulator.development, dead)
        assert message is not None
        assert reason in message["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]
        assert message["MessageAttributes"]["RULE_ARN"]["StringValue"] == rule_arn
        sqs = emulator.client("sqs", account=emulator.hub)
        assert "Messages" not in sqs.receive_message(QueueUrl=arrived, WaitTimeSeconds=0)


@pytest.mark.parametrize("open_to_events", [True, False], ids=["policy", "no-policy"])
def test_a_queue_lets_events_in_by_its_policy(emulator: Emulator, name: str, open_to_events: bool) -> None:
    url, arn = queue(emulator, emulator.development, name, open_to_events=open_to_events)
    dead, dead_arn = queue(emulator, emulator.development, f"{name}-dead")
    rule(emulator, emulator.development, name, "default", {"Arn": arn, "DeadLetterConfig": {"Arn": dead_arn}})
    put(emulator, emulator.development, name)
    assert received(emulator, emulator.development, url if open_to_events else dead) is not None
