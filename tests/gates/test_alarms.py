"""Every alarm reaches its topic: topic and key let CloudWatch in, for alarms of the own account alone.

https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from products.product import Template
from tests.gates.everything import Everything
from tests.gates.test_policies import listed

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
ACTIONS = ("AlarmActions", "InsufficientDataActions", "OKActions")
OWN_ACCOUNT = {"Ref": "AWS::AccountId"}


def mistakes(template: Template) -> Iterator[str]:
    """Why an alarm of a template reaches nobody, or a topic takes alarms of others: a sentence each."""
    resources = template["Resources"]
    for name, resource in resources.items():
        if resource["Type"] not in ALARMS:
            continue
        told = [topic for field in ACTIONS for topic in resource["Properties"].get(field, ())]
        if not told:
            yield f"{name} tells nobody"
        for topic in told:
            yield from (f"{name}: {mistake}" for mistake in _mistakes_of_topic(resources, topic))


def _mistakes_of_topic(resources: Mapping[str, Any], topic: Any) -> Iterator[str]:
    found = resources.get(topic.get("Ref", "")) if isinstance(topic, dict) else None
    if not found:
        yield f"{topic} is no topic of the template"
        return
    policies = [
        policy["Properties"]["PolicyDocument"]
        for policy in resources.values()
        if policy["Type"] == "AWS::SNS::TopicPolicy" and topic in policy["Properties"]["Topics"]
    ]
    # A topic without a policy has SNS's default one, by which alarms of its account publish.
    if policies and not _lets_alarms_in(policies, "sns:Publish", topic, by_alarm=True):
        yield "the topic's policy does not let alarms of the account, and these alone, publish"
    key = found["Properties"].get("KmsMasterKeyId")
    if key is None:
        return
    if not (isinstance(key, dict) and "Fn::GetAtt" in key):
        yield f"the topic is encrypted with {key}, whose policy this template does not know"
        return
    document = resources[key["Fn::GetAtt"][0]]["Properties"]["KeyPolicy"]
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        if not _lets_alarms_in([document], action, "*", by_alarm=False):
            yield f"the topic's key does not let alarms of the account, and these alone, use {action}"


def _lets_alarms_in(documents: list[Any], action: str, resource: Any, *, by_alarm: bool) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and "cloudwatch.amazonaws.com" in listed(_services(statement))
        and {action, f"{action}*"} & set(listed(statement["Action"]))
        and resource in listed(statement["Resource"])
        and _only_own(statement.get("Condition", {}), by_alarm=by_alarm)
        for document in documents
        for statement in document["Statement"]
    )


def _services(statement: Mapping[str, Any]) -> Any:
    principal = statement["Principal"]
    return principal.get("Service", ()) if isinstance(principal, dict) else ()


def _only_own(condition: Mapping[str, Any], *, by_alarm: bool) -> bool:
    own_account = condition.get("StringEquals", {}).get("aws:SourceAccount") == OWN_ACCOUNT
    source = str(condition.get("ArnLike", {}).get("aws:SourceArn"))
    return own_account and (not by_alarm or (":cloudwatch:" in source and ":alarm:" in source))


def test_every_alarm_reaches_its_topic(everything: Everything) -> None:
    found = {name: list(mistakes(template)) for name, template in everything.templates.items()}
    assert {name: told for name, told in found.items() if told} == {}


def test_there_are_alarms(everything: Everything) -> None:
    registry = everything.templates[everything.settings.names.registry_stack]
    assert any(resource["Type"] in ALARMS for resource in registry["Resources"].values())


def _without_statement(service: str, kind: str) -> Any:
    def break_it(resources: dict[str, Any]) -> None:
        field = "KeyPolicy" if kind == "AWS::KMS::Key" else "PolicyDocument"
        for resource in resources.values():
            if resource["Type"] == kind:
                document = resource["Properties"][field]
                document["Statement"] = [
                    each for each in document["Statement"] if service not in listed(_services(each))
                ]

    return break_it


def _without_condition(resources: dict[str, Any]) -> None:
    for resource in resources.values():
        if resource["Type"] == "AWS::SNS::TopicPolicy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                statement.pop("Condition", None)


def _with_awss_key(resources: dict[str, Any]) -> None:
    for resource in resources.values():
        if resource["Type"] == "AWS::SNS::Topic":
            resource["Properties"]["KmsMasterKeyId"] = "alias/aws/sns"


def _without_actions(resources: dict[str, Any]) -> None:
    for resource in resources.values():
        if resource["Type"] in ALARMS:
            resource["Properties"].pop("AlarmActions", None)


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (_without_statement("cloudwatch.amazonaws.com", "AWS::SNS::TopicPolicy"), "policy does not let"),
        (_without_statement("cloudwatch.amazonaws.com", "AWS::KMS::Key"), "key does not let"),
        (_without_condition, "policy does not let"),
        (_with_awss_key, "whose policy this template does not know"),
        (_without_actions, "tells nobody"),
    ],
    ids=["topic", "key", "any account", "key of AWS", "no topic"],
)
def test_the_gate_sees_what_keeps_alarms_from_people(
    everything: Everything, break_it: Any, sentence: str
) -> None:
    template = copy.deepcopy(everything.templates[everything.settings.names.registry_stack])
    break_it(template["Resources"])
    found = list(mistakes(template))
    assert found
    assert all(sentence in told for told in found)
