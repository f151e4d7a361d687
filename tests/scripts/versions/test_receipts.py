"""`catalog receipt` shows what a version is and who decided about it, and sees whatever was tampered with."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from registry.functions.model_registry import card_sharing
from registry.functions.model_registry.metrics import Row
from scripts.catalog import app
from scripts.versions.receipt_page import bars
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, TEAM, Cloud, client, use
from tests.registry.deploying import EXECUTION, OFFICER_ARN, PIPELINE_ARN, do, ready_version
from tests.registry.versions import (
    APPROVER,
    GROUP,
    PROMOTED,
    promoted_version,
    receipt,
    registered_version,
)

SECOND = PROMOTED.replace("/1/", "/2/")
LATER = "99999999-2222-4333-8444-555555555555"
ARN = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/{GROUP}/1"
SOUND = "The receipt, the decisions and the artifacts are what they were."


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """A cloud without any version, which the command reaches."""
    made = Cloud()
    use(made)
    session = SimpleNamespace(client=lambda service, config: client(service))
    monkeypatch.setattr("scripts.versions.receipts.aws_session", lambda _: session)
    monkeypatch.setattr(card_sharing, "PAUSE_SECONDS", 0.0)
    return made


@pytest.fixture
def cloud(empty: Cloud) -> Cloud:
    """A cloud in which production runs version 1, and version 2 waits for its test."""
    first = ready_version(empty)
    for task in ("test", "review", "admit", "record"):
        do(first, task)
    ready_version(empty, SECOND, LATER)
    return empty


def run(*arguments: str) -> tuple[int, str]:
    """The exit code of the command, and what it printed, on one line."""
    result = CliRunner().invoke(app, ["receipt", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, re.sub(r"[\s│]+", " ", result.output)


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    "version", [ARN, f"{GROUP}/1", f"{GROUP.upper()}/1"], ids=["ARN", "number", "upper case"]
)
def test_a_version_is_named_by_its_arn_or_its_number(version: str) -> None:
    code, said = run(version)
    assert code == 0
    assert SOUND in said


def test_what_is_shown(cloud: Cloud) -> None:
    code, said = run(f"{GROUP}/1")
    assert code == 0
    known = receipt(cloud, ARN)
    for words in (
        f"Receipt of {ARN}",
        f"SHA-256 of the receipt: {known.sha256}",
        f"Receipt: {known.uri}",
        "Commit: 4f2c9d1e",
        f"Artifact: s3://{REGISTRY_BUCKET}/{PROMOTED}model.tar.gz, 7 bytes, ",
        "Metrics. Production runs this version.",
        "rmse 2.5 - -",
        f"central-approval, by {APPROVER}",
        f"card-approval, by {OFFICER_ARN}",
        f"production, by {PIPELINE_ARN}",
    ):
        assert words in said, words


@pytest.mark.usefixtures("cloud")
def test_metrics_are_compared_with_those_of_production() -> None:
    _, said = run(f"{GROUP}/2")
    assert "Production runs version 1." in said
    assert "rmse 2.5 2.5 +0" in said


def test_a_production_whose_receipt_cannot_be_read_is_said(cloud: Cloud) -> None:
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}receipt.json", b"{}")
    code, said = run(f"{GROUP}/2")
    assert code == 0
    assert f"Production runs {ARN}, whose metrics are not known: The receipt s3://" in said


def test_before_anything_is_in_production(empty: Cloud) -> None:
    code, said = run(promoted_version(empty))
    assert code == 0
    assert "Production runs no version yet." in said
    assert SOUND in said


def receipt_changed(cloud: Cloud) -> None:
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}receipt.json", b'{"format": 1}')


def receipt_gone(cloud: Cloud) -> None:
    del cloud.objects[REGISTRY_BUCKET, f"{PROMOTED}receipt.json"]


def digest_exchanged(cloud: Cloud) -> None:
    cloud.versions[ARN]["CustomerMetadataProperties"]["receipt_sha256"] = "0" * 64


def decision_changed(cloud: Cloud) -> None:
    key = f"{PROMOTED}decisions/production-{EXECUTION}.json"
    body = cloud.objects[REGISTRY_BUCKET, key].body
    cloud.put(REGISTRY_BUCKET, key, body.replace(b'"receipt_sha256": "', b'"receipt_sha256": "0'))


def artifact_overwritten(cloud: Cloud) -> None:
    cloud.put(REGISTRY_BUCKET, f"{PROMOTED}model.tar.gz", b"changed")


def no_receipt(cloud: Cloud) -> None:
    cloud.versions[ARN]["CustomerMetadataProperties"] = {}


TAMPERED: dict[str, tuple[Callable[[Cloud], None], str]] = {
    "receipt changed": (receipt_changed, "one of them was tampered with; do not deploy the version"),
    "receipt deleted": (receipt_gone, "is gone: do not deploy the version"),
    "digest exchanged": (digest_exchanged, "one of them was tampered with; do not deploy the version"),
    "decision changed": (decision_changed, "is no decision about the receipt"),
    "artifact overwritten": (artifact_overwritten, "is not what the receipt"),
    "no receipt": (no_receipt, f"{ARN} has no receipt: "),
}


@pytest.mark.parametrize(("tamper", "sentence"), TAMPERED.values(), ids=list(TAMPERED))
def test_what_was_tampered_with_is_said(
    cloud: Cloud, tamper: Callable[[Cloud], None], sentence: str, tmp_path: Path
) -> None:
    tamper(cloud)
    page = tmp_path / "receipt.html"
    code, said = run(f"{GROUP}/1", "--output", str(page))
    assert code == 2
    assert sentence in said
    assert SOUND not in said
    assert not page.exists()


WRONG = {
    "no version": ("churn", "'churn' is no model version: write its ARN, or its group and number"),
    "no number": ("churn/latest", "'churn/latest' is no model version"),
    "no group": ("/3", "'/3' is no model version"),
    "an unknown number": (
        f"{GROUP}/9",
        f"There is no version {ARN[:-1]}9: name one of the central",
    ),
    "a team's version": (
        f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/{GROUP}/1",
        f"is not in the central registry ({REGION}:{HUB}): name the version that was promoted from it.",
    ),
    "a group": (
        f"arn:aws:sagemaker:{REGION}:{HUB}:model-package-group/{GROUP}",
        "is not the ARN of a version in a model package group",
    ),
}


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(("version", "sentence"), WRONG.values(), ids=list(WRONG))
def test_what_is_no_central_version_is_said(version: str, sentence: str) -> None:
    code, said = run(version)
    assert code == 2
    assert sentence in said


def test_credentials_that_may_not_look_are_said(cloud: Cloud) -> None:
    cloud.denied.add("sagemaker:DescribeModelPackage")
    code, said = run(ARN)
    assert code == 2
    assert f"These credentials may not describe {ARN}: use those of the ML engineer or the governance" in said


class Page(HTMLParser):
    """Which elements a page has, what it loads, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.lengths: list[float] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.loaded += [value for name, value in attributes if name in ("src", "href") and value]
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get("class") in ("candidate", "current"):
            self.lengths.append(float(given["width"] or 0))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page(cloud: Cloud, tmp_path: Path) -> None:
    path = tmp_path / "receipt.html"

    code, said = run(f"{GROUP}/2", "--output", str(path))

    assert code == 0
    assert f"create {path}" in said
    page = Page(path.read_text())
    assert page.open == []
    assert page.loaded == []
    # The key to the colours, then the bars of the one metric.
    assert page.lengths == [8.0, 8.0, 100.0, 100.0]
    for words in (
        f"{GROUP} 2",
        "Production runs version 1.",
        "Approved in the central registry",
        "Model card approved",
        OFFICER_ARN,
        receipt(cloud, f"{ARN[:-1]}2").sha256,
    ):
        assert words in page.text, words


def test_the_page_is_written_once(cloud: Cloud, tmp_path: Path) -> None:
    path = tmp_path / "receipt.html"
    run(ARN, "--output", str(path))
    assert f"identical {path}" in run(ARN, "--output", str(path))[1]
    assert cloud.events == []


def test_words_in_a_receipt_are_no_markup(empty: Cloud, tmp_path: Path) -> None:
    metrics = {"<script>alert(1)</script>": 1.0, "[bold]rmse": 2.0}
    arn = promoted_version(empty, metrics=metrics)
    path = tmp_path / "receipt.html"
    code, said = run(arn, "--output", str(path))
    assert code == 0
    assert "[bold]rmse" in said
    assert "<script>" not in path.read_text()


def test_a_version_whose_receipt_is_not_written_yet(empty: Cloud) -> None:
    arn = registered_version(empty)
    code, said = run(arn)
    assert code == 2
    assert f"{arn} has no receipt: " in said


LENGTHS = {
    "better": (Row(name="rmse", current=4.0, candidate=3.0), (75.0, 100.0, "-1")),
    "negative": (Row(name="r2", current=-0.5, candidate=0.25), (50.0, 100.0, "+0.75")),
    "both zero": (Row(name="fp", current=0.0, candidate=0.0), (0.0, 0.0, "+0")),
    "new": (Row(name="r2", current=None, candidate=2.0), (100.0, 0.0, "-")),
    "missing": (Row(name="r2", current=2.0, candidate=None), (0.0, 100.0, "-")),
}


@pytest.mark.parametrize(("row", "expected"), LENGTHS.values(), ids=list(LENGTHS))
def test_bars_share_a_scale(row: Row, expected: tuple[float, float, str]) -> None:
    drawn = bars(row)
    assert (drawn.candidate_length, drawn.current_length, drawn.change) == expected
