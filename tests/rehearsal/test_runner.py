import io
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from rehearsal.accounts import Accounts
from rehearsal.data import default
from rehearsal.denied import Denial, RefusedError, attempt
from rehearsal.display import Display, duration
from rehearsal.runner import PeakMemory, play
from rehearsal.story import Act, ActError, Story


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A story at an endpoint that nobody answers."""
    return Story(
        accounts=Accounts("http://127.0.0.1:9"), data=default(), folder=tmp_path, tell=lambda _: None
    )


def act(name: str, play_act: Callable[[Story], str]) -> Act:
    return Act(name=name, actor="ML engineer", account="shared_services", play=play_act, next="Look at it.")


def fails(_: Story) -> str:
    raise ActError("the reason\nand the log")


def refuses(code: str, message: str) -> Callable[[Story], object]:
    def try_it(_: Story) -> object:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "UpdateModelPackage")

    return try_it


def test_acts_after_a_failed_one_are_not_reached(story: Story) -> None:
    never: list[str] = []
    text = io.StringIO()
    acts = (
        act("First", lambda _: "done"),
        act("Second", fails),
        act("Third", lambda _: never.pop()),
    )
    played = play(acts, story, Display(Console(file=text)))
    assert [(record.name, record.status) for record in played.acts] == [
        ("First", "ok"),
        ("Second", "failed"),
        ("Third", "failed"),
    ]
    assert played.acts[1].detail == "the reason\nand the log"
    assert played.acts[2].detail == "Not reached: act 1 failed."
    assert not played.ok
    assert "the reason" in text.getvalue()


def test_an_act_that_is_refused_fails_with_what_aws_said(story: Story) -> None:
    refused = refuses("AccessDeniedException", "not authorized to perform: sagemaker:UpdateModelPackage")
    played = play(
        (act("Approve", lambda story: str(refused(story))),), story, Display(Console(file=io.StringIO()))
    )
    assert "sagemaker:UpdateModelPackage" in played.acts[0].detail


def test_a_mistake_of_the_rehearsal_itself_is_not_taken_for_a_failed_act(story: Story) -> None:
    nothing: dict[str, str] = {}
    with pytest.raises(KeyError):
        play((act("Broken", lambda _: nothing["absent"]),), story, Display(Console(file=io.StringIO())))


def test_the_log_names_each_act_with_actor_account_and_time(story: Story) -> None:
    text = io.StringIO()
    with Display(Console(file=text, width=200)) as display:
        story.tell = display.tell

        def tells(story: Story) -> str:
            story.tell("half-way")
            return "done"

        play((act("Publish", tells),), story, display)
    assert "half-way" in text.getvalue()
    assert "0  Publish" in text.getvalue()
    assert "ML engineer" in text.getvalue()
    assert "shared services (222222222222)" in text.getvalue()
    assert " s\n" in text.getvalue()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(
            refuses("AccessDenied", "not authorized to perform: s3:PutObject"), "ok", id="as expected"
        ),
        pytest.param(
            refuses("AccessDenied", "not authorized to perform: s3:GetObject"), "failed", id="other action"
        ),
        pytest.param(refuses("NoSuchBucket", "s3:PutObject"), "failed", id="other error"),
        pytest.param(lambda _: None, "failed", id="allowed"),
        pytest.param(fails, "failed", id="broken"),
    ],
)
def test_only_the_right_refusal_counts(story: Story, answer: Callable[[Story], object], status: str) -> None:
    denial = Denial(
        actor="Data scientist", action="writes", code="AccessDenied", mentions="s3:PutObject", attempt=answer
    )
    assert attempt(story, denial).status == status


def test_a_refusal_without_a_call_is_judged_alike(story: Story) -> None:
    def fails_later(_: Story) -> None:
        raise RefusedError("CreateFailed", "may not codebuild:CreateProject " + "x" * 500)

    denial = Denial(
        actor="Launch role",
        action="creates",
        code="CreateFailed",
        mentions="codebuild:CreateProject",
        attempt=fails_later,
    )
    record = attempt(story, denial)
    assert record.status == "ok"
    assert record.expected == "CreateFailed: codebuild:CreateProject"
    assert record.observed.endswith(500 * "x")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1 min 0 s"), (125.2, "2 min 5 s")]
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_memory_is_that_of_this_process_at_least() -> None:
    with PeakMemory() as memory:
        pass
    assert memory.mebibytes > 10
