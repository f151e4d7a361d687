"""What Amazon SQS and EventBridge do, asked of the emulator and of the cloud in memory alike.

Each scenario states a rule of AWS that replaying failed events, or announcing a release, relies on.
"""

import json
from typing import Any

import pytest

from tests.contract.conftest import World
from tests.contract.support import refusal


class TestQueues:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html."""

    def make(self, world: World, *bodies: str, **attributes: str) -> tuple[Any, str]:
        """A queue with messages, by its URL."""
        sqs = world.client("sqs")
        url: str = sqs.create_queue(QueueName=world.name)["QueueUrl"]
        for body in bodies:
            sqs.send_message(
                QueueUrl=url,
                MessageBody=body,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
            )
        return sqs, url

    def receive(self, sqs: Any, url: str, number: int = 1) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=number,
            MessageAttributeNames=["All"],
            VisibilityTimeout=300,
            WaitTimeSeconds=0,
        ).get("Messages", [])
        return found

    def counted(self, sqs: Any, url: str) -> tuple[int, int]:
        """How many messages are in sight, and how many are not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        seen, hidden = (int(found[name]) for name in names)
        return seen, hidden

    def test_a_queue_that_is_not_there(self, world: World) -> None:
        sqs = world.client("sqs")
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            sqs.get_queue_url(QueueName=f"{world.name}-absent")

    def test_a_queue_is_found_by_its_name(self, world: World) -> None:
        sqs, url = self.make(world)
        assert sqs.get_queue_url(QueueName=world.name)["QueueUrl"] == url
        assert self.receive(sqs, url) == []
        assert self.counted(sqs, url) == (0, 0)

    def test_who_receives_a_message_hides_it_from_others(self, world: World) -> None:
        sqs, url = self.make(world, "a", ERROR_CODE="200")
        (message,) = self.receive(sqs, url)
        assert message["Body"] == "a"
        assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "200"
        assert self.receive(sqs, url) == []
        assert self.counted(sqs, url) == (0, 1)

    def test_no_more_messages_than_asked_for(self, world: World) -> None:
        sqs, url = self.make(world, "a", "b", "c")
        taken = [self.receive(sqs, url, number) for number in (1, 2, 1)]
        assert len(taken[0]) == 1
        assert sorted(message["Body"] for batch in taken for message in batch) == ["a", "b", "c"]

    def test_a_message_comes_into_sight_again_under_another_handle(self, world: World) -> None:
        sqs, url = self.make(world, "a")
        (first,) = self.receive(sqs, url)
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
        assert self.counted(sqs, url) == (1, 0)
        (second,) = self.receive(sqs, url)
        assert second["MessageId"] == first["MessageId"]
        assert second["ReceiptHandle"] != first["ReceiptHandle"]

    def test_a_message_that_was_deleted_is_gone(self, world: World) -> None:
        sqs, url = self.make(world, "a")
        (message,) = self.receive(sqs, url)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        assert self.counted(sqs, url) == (0, 0)
        assert self.receive(sqs, url) == []

    def test_a_handle_that_is_none(self, world: World) -> None:
        sqs, url = self.make(world, "a")
        wrong = refusal(
            sqs.change_message_visibility, QueueUrl=url, ReceiptHandle="none", VisibilityTimeout=0
        )
        assert wrong == ("ReceiptHandleIsInvalid", 400)


class TestEvents:
    """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html."""

    def entry(self, **more: Any) -> dict[str, Any]:
        detail = json.dumps({"ModelPackageGroupName": "churn"})
        return {"Source": "mlplatform.registry", "DetailType": "Released", "Detail": detail, **more}

    def test_each_event_gets_an_id(self, world: World) -> None:
        answer = world.client("events").put_events(
            Entries=[self.entry(Resources=["arn:aws:sagemaker:eu-west-1:111111111111:model-package/a/1"])] * 2
        )
        assert answer["FailedEntryCount"] == 0
        identifiers = [each["EventId"] for each in answer["Entries"]]
        assert len(set(identifiers)) == 2

    def test_an_event_that_is_not_taken_is_told_beside_those_that_are(self, world: World) -> None:
        answer = world.client("events").put_events(Entries=[self.entry(Detail="not JSON"), self.entry()])
        assert answer["FailedEntryCount"] == 1
        assert answer["Entries"][0]["ErrorCode"] == "MalformedDetail"
        assert answer["Entries"][0]["ErrorMessage"]
        assert "EventId" in answer["Entries"][1]

    def test_events_of_aws_are_aws_own(self, world: World) -> None:
        answer = world.client("events").put_events(Entries=[self.entry(Source="aws.sagemaker")])
        assert answer["FailedEntryCount"] == 1
        assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
