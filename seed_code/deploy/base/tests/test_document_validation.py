"""What the integration tests found comes into the model's card, once, and takes no words of others away."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cards import ARN, Card, Content
from deploy import document_validation, integration_test_role, tested
from deploy.document_validation import NAME, document, evaluate, known_as
from deploy.model_card import CardError, Evaluation, ModelCard
from deploy.results import Results

CENTRAL = "arn:aws:sagemaker:eu-west-1:222222222222:model-package/flowers/7"
TEAMS = "arn:aws:sagemaker:eu-west-1:333333333333:model-package/flowers/9"
ANOTHER = "arn:aws:sagemaker:eu-west-1:333333333333:model-package/flowers/10"
ARNS = (CENTRAL, TEAMS)
TIME = datetime(2026, 11, 21, 9, 15, tzinfo=UTC)
OFFLINE: Evaluation = {"name": "Evaluation of the training pipeline"}


def evaluation(version: str = CENTRAL, *, failed: tuple[str, ...] = (), passed: int = 6) -> Evaluation:
    results = Results(
        passed=passed, failed=failed, skipped=("test_later",), measured={"median_latency_ms": 12.5}
    )
    return evaluate(
        results, version=version, name="flowers-p-1", account="444444444444", time=TIME, build=None
    )


def content(version: str | None = TEAMS, *evaluations: Evaluation, **more: Any) -> Content:
    details = {"model_package_details": {"model_package_arn": version}} if version else {}
    return {**details, "evaluation_details": list(evaluations), **more}


def run(card: Card, *, passed: bool = True) -> str:
    return document(ModelCard(sagemaker=card.client(), arn=ARN), evaluation(), ARNS, passed=passed)


def test_results_become_an_evaluation() -> None:
    assert evaluation(failed=("test_endpoint.test_a", "test_endpoint.test_b")) == {
        "name": "Integration tests in the test account",
        "evaluation_observation": f"6 of 9 tests passed against the {tested.KIND} flowers-p-1 in account "
        "444444444444. Failed: test_endpoint.test_a, test_endpoint.test_b. Skipped: test_later.",
        "datasets": [f"sample_request of {CENTRAL}"],
        "metadata": {"model_package_arn": CENTRAL, "tested_at": "2026-11-21T09:15:00Z"},
        "metric_groups": [
            {
                "name": "integration_tests",
                "metric_data": [
                    {"name": "tests_passed", "type": "number", "value": 6},
                    {"name": "tests_failed", "type": "number", "value": 2},
                    {"name": "tests_skipped", "type": "number", "value": 1},
                    {"name": "median_latency_ms", "type": "number", "value": 12.5},
                ],
            }
        ],
    }


def test_a_long_list_of_failures_is_cut() -> None:
    long = evaluation(failed=tuple(f"test_endpoint.test_{number}" for number in range(200)))
    assert len(long["evaluation_observation"]) == 2096


@pytest.mark.parametrize("known", [TEAMS, CENTRAL], ids=["promoted", "registered-directly"])
def test_an_evaluation_is_added_and_the_card_waits_for_review(known: str) -> None:
    card = Card(content(known, OFFLINE, business_details={"business_problem": "churn"}))
    assert run(card) == f"Version 2 of {ARN} says what the integration tests found."
    assert card.newest.content == content(
        known, OFFLINE, evaluation(), business_details={"business_problem": "churn"}
    )
    assert card.newest.status == "PendingReview"
    assert card.updates == [{"Content"}, {"ModelCardStatus"}]


@pytest.mark.parametrize(
    ("versions", "base"),
    [
        pytest.param([content(), content(TEAMS, OFFLINE)], 1, id="newest-of-two"),
        pytest.param([content(TEAMS, OFFLINE), content(ANOTHER)], 0, id="below-another-version"),
        pytest.param([content(TEAMS, OFFLINE), content(None)], 0, id="below-a-draft-of-none"),
    ],
)
def test_the_newest_words_about_the_version_are_kept(versions: list[Content], base: int) -> None:
    card = Card(*versions)
    run(card)
    assert card.newest.content == content(TEAMS, *versions[base]["evaluation_details"], evaluation())
    assert card.newest.status == "PendingReview"


@pytest.mark.parametrize(
    "earlier", [evaluation(failed=("test_a",)), evaluation(ANOTHER)], ids=["failed-run", "other-version"]
)
@pytest.mark.parametrize("status", ["Draft", "PendingReview"])
def test_an_earlier_run_is_replaced(earlier: Evaluation, status: str) -> None:
    card = Card(content(TEAMS, earlier, OFFLINE), status=status)
    run(card)
    assert card.newest.content["evaluation_details"] == [OFFLINE, evaluation()]


def test_failures_are_written_and_the_card_is_not_given_to_review() -> None:
    card = Card(content())
    run(card, passed=False)
    assert card.newest.content["evaluation_details"] == [evaluation()]
    assert card.newest.status == "Draft"


def test_an_approved_card_with_tests_of_this_version_stays() -> None:
    card = Card(content(TEAMS, evaluation(passed=5)), status="Approved")
    assert run(card) == f"Version 1 of {ARN} is approved with its tests; it stays as it is."
    assert card.updates == []


@pytest.mark.parametrize(
    "evaluations", [(), (evaluation(ANOTHER),)], ids=["no-tests", "tests-of-another-version"]
)
def test_a_card_approved_without_these_tests_is_reviewed_again(evaluations: tuple[Evaluation, ...]) -> None:
    card = Card(content(TEAMS, *evaluations), status="Approved")
    run(card)
    assert card.newest.content["evaluation_details"] == [evaluation()]
    assert card.newest.status == "PendingReview"


@pytest.mark.parametrize(
    ("card", "refused"),
    [
        pytest.param(Card(), {}, id="no-card"),
        pytest.param(Card(content(ANOTHER)), {}, id="another-version"),
        pytest.param(Card(content(None)), {}, id="no-version"),
        pytest.param(Card(content()), {"ListModelCardVersions": "AccessDeniedException"}, id="not-shared"),
    ],
)
def test_without_a_card_one_sentence_says_what_to_do(card: Card, refused: dict[str, str]) -> None:
    card.refuse = refused
    said = run(card)
    assert said.startswith(f"{ARN} says nothing about {CENTRAL} or {TEAMS}, or is not shared")
    assert "catalog card create" in said
    assert card.updates == []


def test_a_card_that_cannot_be_read_for_another_reason_is_an_error() -> None:
    card = Card(content())
    card.refuse = {"ListModelCardVersions": "ThrottlingException"}
    with pytest.raises(ClientError, match="ThrottlingException"):
        run(card)


def test_a_card_that_may_only_be_read_is_said() -> None:
    card = Card(content())
    card.refuse = {"UpdateModelCard": "AccessDeniedException"}
    with pytest.raises(CardError, match="share it with the account as an author"):
        run(card)


def test_a_card_that_would_be_too_long_is_left_alone() -> None:
    card = Card(content(TEAMS, additional_information={"caveats_and_recommendations": "x" * 99_900}))
    with pytest.raises(CardError, match=r"would have 100,\d+ characters, and it takes 100,000"):
        run(card)
    assert card.updates == []


OTHERS = content(TEAMS, business_details={"business_problem": "written meanwhile"})


@pytest.mark.parametrize(
    ("moment", "written", "expected"),
    [
        pytest.param("UpdateModelCard", OTHERS, OTHERS, id="below-about-this-version"),
        pytest.param("UpdateModelCard", content(ANOTHER), content(), id="below-about-another"),
        pytest.param("DescribeModelCard", OTHERS, OTHERS, id="on-top-about-this-version"),
        pytest.param("DescribeModelCard", content(ANOTHER), content(), id="on-top-about-another"),
    ],
)
def test_who_writes_at_the_same_time_loses_nothing(moment: str, written: Content, expected: Content) -> None:
    """Somebody writes just before our update, or just after it, before we look at what we wrote."""
    card = Card(content())

    def interfere(operation: str) -> None:
        if operation == moment and (operation == "UpdateModelCard" or card.updates):
            card.interfere = lambda operation: None
            card.write(written)

    card.interfere = interfere
    run(card)
    assert card.newest.content == expected | {"evaluation_details": [evaluation()]}
    assert card.newest.status == "PendingReview"


@pytest.mark.parametrize(
    ("conflicts", "sentence"),
    [(2, None), (99, "Others write to the model card")],
    ids=["for-a-moment", "all-the-time"],
)
def test_a_conflict_is_tried_again(conflicts: int, sentence: str | None) -> None:
    card = Card(content())
    card.refuse = {"UpdateModelCard": "ConflictException"}

    def interfere(operation: str) -> None:
        if len(card.updates) == conflicts:
            card.refuse = {}

    card.interfere = interfere
    if sentence:
        with pytest.raises(CardError, match=sentence):
            run(card)
    else:
        run(card)
        assert card.newest.content["evaluation_details"] == [evaluation()]


def test_a_version_written_after_ours_is_not_given_to_review() -> None:
    card = Card(content())
    model_card = ModelCard(sagemaker=card.client(), arn=ARN)
    ours = model_card.describing(ARNS)
    assert ours is not None
    card.write(OTHERS)
    model_card.ask_for_review(ours)
    assert card.newest.status == "Draft"


class Registry:
    """The central registry, with one version."""

    def __init__(self, metadata: dict[str, str]) -> None:
        self.metadata = metadata

    def describe_model_package(
        self,
        *,
        ModelPackageName: str,  # noqa: N803
        IncludedData: str,  # noqa: N803
    ) -> dict[str, Any]:
        assert IncludedData == "MetadataOnly"
        assert ModelPackageName == CENTRAL
        return {"CustomerMetadataProperties": self.metadata} if self.metadata else {}


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param({"source_model_package_arn": TEAMS}, (CENTRAL, TEAMS), id="promoted"),
        pytest.param({}, (CENTRAL,), id="registered-directly"),
    ],
)
def test_a_version_is_known_by_its_own_arn_and_the_teams(
    metadata: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert known_as(Registry(metadata), CENTRAL) == expected


@pytest.fixture
def build(project: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Card:
    """The environment of a build, and the card that it reaches."""
    card = Card(content(CENTRAL))
    variables = {tested.VARIABLE: "flowers-p-1", "STAGE_ACCOUNT_ID": "444444444444", "MODEL_CARD_ARN": ARN}
    for name, value in (variables | {"CODEBUILD_BUILD_ARN": "arn:build"}).items():
        monkeypatch.setenv(name, value)

    session = SimpleNamespace(client={"sagemaker": card.client()}.__getitem__)
    monkeypatch.setattr(boto3, "client", lambda service, region_name: Registry({}))
    monkeypatch.setattr(integration_test_role, "assume", lambda environment: session)
    return card


PASSED = '<testsuites><testsuite><testcase classname="a" name="b"/></testsuite></testsuites>'


def test_the_command_writes_the_card(build: Card, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results.xml").write_text(PASSED, encoding="utf-8")
    assert document_validation.main([str(tmp_path / "results.xml")]) == 0
    assert capsys.readouterr().out == f"Version 2 of {ARN} says what the integration tests found.\n"
    (written,) = build.newest.content["evaluation_details"]
    assert written["name"] == NAME
    assert written["evaluation_job_arn"] == "arn:build"


def test_a_skipped_test_counts_as_failed(
    build: Card, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skipped = '<testcase classname="a" name="c"><skipped/></testcase></testsuite>'
    (tmp_path / "results.xml").write_text(PASSED.replace("</testsuite>", skipped), encoding="utf-8")
    assert document_validation.main([str(tmp_path / "results.xml")]) == 1
    assert capsys.readouterr().err == (
        f"Skipped tests say nothing about the {tested.KIND}, so they count as failed: a.c. Remove them, "
        "or make them run.\n"
    )
    assert build.newest.status == "Draft"


@pytest.mark.parametrize(
    ("arguments", "unset", "sentence"),
    [
        pytest.param([], "", "Name the JUnit file", id="no-file-named"),
        pytest.param(["missing.xml"], "", "missing.xml holds no results of pytest", id="no-file"),
        pytest.param(["results.xml"], "MODEL_CARD_ARN", "Set MODEL_CARD_ARN;", id="no-card-named"),
    ],
)
def test_the_command_says_what_is_missing(
    build: Card,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    unset: str,
    sentence: str,
) -> None:
    (tmp_path / "results.xml").write_text(PASSED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    if unset:
        monkeypatch.delenv(unset)
    assert document_validation.main(arguments) == 2
    assert capsys.readouterr().err.startswith(sentence)
    assert build.updates == []
