"""Deliver events again that a function of the central registry could not handle.

Such an event is in the function's dead-letter queue, put there by one of two services:

* by Lambda, after the last attempt, in a record that names the error
  (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html);
* by EventBridge, as it is, when Lambda did not take it, with the error in the message's attributes
  (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html).

Both functions act on the version as it is now, so that an event may be late, doubled or out of order.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from botocore.config import Config
from botocore.exceptions import ClientError

from base.settings import CATALOG, Settings, load
from scripts.console.caller import Need
from scripts.console.change import OperatorError
from scripts.console.command import RETRIES, CatalogFile, Pretend, aws_session, output, sentences

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

# Longer than an attempt can take, which AWS ends after 15 minutes
# (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
SECONDS_OF_AN_ATTEMPT = 960
# A message that is being replayed is hidden from others, and comes back by itself when the command is killed.
HIDDEN_SECONDS = SECONDS_OF_AN_ATTEMPT + 60
# Long polling asks all servers of the queue, so that an empty answer means an empty queue.
POLL_SECONDS = 2

# One attempt, however long it takes: a client that repeats it would run the function twice at once.
ONE_ATTEMPT = Config(
    read_timeout=SECONDS_OF_AN_ATTEMPT, retries={"total_max_attempts": 1}, tcp_keepalive=True
)


class Function(StrEnum):
    """The functions whose events can be replayed."""

    PROMOTION = "promotion"
    RELEASE = "release"

    def names(self, settings: Settings) -> tuple[str, str]:
        """The function's name, and that of its dead-letter queue."""
        names = settings.names
        return {
            Function.PROMOTION: (names.promotion_function, names.promotion_dead_letters),
            Function.RELEASE: (names.release_function, names.release_dead_letters),
        }[self]


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message of a dead-letter queue.

    Attributes:
        time: When the event failed, or was sent, as AWS wrote it.
        event: The event; None if the message holds none.
        reason: Why it was not handled: the sentence of the error.
    """

    time: str
    event: Mapping[str, Any] | None
    reason: str

    @classmethod
    def read(cls, message: "MessageTypeDef") -> Self:
        """Read a message, whichever service put it there."""
        try:
            body = json.loads(message["Body"])
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return cls(time="", event=None, reason="It is no event.")
        if "requestPayload" in body:
            time, event = body.get("timestamp", ""), body["requestPayload"]
            reason = _error(body.get("responsePayload")) or body.get("requestContext", {}).get("condition")
        else:
            time, event = body.get("time", ""), body
            attributes: Mapping[str, Any] = message.get("MessageAttributes", {})
            reason = attributes.get("ERROR_MESSAGE", {}).get("StringValue")
        return cls(
            time=time,
            event=event if isinstance(event, dict) else None,
            reason=reason or "AWS gives no reason.",
        )

    @property
    def subject(self) -> str:
        """The model version that the event is about, and its status then."""
        detail = self.event.get("detail", {}) if self.event else {}
        arn, status = detail.get("ModelPackageArn"), detail.get("ModelApprovalStatus")
        return f"{arn} {status}" if arn else "a message about no model version"


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What became, or would become, of a dead letter.

    Attributes:
        letter: The dead letter.
        failure: Why it stays in the queue; None if it is replayed.
    """

    letter: DeadLetter
    failure: str | None


def replay(
    *, sqs: "SQSClient", functions: "LambdaClient", function: str, queue: str, pretend: bool = False
) -> Iterator[Replayed]:
    """Invoke a function with each event of its dead-letter queue, and delete what it has handled.

    A message is deleted only after the function has succeeded; whatever fails, or is interrupted, stays.

    Args:
        sqs: A client of the shared services account.
        functions: A client of the same, which waits as long as an attempt takes and makes but one.
        function: The function's name.
        queue: The name of its dead-letter queue.
        pretend: Only look at the messages.

    Yields:
        What became of each message, as soon as it is known.

    Raises:
        OperatorError: If there is no such queue.
    """
    url = _url(sqs, queue)
    kept: dict[str, str] = {}
    try:
        while message := _next(sqs, url):
            identifier, receipt = message["MessageId"], message["ReceiptHandle"]
            tried, kept[identifier] = identifier in kept, receipt
            # What was tried comes into sight again when others take long.
            if tried:
                continue
            letter = DeadLetter.read(message)
            failure = None if pretend else _attempt(functions, function, letter)
            if failure is None and not pretend:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
                del kept[identifier]
            yield Replayed(letter=letter, failure=failure)
    finally:
        for receipt in kept.values():
            # Otherwise it comes into sight by itself, later.
            with suppress(ClientError):
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)


def in_other_hands(sqs: "SQSClient", queue: str) -> int:
    """How many messages of a queue another command is replaying, or has left hidden when it was killed."""
    attributes = sqs.get_queue_attributes(
        QueueUrl=_url(sqs, queue), AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )["Attributes"]
    return int(attributes["ApproximateNumberOfMessagesNotVisible"])


def _url(sqs: "SQSClient", queue: str) -> str:
    try:
        return sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        raise OperatorError(
            f"There is no queue {queue} in this account and Region: deploy the registry first, and use the "
            "credentials of the ML engineer in the shared services account."
        ) from None


def _next(sqs: "SQSClient", url: str) -> "MessageTypeDef | None":
    messages = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=1,
        MessageAttributeNames=["All"],
        VisibilityTimeout=HIDDEN_SECONDS,
        WaitTimeSeconds=POLL_SECONDS,
    ).get("Messages", [])
    return messages[0] if messages else None


def _attempt(functions: "LambdaClient", function: str, letter: DeadLetter) -> str | None:
    """Invoke the function and wait for it; the sentence of its error, or None."""
    if letter.event is None:
        return letter.reason
    try:
        answer = functions.invoke(
            FunctionName=function, InvocationType="RequestResponse", Payload=json.dumps(letter.event).encode()
        )
    except functions.exceptions.TooManyRequestsException:
        return "Lambda runs as many functions as this account may: replay it later."
    payload = json.loads(answer["Payload"].read() or "null")
    if "FunctionError" not in answer:
        return None
    return _error(payload) or f"{function} failed and gave no reason: see its log."


def _error(payload: Any) -> str | None:
    return payload.get("errorMessage") if isinstance(payload, Mapping) else None


def command(
    function: Annotated[Function | None, typer.Argument(help="Whose events; without it, of both.")] = None,
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
) -> None:
    """Deliver again what promotion or release could not handle (ML engineer, shared services account)."""
    left = 0
    with sentences():
        settings = load(catalog)
        session, names = aws_session(settings), settings.names
        need = Need.of_hub(settings, task="events are replayed", roles=(names.ml_engineer_role,))
        need.met_by(session, names)
        sqs = session.client("sqs", config=RETRIES)
        functions = session.client("lambda", config=ONE_ATTEMPT)
        for each in [function] if function else list(Function):
            name, queue = each.names(settings)
            seen = 0
            for replayed in replay(sqs=sqs, functions=functions, function=name, queue=queue, pretend=pretend):
                seen += 1
                left += replayed.failure is not None
                _tell(each, replayed, pretend=pretend)
            if not seen:
                _tell_of_none(each, in_other_hands(sqs, queue))
    if left:
        raise typer.Exit(2)


def _tell(function: Function, replayed: Replayed, *, pretend: bool) -> None:
    letter = replayed.letter
    output.print(f"{function}: {letter.time} {letter.subject}", markup=False)
    output.print(f"  it failed because: {letter.reason}", markup=False)
    if replayed.failure is not None:
        output.print(f"  it stays in the queue because: {replayed.failure}", markup=False)
    elif not pretend:
        output.print("  replayed", markup=False)


def _tell_of_none(function: Function, hidden: int) -> None:
    if hidden:
        output.print(
            f"{function}: {hidden} dead letters are being replayed by somebody else; what a command left "
            f"when it was stopped comes back within {HIDDEN_SECONDS // 60} minutes."
        )
    else:
        output.print(f"{function}: no dead letters")
