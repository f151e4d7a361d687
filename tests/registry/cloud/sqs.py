# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""Amazon SQS: queues whose messages are hidden from others while somebody has them."""

from dataclasses import dataclass

from .core import Core, Parameters, failure


@dataclass
class Message:
    """A message.

    Attributes:
        received: How often it was received; each time has a handle of its own.
    """

    identifier: str
    body: str
    attributes: dict[str, str]
    received: int = 0
    hidden: bool = False

    @property
    def handle(self) -> str:
        """The handle that the last receiver got."""
        return f"{self.identifier}#{self.received}"


class SQS(Core):
    """The queues of the hub.

    Attributes:
        queues: Their messages, by name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.queues: dict[str, list[Message]] = {}
        self._sent = 0

    def send(self, queue: str, body: str, **attributes: str) -> Message:
        """Put a message into a queue, which is made if need be."""
        self._sent += 1
        message = Message(identifier=f"message-{self._sent}", body=body, attributes=attributes)
        self.queues.setdefault(queue, []).append(message)
        return message

    def _messages(self, url: str) -> list[Message]:
        return self.queues[url.rpartition("/")[2]]

    def _held(self, operation: str, url: str, handle: str) -> Message:
        message = next((message for message in self._messages(url) if message.handle == handle), None)
        if message is None or not message.hidden:
            raise failure(operation, "ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        return message

    def sqs_CreateQueue(self, *, QueueName: str) -> Parameters:
        self.queues.setdefault(QueueName, [])
        return self.sqs_GetQueueUrl(QueueName=QueueName)

    def sqs_SendMessage(
        self, *, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Parameters]
    ) -> Parameters:
        attributes = {name: str(value["StringValue"]) for name, value in MessageAttributes.items()}
        message = self.send(QueueUrl.rpartition("/")[2], MessageBody, **attributes)
        return {"MessageId": message.identifier}

    def sqs_GetQueueUrl(self, *, QueueName: str) -> Parameters:
        if QueueName not in self.queues:
            raise failure("GetQueueUrl", "QueueDoesNotExist", "The specified queue does not exist.")
        return {"QueueUrl": f"https://sqs.eu-west-1.amazonaws.com/222222222222/{QueueName}"}

    def sqs_GetQueueAttributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> Parameters:
        numbers = {
            "ApproximateNumberOfMessages": [m for m in self._messages(QueueUrl) if not m.hidden],
            "ApproximateNumberOfMessagesNotVisible": [m for m in self._messages(QueueUrl) if m.hidden],
        }
        return {"Attributes": {name: str(len(numbers[name])) for name in AttributeNames}}

    def sqs_ReceiveMessage(
        self,
        *,
        QueueUrl: str,
        MaxNumberOfMessages: int,
        MessageAttributeNames: list[str],
        VisibilityTimeout: int,
        WaitTimeSeconds: int,
    ) -> Parameters:
        assert MessageAttributeNames == ["All"]
        received = [message for message in self._messages(QueueUrl) if not message.hidden]
        for message in received[:MaxNumberOfMessages]:
            message.hidden, message.received = True, message.received + 1
        answer = [
            {
                "MessageId": message.identifier,
                "ReceiptHandle": message.handle,
                "Body": message.body,
                "MessageAttributes": {
                    name: {"StringValue": value, "DataType": "String"}
                    for name, value in message.attributes.items()
                },
            }
            for message in received[:MaxNumberOfMessages]
        ]
        return {"Messages": answer} if answer else {}

    def sqs_ChangeMessageVisibility(
        self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int
    ) -> Parameters:
        message = self._held("ChangeMessageVisibility", QueueUrl, ReceiptHandle)
        message.hidden = VisibilityTimeout > 0
        return {}

    def sqs_DeleteMessage(self, *, QueueUrl: str, ReceiptHandle: str) -> Parameters:
        self._messages(QueueUrl).remove(self._held("DeleteMessage", QueueUrl, ReceiptHandle))
        return {}
