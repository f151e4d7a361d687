"""Each dead letter is delivered again, and leaves the queue only when the function has handled it."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from base.settings import load
from scripts.catalog import app
from scripts.console.change import OperatorError
from scripts.versions import replay
from scripts.versions.replay import Replayed
from tests.registry.cloud import HUB, Call, Cloud, Killed, Message, Parameters, client, state_change, use

NAMES = load().names
FUNCTION, QUEUE = NAMES.release_function, NAMES.release_dead_letters
ARN = f"arn:aws:sagemaker:eu-west-1:{HUB}:model-package/churn/1"
EVENT = state_change(ARN, "Approved")
SENTENCE = "The release role may not tag: deploy the registry again."


class Functions:
    """The functions of the hub, as a test wants them to behave.

    Attributes:
        events: What they were invoked with.
        behaviour: What happens then.
    """

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.behaviour: Callable[[Any], None] = lambda event: None

    def __call__(self, event: Any) -> None:
        self.events.append(event)
        self.behaviour(event)


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
def cloud(functions: Functions) -> Cloud:
    """A hub with both functions and their queues, which are empty."""
    made = Cloud()
    made.functions = {FUNCTION: functions, NAMES.promotion_function: functions}
    made.queues = {QUEUE: [], NAMES.promotion_dead_letters: []}
    use(made)
    return made


def record(event: Any = EVENT, **changes: Any) -> str:
    """What Lambda puts into the queue after the last attempt."""
    content = {
        "version": "1.0",
        "timestamp": "2026-11-21T09:21:00.000Z",
        "requestContext": {"requestId": "0", "condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": SENTENCE, "errorType": "RegistryError", "stackTrace": []},
    }
    return json.dumps(content | changes)


def run(*, pretend: bool = False) -> list[Replayed]:
    sqs, lambda_ = client("sqs"), client("lambda")
    return list(replay.replay(sqs=sqs, functions=lambda_, function=FUNCTION, queue=QUEUE, pretend=pretend))


def visible(cloud: Cloud) -> list[Message]:
    return [message for message in cloud.queues[QUEUE] if not message.hidden]


def fail(sentence: str) -> Callable[[Any], None]:
    def behaviour(event: Any) -> None:
        raise RuntimeError(sentence)

    return behaviour


FAILED = "2026-11-21T09:21:00.000Z"
NOT_TAKEN = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "Lambda does not let EventBridge in."}
# What is in the queue (body and attributes), and what is said of it (time and reason).
MESSAGES = {
    "given up by Lambda": ((record(), {}), (FAILED, SENTENCE)),
    "too old for Lambda": (
        (record(responsePayload=None, requestContext={"condition": "EventAgeExceeded"}), {}),
        (FAILED, "EventAgeExceeded"),
    ),
    "not taken by Lambda": ((json.dumps(EVENT), NOT_TAKEN), (EVENT["time"], NOT_TAKEN["ERROR_MESSAGE"])),
    "put there by hand": ((json.dumps(EVENT), {}), (EVENT["time"], "AWS gives no reason.")),
}


@pytest.mark.parametrize(("message", "said"), MESSAGES.values(), ids=MESSAGES)
def test_what_is_handled_leaves_the_queue(
    cloud: Cloud, functions: Functions, message: tuple[str, dict[str, str]], said: tuple[str, str]
) -> None:
    body, attributes = message
    cloud.send(QUEUE, body, **attributes)

    (outcome,) = run()

    assert functions.events == [EVENT]
    assert cloud.queues[QUEUE] == []
    assert outcome.failure is None
    assert (outcome.letter.time, outcome.letter.reason) == said
    assert outcome.letter.subject == f"{ARN} Approved"


@pytest.mark.parametrize(
    ("body", "sentence", "failure"),
    [
        pytest.param(record(), "It is denied still.", "It is denied still.", id="fails again"),
        pytest.param(record(), "", f"{FUNCTION} failed and gave no reason: see its log.", id="no reason"),
        pytest.param("not JSON", "", "It is no event.", id="not JSON"),
        pytest.param("[1, 2]", "", "It is no event.", id="no object"),
        pytest.param(record("lost"), "", SENTENCE, id="no event in the record"),
    ],
)
def test_what_fails_stays_in_sight(
    cloud: Cloud, functions: Functions, body: str, sentence: str, failure: str
) -> None:
    message = cloud.send(QUEUE, body)
    functions.behaviour = fail(sentence)
    assert [outcome.failure for outcome in run()] == [failure]
    assert visible(cloud) == [message]


def test_what_lambda_has_no_room_for_stays_in_sight(cloud: Cloud) -> None:
    message = cloud.send(QUEUE, record())
    cloud.busy = True
    (outcome,) = run()
    assert "replay it later" in str(outcome.failure)
    assert visible(cloud) == [message]


def test_one_failure_stops_no_other(cloud: Cloud, functions: Functions) -> None:
    messages = [cloud.send(QUEUE, record(state_change(ARN, status))) for status in ("Approved", "Rejected")]
    functions.behaviour = lambda event: (
        fail("later")(event) if event["detail"]["ModelApprovalStatus"] == "Approved" else None
    )
    assert [outcome.failure for outcome in run()] == ["later", None]
    assert visible(cloud) == messages[:1]


def test_pretending_only_looks(cloud: Cloud, functions: Functions) -> None:
    messages = [cloud.send(QUEUE, record()) for _ in range(3)]
    for _ in range(2):
        assert [outcome.letter.reason for outcome in run(pretend=True)] == [SENTENCE] * 3
    assert functions.events == []
    assert visible(cloud) == messages


@pytest.mark.parametrize("operation", ["ReceiveMessage", "Invoke", "DeleteMessage"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_an_interrupted_command_leaves_what_the_next_one_finishes(
    cloud: Cloud, functions: Functions, operation: str, done: bool
) -> None:
    for _ in range(2):
        cloud.send(QUEUE, record())

    def interfere(_number: int, called: str, call: Call) -> Parameters:
        if called != operation:
            return call()
        if done:
            call()
        raise Killed

    cloud.interfere = interfere
    with pytest.raises(Killed):
        run()
    cloud.interfere = lambda _n, _o, call: call()
    # Which SQS does by itself when the time is over for which a message is hidden.
    for message in cloud.queues[QUEUE]:
        message.hidden = False

    run()

    assert cloud.queues[QUEUE] == []
    assert len(functions.events) >= 2


def test_a_message_is_shown_again_when_the_command_is_interrupted(cloud: Cloud, functions: Functions) -> None:
    message = cloud.send(QUEUE, record())

    def interrupt(event: Any) -> None:
        raise KeyboardInterrupt

    functions.behaviour = interrupt
    with pytest.raises(KeyboardInterrupt):
        run()
    assert visible(cloud) == [message]


def test_what_comes_into_sight_again_meanwhile_is_not_tried_twice(cloud: Cloud, functions: Functions) -> None:
    messages = [cloud.send(QUEUE, record()) for _ in range(3)]

    def take_long(event: Any) -> None:
        messages[0].hidden = False
        raise RuntimeError("later")

    functions.behaviour = take_long
    assert len(run()) == len(functions.events) == 3
    assert visible(cloud) == messages


def test_a_queue_that_is_not_there_is_said(cloud: Cloud) -> None:
    cloud.queues.clear()
    with pytest.raises(OperatorError, match=f"There is no queue {QUEUE}.*deploy the registry first"):
        run()


# The command.


@pytest.fixture
def command(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run the command against the cloud; its exit code and what it says."""
    session = SimpleNamespace(client=lambda service, config: client(service))
    monkeypatch.setattr(replay, "aws_session", lambda settings: session)

    def invoke(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["replay", *arguments])
        return result.exit_code, result.output

    return invoke


def test_the_command_replays_both_functions(
    cloud: Cloud, functions: Functions, command: Callable[..., tuple[int, str]]
) -> None:
    cloud.send(NAMES.promotion_dead_letters, record())
    code, said = command()
    assert code == 0
    assert said.splitlines() == [
        f"promotion: {FAILED} {ARN} Approved",
        f"  it failed because: {SENTENCE}",
        "  replayed",
        "release: no dead letters",
    ]
    assert len(functions.events) == 1


def test_the_command_ends_with_exit_code_2_if_any_is_left(
    cloud: Cloud, functions: Functions, command: Callable[..., tuple[int, str]]
) -> None:
    cloud.send(QUEUE, record())
    functions.behaviour = fail("It is denied [still].")
    code, said = command("release")
    assert code == 2
    assert said.endswith("  it stays in the queue because: It is denied [still].\n")
    assert "promotion" not in said


def test_the_command_can_pretend(cloud: Cloud, command: Callable[..., tuple[int, str]]) -> None:
    cloud.send(QUEUE, record())
    code, said = command("release", "--pretend")
    assert code == 0
    assert said == f"release: {FAILED} {ARN} Approved\n  it failed because: {SENTENCE}\n"


def test_the_command_tells_of_what_others_have(cloud: Cloud, command: Callable[..., tuple[int, str]]) -> None:
    cloud.send(QUEUE, record()).hidden = True
    code, said = command("release")
    assert code == 0
    assert said.startswith("release: 1 dead letters are being replayed by somebody else")


def test_the_command_knows_the_functions(command: Callable[..., tuple[int, str]]) -> None:
    code, said = command("training")
    assert code == 2
    assert "'promotion'" in said
