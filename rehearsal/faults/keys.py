"""A team's key does not let promotion read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from rehearsal import commands
from rehearsal.fault import Fault
from rehearsal.faults.versions import (
    central_versions,
    decide,
    promoted,
    register,
    wait_for_promotion,
)
from rehearsal.story import ActError, Story, built


def _denied_key(story: Story) -> str:
    engineer = story.people.ml_engineer
    probe = register(story, "denied-key")
    with _key_denied(story):
        decide(story, probe, "Approved")
        wait_for_promotion(story, "the dead letter", lambda: _dead_letters(story) or None)
        told = " ".join(commands.catalog(story, engineer, "replay", "promotion", "--pretend"))
        if "kms:Decrypt" not in told:
            raise ActError(f"the dead letter does not name kms:Decrypt: {told}")
        if central_versions(story, probe):
            raise ActError("a version was registered without its artifact")
    commands.catalog(story, engineer, "replay", "promotion")
    promoted(story, probe)
    if _dead_letters(story):
        raise ActError("the dead letter is still there")
    return "a dead letter with the statement to add to the key's policy; replayed, one central version"


@contextmanager
def _key_denied(story: Story) -> Iterator[None]:
    """As the account's administrator, take the project's key from the promotion role for a while."""
    kms = story.accounts.administrator("development", "kms")
    alias = built(story.build_project).names.key_alias
    key = kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]
    policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    hub = story.accounts.account_id("shared_services")
    role = f"arn:aws:iam::{hub}:role/{story.accounts.names.promotion_role}"
    denial = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": role}},
    }
    document = json.loads(policy)
    denied = {**document, "Statement": [*document["Statement"], denial]}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(denied))
    try:
        yield
    finally:
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)


def _dead_letters(story: Story) -> int:
    sqs = story.accounts.administrator("shared_services", "sqs")
    url = sqs.get_queue_url(QueueName=story.accounts.names.promotion_dead_letters)["QueueUrl"]
    attributes = sqs.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return sum(map(int, attributes.values()))


ROWS = (
    Fault(
        name="A key that does not let promotion read",
        done="Denied the promotion role a project's key, approved a version, and gave the key back.",
        expected="a dead letter that names kms:Decrypt; replayed by one command, one central version",
        bring_about=_denied_key,
    ),
)
