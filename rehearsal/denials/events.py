"""Approvals reach the central registry by its bus, and the bus by its policy."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rehearsal.denied import Denial, RefusedError
from rehearsal.story import ActError, Story

LISTENER = "rehearsal-listener"
SILENCE_SECONDS = 1.0
ARRIVAL_SECONDS = 10.0


def _scientist_forges_approval(story: Story) -> None:
    detail = {"ModelPackageArn": story.candidates[-1].arn, "ModelApprovalStatus": "Approved"}
    entry = {
        "EventBusName": story.accounts.names.event_bus_arn,
        "Source": "aws.sagemaker",
        "DetailType": "SageMaker Model Package State Change",
        "Detail": json.dumps(detail),
    }
    story.acting_as(story.people.data_scientist, "events").put_events(Entries=[entry])


def _bus_without_policy(story: Story) -> object:
    """Take the policy from the hub's bus and approve again; then give it back, and approve once more.

    The second approval has to arrive: otherwise the silence of the first would mean nothing.
    """
    accounts = story.accounts
    events = accounts.administrator("shared_services", "events")
    bus = accounts.names.event_bus
    policy = events.describe_event_bus(Name=bus)["Policy"]
    with _listening(story, bus) as received:
        for statement in json.loads(policy)["Statement"]:
            events.remove_permission(EventBusName=bus, StatementId=statement["Sid"])
        try:
            _approve_again(story)
            silent = not received(SILENCE_SECONDS)
        finally:
            events.put_permission(EventBusName=bus, Policy=policy)
        _approve_again(story)
        if not received(ARRIVAL_SECONDS):
            raise ActError("no approval arrives on the bus with its policy either")
    if silent:
        raise RefusedError("Nothing", "no event without the policy, and one with it")
    return "an event arrived on a bus without a policy"


def _approve_again(story: Story) -> None:
    story.acting_as(story.people.lead_data_scientist, "sagemaker").update_model_package(
        ModelPackageArn=story.candidates[0].arn, ModelApprovalStatus="Approved"
    )


@contextmanager
def _listening(story: Story, bus: str) -> Iterator[Callable[[float], bool]]:
    """Send what arrives on a bus of the hub to a queue as well.

    Yields:
        Waits so many seconds for an event, and tells whether one came.
    """
    events = story.accounts.administrator("shared_services", "events")
    sqs = story.accounts.administrator("shared_services", "sqs")
    queue = sqs.create_queue(QueueName=LISTENER)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    sqs.set_queue_attributes(
        QueueUrl=queue, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [allow]})}
    )
    events.put_rule(Name=LISTENER, EventBusName=bus, EventPattern=json.dumps({"source": ["aws.sagemaker"]}))
    events.put_targets(Rule=LISTENER, EventBusName=bus, Targets=[{"Id": "listener", "Arn": arn}])

    def received(seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1).get("Messages"):
                return True
            time.sleep(0.05)
        return False

    try:
        yield received
    finally:
        events.remove_targets(Rule=LISTENER, EventBusName=bus, Ids=["listener"])
        events.delete_rule(Name=LISTENER, EventBusName=bus)
        sqs.delete_queue(QueueUrl=queue)


ROWS = (
    Denial(
        actor="Data scientist",
        action="puts a forged approval on the bus of the central registry",
        code="AccessDeniedException",
        mentions="events:PutEvents",
        attempt=_scientist_forges_approval,
    ),
    Denial(
        actor="Lead data scientist",
        action="approves while the bus of the central registry has no policy",
        code="Nothing",
        mentions="no event without the policy",
        attempt=_bus_without_policy,
    ),
)
