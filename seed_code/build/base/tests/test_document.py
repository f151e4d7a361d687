"""What is written into a model card, and when, on a card that keeps its versions as SageMaker does."""

import json
import math
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import card
import document
import step as end
from conftest import Run

CARD = "arn:aws:sagemaker:eu-west-1:222222222222:model-card/flowers"
GROUP = "arn:aws:sagemaker:eu-west-1:333333333333:model-package/flowers"
REPORT = "s3://flowers-bucket/models/1/evaluation/report.html"
EVALUATION_JOB = "arn:aws:sagemaker:eu-west-1:333333333333:processing-job/pipelines-1-Evaluate"
LEAD = {
    "business_details": {"business_problem": "Flowers are mixed up."},
    "intended_uses": {"intended_uses": "Sorting at the gate.", "risk_rating": "Medium"},
    "additional_information": {"custom_details": {"ticket": "FLOWER-1"}},
}
SAID = {
    "purpose_of_model": "Sorts flowers.",
    "intended_uses": "",
    "factors_affecting_model_efficiency": "",
    "risk_rating": "Unknown",
    "explanations_for_risk_rating": "",
}
TRAINING = {
    "TrainingJobArn": "arn:aws:sagemaker:eu-west-1:333333333333:training-job/pipelines-1-Train",
    "AlgorithmSpecification": {"TrainingImage": "1.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-model:1.0-0"},
    "ModelArtifacts": {"S3ModelArtifacts": "s3://flowers-bucket/models/1/output/model.tar.gz"},
    "HyperParameters": {"max_depth": "4", "eta": "0.1", "none": "", "sagemaker_program": '"train.py"'},
}


@dataclass
class Sagemaker:
    """A card that keeps its versions, and training jobs.

    Attributes:
        versions: Content and status of each version, from the first.
        denied: Operations that are refused.
        meanwhile: Called before each change of the card, with this object.
    """

    versions: list[tuple[str, str]] = field(default_factory=list)
    denied: tuple[str, ...] = ()
    meanwhile: Callable[["Sagemaker"], None] = lambda _: None
    changes: list[dict[str, str]] = field(default_factory=list)

    def describe_training_job(self, *, TrainingJobName: str) -> dict[str, Any]:  # noqa: N803
        assert (
            TRAINING["TrainingJobArn"]
            == f"arn:aws:sagemaker:eu-west-1:333333333333:training-job/{TrainingJobName}"
        )
        return TRAINING

    def describe_model_card(self, *, ModelCardName: str, ModelCardVersion: int = 0) -> dict[str, Any]:  # noqa: N803
        self._check("DescribeModelCard", ModelCardName)
        if not self.versions:
            raise error("DescribeModelCard", "ResourceNotFound")
        number = ModelCardVersion or len(self.versions)
        content, status = self.versions[number - 1]
        return {"ModelCardVersion": number, "ModelCardStatus": status, "Content": content}

    def update_model_card(self, *, ModelCardName: str, **change: str) -> None:  # noqa: N803
        self._check("UpdateModelCard", ModelCardName)
        self.meanwhile(self)
        self.changes.append(change)
        if "Content" in change:
            self.write(change["Content"])
        else:
            self.versions[-1] = self.versions[-1][0], change["ModelCardStatus"]

    def write(self, content: str) -> None:
        self.versions.append((content, "Draft"))

    def _check(self, operation: str, name: str) -> None:
        assert name == CARD
        if operation in self.denied:
            raise error(operation, "AccessDeniedException")

    @property
    def content(self) -> dict[str, Any]:
        """The newest content."""
        content: dict[str, Any] = json.loads(self.versions[-1][0])
        return content

    @property
    def status(self) -> str:
        """The newest version's status."""
        return self.versions[-1][1]


def error(operation: str, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "as in the test"}}, operation)


def started(content: dict[str, Any] | None = None) -> Sagemaker:
    """The card as the lead starts it."""
    return Sagemaker([(json.dumps(LEAD if content is None else content), "Draft")])


@pytest.fixture
def version(run: Run) -> card.Version:
    return card.Version(
        arn=f"{GROUP}/7",
        execution_arn="arn:aws:sagemaker:eu-west-1:333333333333:pipeline/flowers/execution/1",
        endpoint_image="763104351884.dkr.ecr.eu-west-1.amazonaws.com/serves:1",
        input_data="s3://team-data/flowers",
        test_data="s3://flowers-bucket/runs/1/test",
        evaluation_arn=EVALUATION_JOB,
        report=REPORT,
        training=TRAINING,
        evaluation=run.evaluation,
        intended_uses=SAID,
    )


def test_a_card_says_what_the_version_is_and_keeps_what_people_wrote(version: card.Version) -> None:
    content = card.describe(LEAD, version)
    assert content["business_details"] == LEAD["business_details"]
    assert content["model_overview"]["inference_environment"] == {"container_image": [version.endpoint_image]}
    assert content["intended_uses"] == {
        "purpose_of_model": "Sorts flowers.",
        "intended_uses": "Sorting at the gate.",
        "risk_rating": "Medium",
    }
    assert content["model_package_details"] == {
        "model_package_arn": f"{GROUP}/7",
        "model_package_group_name": "flowers",
        "model_package_version": 7,
    }
    details = content["additional_information"]["custom_details"]
    assert {name: text for name, text in details.items() if not name.startswith("data_finding_")} == {
        "ticket": "FLOWER-1",
        "pipeline_execution_arn": version.execution_arn,
    }
    job = content["training_details"]["training_job_details"]
    assert job["training_arn"] == TRAINING["TrainingJobArn"]
    assert job["training_datasets"] == ["s3://team-data/flowers"]
    assert job["hyper_parameters"] == [{"name": "eta", "value": "0.1"}, {"name": "max_depth", "value": "4"}]
    assert {metric["name"]: metric["value"] for metric in job["training_metrics"]} == (
        version.evaluation["training"]["metrics"]
    )


def test_a_card_says_what_else_is_known_of_the_data(version: card.Version) -> None:
    content = card.describe(LEAD, replace(version, data_details={"input_data_listing": "abc"}))
    job = content["training_details"]["training_job_details"]
    assert job["training_datasets"] == ["s3://team-data/flowers", "input_data_listing: abc"]


def test_a_card_lists_what_was_found_in_the_data(version: card.Version) -> None:
    found = {
        "column": "price",
        "says": "is ignored: it has many texts",
        "count": 40,
        "example": '"a" (x.csv, line 2)',
    }
    report = {**version.evaluation, "findings": [found, *({**found, "column": f"c{n}"} for n in range(40))]}
    before = {"additional_information": {"custom_details": {"data_finding_30": "of an earlier version"}}}
    details = card.describe(before, replace(version, evaluation=report))["additional_information"][
        "custom_details"
    ]
    texts = {name: text for name, text in details.items() if name.startswith("data_finding_")}
    assert list(texts) == [f"data_finding_{number:02}" for number in range(1, 21)]
    assert (
        texts["data_finding_01"]
        == 'price: is ignored: it has many texts; 40 cells, the first "a" (x.csv, line 2)'
    )
    assert texts["data_finding_20"] == "and 22 more, which evaluation.json lists"


def test_a_card_compares_the_model_with_the_baseline(version: card.Version) -> None:
    (evaluation,) = card.describe(LEAD, version)["evaluation_details"]
    assert evaluation["evaluation_job_arn"] == EVALUATION_JOB
    assert evaluation["metadata"] == {"report": REPORT}
    assert evaluation["datasets"] == ["s3://flowers-bucket/runs/1/test"]
    groups = {group["name"]: group["metric_data"] for group in evaluation["metric_groups"]}
    report = version.evaluation
    for title, metrics in {"Model": report["metrics"], "Baseline": report["baseline"]["metrics"]}.items():
        assert {item["name"]: item["value"] for item in groups[title]} == {
            name: metric["value"] for name, metric in metrics.items()
        }


@pytest.mark.parametrize(
    ("described", "kept"),
    [pytest.param(7, ["Bias"], id="same version"), pytest.param(6, [], id="older version")],
)
def test_evaluations_of_other_versions_go(version: card.Version, described: int, kept: list[str]) -> None:
    content = card.describe(LEAD, replace(version, arn=f"{GROUP}/{described}"))
    content["evaluation_details"].append({"name": "Bias"})
    names = [evaluation["name"] for evaluation in card.describe(content, version)["evaluation_details"]]
    assert names == [card.EVALUATION, *kept]


def test_what_json_cannot_say_is_left_out(version: card.Version) -> None:
    report = deepcopy(version.evaluation)
    report["metrics"]["odd"] = {"value": math.nan}
    content = card.describe({}, replace(version, evaluation=report))
    json.dumps(content, allow_nan=False)
    assert "odd" not in json.dumps(content)


def test_a_card_that_is_too_long_is_refused(version: card.Version) -> None:
    notes = {f"note_{number}": "x" * 1000 for number in range(100)}
    with pytest.raises(card.CardError, match="characters, and takes 100,000"):
        card.describe({"additional_information": {"custom_details": notes}}, version)


def test_a_version_is_written_once_and_waits_for_review(version: card.Version) -> None:
    sagemaker = started()
    model_card = document.ModelCard(sagemaker, CARD)
    assert model_card.document(version) == model_card.document(version) == 2
    assert [list(change) for change in sagemaker.changes] == [["Content"], ["ModelCardStatus"]]
    assert sagemaker.content == card.describe(LEAD, version)
    assert sagemaker.status == "PendingReview"


def test_what_was_written_before_the_step_was_killed_still_waits_for_review(version: card.Version) -> None:
    sagemaker = started()
    sagemaker.write(card.to_json(card.describe(LEAD, version)))
    assert document.ModelCard(sagemaker, CARD).document(version) == 2
    assert [list(change) for change in sagemaker.changes] == [["ModelCardStatus"]]


def test_an_approved_card_is_left_alone(version: card.Version) -> None:
    sagemaker = started()
    sagemaker.versions.append((card.to_json(card.describe(LEAD, version)), "Approved"))
    document.ModelCard(sagemaker, CARD).document(version)
    assert sagemaker.changes == []


def edited(**fields: str) -> str:
    return json.dumps({**LEAD, "business_details": fields})


def once(act: Callable[[Sagemaker], None]) -> Callable[[Sagemaker], None]:
    """Something that happens before the first change only."""

    def meanwhile(sagemaker: Sagemaker) -> None:
        sagemaker.meanwhile = lambda _: None
        act(sagemaker)

    return meanwhile


def interrupt(sagemaker: Sagemaker) -> None:
    sagemaker.write(edited(business_problem="Another problem."))
    raise error("UpdateModelCard", "ConflictException")


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            once(lambda sagemaker: sagemaker.write(edited(business_problem="Another problem."))), id="before"
        ),
        pytest.param(once(interrupt), id="conflict"),
    ],
)
def test_what_others_write_meanwhile_is_kept(version: card.Version, act: Callable[[Sagemaker], None]) -> None:
    sagemaker = started()
    sagemaker.meanwhile = act
    document.ModelCard(sagemaker, CARD).document(version)
    assert sagemaker.content["business_details"] == {"business_problem": "Another problem."}
    assert sagemaker.content["model_package_details"]["model_package_arn"] == version.arn
    assert sagemaker.status == "PendingReview"


def test_somebody_who_writes_all_the_time_is_named(version: card.Version) -> None:
    numbers = iter(range(100))
    sagemaker = started()
    sagemaker.meanwhile = lambda found: found.write(edited(business_problem=f"Problem {next(numbers)}."))
    with pytest.raises(card.CardError, match=f"Others write to the model card {CARD}"):
        document.ModelCard(sagemaker, CARD).document(version)


def step(monkeypatch: pytest.MonkeyPatch, folder: Path, version: card.Version, sagemaker: Sagemaker) -> None:
    """Run the step as SageMaker would."""
    inputs = folder / "processing/input"
    for path, content in {
        "evaluation/evaluation.json": version.evaluation,
        "texts/model_card.json": version.intended_uses,
    }.items():
        (inputs / path).parent.mkdir(parents=True)
        (inputs / path).write_text(json.dumps(content), encoding="utf-8")
    options = {
        "card": CARD,
        "model-package": version.arn,
        "execution": version.execution_arn,
        "endpoint-image": version.endpoint_image,
        "training-job": version.training["TrainingJobArn"],
        "evaluation-job": version.evaluation_arn,
        "report": version.report,
        "input-data": version.input_data,
        "data-details": json.dumps(version.data_details),
        "test-data": version.test_data,
    }
    given = [part for name, value in options.items() for part in (f"--{name}", value)]
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(folder))
    monkeypatch.setattr(sys, "argv", ["document.py", *given])
    monkeypatch.setattr(boto3, "client", lambda *_, **__: sagemaker)
    end.run(document.main)


def test_the_step_writes_the_card(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: card.Version, capsys: pytest.CaptureFixture[str]
) -> None:
    sagemaker = started()
    step(monkeypatch, tmp_path, version, sagemaker)
    assert sagemaker.content == card.describe(LEAD, version)
    assert f"Version 2 of the model card {CARD} describes {version.arn}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sagemaker", "sentence"),
    [
        pytest.param(Sagemaker(), "starts a card with `scripts/catalog card create`", id="none"),
        pytest.param(
            replace(started(), denied=("DescribeModelCard",)),
            "is not shared with this account",
            id="not shared",
        ),
        pytest.param(Sagemaker([("{}", "Archived")]), "is archived, and takes no more", id="archived"),
    ],
)
def test_without_a_card_to_write_the_step_says_so(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    version: card.Version,
    sagemaker: Sagemaker,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    step(monkeypatch, tmp_path, version, sagemaker)
    assert sagemaker.changes == []
    assert sentence in capsys.readouterr().out


def test_a_card_that_may_only_be_read_fails_the_step_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: card.Version
) -> None:
    with pytest.raises(SystemExit) as ended:
        step(monkeypatch, tmp_path, version, replace(started(), denied=("UpdateModelCard",)))
    assert ended.value.code == 2
    assert f"The model card {CARD} may only be read here" in (tmp_path / "output/message").read_text("utf-8")
