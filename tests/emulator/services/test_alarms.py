"""An alarm tells whom its topic's policy and its topic's key let it tell, and nobody else."""

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
import pytest

from access.templates import DeployedTemplate
from registry.stack import RegistryStack
from tests.emulator.services.test_events import received
from tests.emulator.support import SETTINGS, Emulator, allow, policy
from tests.registry.registry_stack import only

HUB = SETTINGS.accounts.shared_services
ROOT = {"AWS": f"arn:aws:iam::{HUB}:root"}


def as_cloudwatch(action: str, resource: str, account: str = HUB, **more: Any) -> dict[str, Any]:
    conditions = {"StringEquals": {"aws:SourceAccount": account}, **more}
    return {
        **allow(action, resource),
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Condition": conditions,
    }


class Alarm:
    """An alarm in the hub, its topic, and a queue that takes what the topic is told."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.name = f"alarm-{uuid.uuid4().hex[:10]}"
        self.cloudwatch = emulator.client("cloudwatch", account=HUB)
        self.sns = emulator.client("sns", account=HUB)
        self.topic = self.sns.create_topic(Name=self.name)["TopicArn"]
        queue_arn = f"arn:aws:sqs:{emulator.region}:{HUB}:{self.name}"
        statement = {**allow("sqs:SendMessage", queue_arn), "Principal": {"Service": "sns.amazonaws.com"}}
        self.queue = emulator.client("sqs", account=HUB).create_queue(
            QueueName=self.name, Attributes={"Policy": policy(statement)}
        )["QueueUrl"]
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=queue_arn)
        self.cloudwatch.put_metric_alarm(
            AlarmName=self.name,
            AlarmActions=[self.topic],
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
        )

    def has_policy(self, *statements: Mapping[str, Any]) -> None:
        self.set("Policy", policy(*statements))

    def has_key(self, *statements: Mapping[str, Any]) -> None:
        own = {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*"}
        document = policy(own, *statements)
        key = self.emulator.client("kms", account=HUB).create_key(Policy=document)["KeyMetadata"]["Arn"]
        self.set("KmsMasterKeyId", key)

    def set(self, name: str, value: str) -> None:
        self.sns.set_topic_attributes(TopicArn=self.topic, AttributeName=name, AttributeValue=value)

    def fires(self) -> None:
        self.cloudwatch.set_alarm_state(AlarmName=self.name, StateValue="ALARM", StateReason="A test.")

    @property
    def told(self) -> dict[str, Any] | None:
        message = received(self.emulator, HUB, self.queue)
        return json.loads(json.loads(message["Body"])["Message"]) if message else None

    @property
    def failures(self) -> list[str]:
        items = self.cloudwatch.describe_alarm_history(AlarmName=self.name, HistoryItemType="Action")
        return [item["HistorySummary"] for item in items["AlarmHistoryItems"]]


@pytest.fixture
def alarm(emulator: Emulator) -> Alarm:
    return Alarm(emulator)


def test_an_alarm_that_fires_tells_its_topic(alarm: Alarm) -> None:
    alarm.has_policy(as_cloudwatch("sns:Publish", alarm.topic))
    alarm.fires()
    told = alarm.told
    assert told is not None
    assert (told["AlarmName"], told["NewStateValue"]) == (alarm.name, "ALARM")
    assert alarm.failures == []


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(lambda topic: {**allow("sns:Publish", topic), "Principal": ROOT}, id="account"),
        pytest.param(lambda topic: as_cloudwatch("sns:Publish", topic, "666666666666"), id="other account"),
        pytest.param(lambda topic: as_cloudwatch("sns:Subscribe", topic), id="other action"),
        pytest.param(
            lambda topic: as_cloudwatch(
                "sns:Publish", topic, ArnLike={"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:another"}
            ),
            id="other alarm",
        ),
    ],
)
def test_a_topic_that_does_not_let_alarms_publish_is_told_nothing(alarm: Alarm, statement: Any) -> None:
    alarm.has_policy(statement(alarm.topic))
    alarm.fires()
    (failure,) = alarm.failures
    assert failure.startswith(f"Failed to execute action {alarm.topic}. ")
    assert "not authorized to perform: sns:Publish" in failure


def test_a_topic_whose_key_is_closed_to_alarms_is_told_nothing(alarm: Alarm) -> None:
    alarm.has_policy(as_cloudwatch("sns:Publish", alarm.topic))
    alarm.has_key(as_cloudwatch("kms:Decrypt", "*"))
    alarm.fires()
    (failure,) = alarm.failures
    assert "not authorized to perform: kms:GenerateDataKey" in failure
    alarm.cloudwatch.set_alarm_state(AlarmName=alarm.name, StateValue="OK", StateReason="A test.")
    alarm.has_key(as_cloudwatch("kms:*", "*"))
    alarm.fires()
    assert alarm.told is not None


def test_the_registrys_alarms_reach_somebody(alarm: Alarm, tmp_path: Path) -> None:
    """By the policies of topic and key as they are synthesized."""
    app = cdk.App(outdir=str(tmp_path))
    env = cdk.Environment(account=HUB, region=alarm.emulator.region)
    stack = RegistryStack(
        app,
        SETTINGS.names.registry_stack,
        settings=SETTINGS,
        serving_roles=(SETTINGS.names.endpoint_role,),
        env=env,
    )
    app.synth()
    template = json.loads((tmp_path / stack.template_file).read_text(encoding="utf-8"))
    deployed = DeployedTemplate(
        name="registry", template=template, account=HUB, region=alarm.emulator.region, parameters={}
    )
    ((_, topic_policy),) = deployed.resources("AWS::SNS::TopicPolicy")
    ((_, key),) = deployed.resources("AWS::KMS::Key")
    assert only(template, "AWS::SNS::Topic")["KmsMasterKeyId"]
    statements = topic_policy["PolicyDocument"]["Statement"]
    alarm.has_policy(*({**statement, "Resource": alarm.topic} for statement in statements))
    document = json.dumps(key["KeyPolicy"])
    arn = alarm.emulator.client("kms", account=HUB).create_key(Policy=document)["KeyMetadata"]["Arn"]
    alarm.set("KmsMasterKeyId", arn)
    alarm.fires()
    assert alarm.failures == []
    assert alarm.told is not None
