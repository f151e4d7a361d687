"""The functions as Lambda calls them: what they read, what they log, what they raise."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from registry.functions.model_registry import clients
from registry.functions.model_registry.card_content import digest
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.events import StateChange
from registry.functions.model_registry.promotion import copying
from registry.functions.model_registry.promotion import handler as promotion_handler
from registry.functions.model_registry.release import handler as release_handler
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, TEAM, TEAM_BUCKET, Cloud, client, state_change

ARN = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/churn/1"
Handler = Callable[[dict[str, Any], LambdaContext], None]


@pytest.fixture(autouse=True)
def function_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "APPROVER": "version",
        "EVENT_SOURCE": "mlplatform.registry",
        "IMAGE_REPOSITORIES": "mlplatform-models",
        "MODEL_CARDS_LAYOUT": "central",
        "FUNCTION_ROLES": "mlplatform-promotion,mlplatform-release,mlplatform-stages",
        "ORGANIZATION_ID": "o-mlplatform1",
        "READER_PATHS": "o-mlplatform1/*/ou-ml01-test0001/*",
        "READER_UNITS": "",
        "READER_ROLES": "mlplatform-deployment-cloudformation,mlplatform-endpoint",
        "REGISTRY_ACCOUNT": HUB,
        "REGISTRY_BUCKET": REGISTRY_BUCKET,
        "REGISTRY_KEY_ARN": f"arn:aws:kms:{REGION}:{HUB}:key/1",
        "ROLE_ARN": f"arn:aws:iam::{HUB}:role/mlplatform-promotion",
    }.items():
        monkeypatch.setenv(name, value)
    for service in ("ecr", "events", "lambda", "s3", "sagemaker"):
        function = "lambda_" if service == "lambda" else service
        monkeypatch.setattr(clients, function, lambda service=service: client(service))
    promotion_handler.promotion.cache_clear()
    release_handler.release.cache_clear()


class Context(LambdaContext):
    """What Lambda tells a function about itself.

    Args:
        time_is_up: Whether the invocation is about to end.
    """

    def __init__(self, time_is_up: Callable[[], bool] = lambda: False) -> None:
        self._time_is_up = time_is_up
        self._function_name = "function"
        self._memory_limit_in_mb = 1024
        self._invoked_function_arn = f"arn:aws:lambda:{REGION}:{HUB}:function:function"
        self._aws_request_id = "11111111-2222-4333-8444-555555555555"

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]
        """Fifteen minutes, or a second."""
        return 1_000 if self._time_is_up() else 900_000


def after_copies(cloud: Cloud, number: int) -> Callable[[], bool]:
    """Whether a number of further objects was copied."""
    last = cloud.calls.count("CopyObject") + number
    return lambda: cloud.calls.count("CopyObject") >= last


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What both functions log, a JSON document a line."""
    stream = io.StringIO()
    for module in (promotion_handler, release_handler):
        monkeypatch.setattr(module.logger.registered_handler, "stream", stream)
    return stream


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_promotion_and_release_of_one_version(cloud: Cloud, log: io.StringIO) -> None:
    uri = cloud.put(TEAM_BUCKET, "models/model.tar.gz", b"weights")
    specification = {"Containers": [{"Image": "image", "ModelDataUrl": uri}]}
    arn = cloud.register(TEAM, "churn", InferenceSpecification=specification)

    promotion_handler.handle(cloud.approve(arn), Context())
    (central,) = cloud.versions_of(HUB, "churn")
    release_handler.handle(cloud.approve(central["ModelPackageArn"]), Context())

    promoted, released = lines(log)
    assert promoted["message"] == f"{arn} is promoted to {central['ModelPackageArn']}."
    assert promoted["model_package"] == arn
    assert promoted["correlation_id"] == state_change(arn, "Approved")["id"]
    assert released["message"] == f"{central['ModelPackageArn']} is released to the workload accounts."
    assert len(cloud.events) == 1


def several_files(cloud: Cloud, number: int) -> str:
    """An uncompressed model of several files."""
    for name in range(number):
        cloud.put(TEAM_BUCKET, f"models/large/{name}", b"weights")
    source = {
        "S3Uri": f"s3://{TEAM_BUCKET}/models/large/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    container = {"Image": "image", "ModelDataSource": {"S3DataSource": source}}
    return cloud.register(TEAM, "churn", InferenceSpecification={"Containers": [container]})


def test_what_takes_longer_than_one_run_goes_on_in_another(
    cloud: Cloud, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PARALLEL_OBJECTS", 1)
    arn = several_files(cloud, 5)
    event = cloud.approve(arn)

    runs = 0
    cloud.queued.append(("function", event))
    while cloud.queued:
        name, payload = cloud.queued.pop()
        assert (name, payload) == ("function", event)
        promotion_handler.handle(payload, Context(after_copies(cloud, 2)))
        runs += 1

    assert runs == 3
    assert cloud.calls.count("CopyObject") == 5
    assert len(cloud.versions_of(HUB, "churn")) == 1
    *handed_over, promoted = [line["message"] for line in lines(log)]
    assert all(message.endswith("another run goes on.") for message in handed_over)
    assert promoted.startswith(f"{arn} is promoted to ")


def test_a_run_that_gets_nowhere_is_the_last_one(cloud: Cloud, log: io.StringIO) -> None:
    event = cloud.approve(several_files(cloud, 1))

    with pytest.raises(RegistryError, match="A whole run was too short"):
        promotion_handler.handle(event, Context(lambda: True))

    assert cloud.queued == []
    assert lines(log)[0]["level"] == "ERROR"


def test_a_run_that_cannot_hand_over_is_delivered_again(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PARALLEL_OBJECTS", 1)
    event = cloud.approve(several_files(cloud, 3))
    cloud.busy = True
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        promotion_handler.handle(event, Context(after_copies(cloud, 1)))

    promotion_handler.handle(event, Context())

    assert cloud.calls.count("CopyObject") == 3
    assert len(cloud.versions_of(HUB, "churn")) == 1


@pytest.mark.parametrize("fields", [["CustomerMetadataProperties"], ["ModelCard", "SourceUri"]], ids=str)
def test_what_is_no_decision_promotes_nothing(cloud: Cloud, fields: list[str]) -> None:
    event = state_change(ARN, "Approved")
    event["detail"]["UpdatedModelPackageFields"] = fields

    promotion_handler.handle(event, Context())

    assert cloud.calls == []


def test_hub_and_spoke_brings_the_teams_card_first(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_CARDS_LAYOUT", "hub_and_spoke")
    arn = several_files(cloud, 1)
    content = {"model_package_details": {"model_package_arn": arn}}
    cloud.write_card("churn", content, account=TEAM)

    promotion_handler.handle(cloud.approve(arn), Context())

    (version,) = cloud.versions_of(HUB, "churn")
    card = Cards(sagemaker=client("sagemaker")).latest("churn")
    assert card is not None
    assert card.content == content
    receipt = promotion_handler.promotion().receipts.read(version)
    assert receipt.content["model_card"] == {"arn": card.arn, "content_sha256": digest(content)}


@pytest.mark.parametrize(
    "handle", [promotion_handler.handle, release_handler.handle], ids=["promotion", "release"]
)
def test_a_failure_is_logged_in_its_sentence_and_raised(
    cloud: Cloud, log: io.StringIO, handle: Handler
) -> None:
    with pytest.raises(RegistryError) as error:
        handle(state_change(ARN, "Approved"), Context())

    (line,) = lines(log)
    assert line["level"] == "ERROR"
    assert line["message"] == str(error.value)
    assert "does not exist any more" in line["message"]


def without(event: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != field}


def with_detail(**detail: Any) -> dict[str, Any]:
    return state_change(ARN, "Approved", detail=detail)


WRONG_EVENTS = {
    "another source": (state_change(ARN, "Approved", source="aws.s3"), ["'aws.s3'", "pattern"]),
    "another type": (
        state_change(ARN, "Approved", **{"detail-type": "SageMaker Model State Change"}),
        ["pattern"],
    ),
    "nothing": ({}, ["None", "pattern"]),
    "no id": (without(state_change(ARN, "Approved"), "id"), ["has no id"]),
    "no time": (without(state_change(ARN, "Approved"), "time"), ["has no time"]),
    "no account": (without(state_change(ARN, "Approved"), "account"), ["has no account"]),
    "no detail": (without(state_change(ARN, "Approved"), "detail"), ["has no ModelPackageArn"]),
    "detail that is text": (state_change(ARN, "Approved", detail="Approved"), ["has no ModelPackageArn"]),
    "no ARN": (with_detail(ModelApprovalStatus="Approved"), ["has no ModelPackageArn"]),
    "no status": (with_detail(ModelPackageArn=ARN), ["has no ModelApprovalStatus"]),
    "ARN of something else": (
        with_detail(
            ModelPackageArn=f"arn:aws:sagemaker:{REGION}:{TEAM}:model/x", ModelApprovalStatus="Approved"
        ),
        ["is not the ARN of a version in a model package group"],
    ),
    "package outside a group": (
        with_detail(
            ModelPackageArn=f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/x",
            ModelApprovalStatus="Approved",
        ),
        ["only versions that belong to a group"],
    ),
    "speaks for another account": (
        state_change(ARN, "Approved", account="666666666666"),
        ["666666666666", TEAM, "its own models only"],
    ),
}


@pytest.mark.parametrize(("event", "words"), WRONG_EVENTS.values(), ids=list(WRONG_EVENTS))
def test_a_wrong_event_is_refused_in_one_sentence(
    cloud: Cloud, event: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(RegistryError) as error:
        promotion_handler.handle(event, Context())

    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    for word in words:
        assert word in str(error.value)
    assert cloud.calls == []


def test_an_event_as_sagemaker_sends_it() -> None:
    change = StateChange.parse(state_change(ARN, "Approved"))
    assert (change.account, change.version.group, change.version.version) == (TEAM, "churn", 1)
    assert change.approval_status == "Approved"
    assert (change.id, change.time) == ("7f0d9f1e-0000-4000-8000-000000000000", "2026-11-21T09:15:00Z")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(None, True, id="not said"),
        pytest.param([], True, id="none"),
        pytest.param(["ModelApprovalStatus"], True, id="the approval"),
        pytest.param(["ApprovalDescription", "ModelApprovalStatus"], True, id="the approval with words"),
        pytest.param(["ModelLifeCycle"], False, id="the life cycle"),
        pytest.param(["CustomerMetadataProperties"], False, id="metadata"),
    ],
)
def test_an_event_tells_what_has_changed(fields: list[str] | None, expected: bool) -> None:
    event = state_change(ARN, "Approved")
    if fields is not None:
        event["detail"]["UpdatedModelPackageFields"] = fields
    assert StateChange.parse(event).may_change("ModelApprovalStatus") == expected
