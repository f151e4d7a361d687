"""Production goes back to the version before, by its receipt; what is done is said first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import get_args

import pytest
from typer.testing import CliRunner

from base.settings import load
from registry.functions.model_registry import card_approval
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import Kind, Receipt, receipt_content
from scripts.catalog import app
from scripts.console.change import OperatorError
from scripts.versions import rollback
from scripts.versions.central_versions import CentralVersions
from scripts.versions.rollback import Rollback, plan
from tests.registry.cloud import (
    HUB,
    IDENTITY,
    REGISTRY_BUCKET,
    TEAM,
    Call,
    Cloud,
    Killed,
    Parameters,
    client,
    use,
)

GROUP = "churn-p-abc"
CARD = load().names.model_card_arn(GROUP)
OFFICER = f"arn:aws:sts::{HUB}:assumed-role/mlplatform-governance-officer/ada"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIFE_CYCLES = {
    "production": ("Production", "Approved"),
    "archived": ("Archived", "Retired"),
    "in test": ("QA", "InProgress"),
}


class Hub:
    """A central registry whose versions have a history."""

    def __init__(self) -> None:
        self.cloud = Cloud()
        use(self.cloud)
        self.book = ReceiptBook(s3=client("s3"), bucket=REGISTRY_BUCKET, account=HUB)
        self.cards = Cards(sagemaker=client("sagemaker"))

    def has(self, *states: str) -> None:
        """Versions from 1 on, each as a word says.

        A version that is in production or archived has been in production; ``rejected`` and ``pending`` ones,
        too; ``new`` ones have not.
        """
        for state in states:
            arn = self.cloud.register(HUB, GROUP, ModelApprovalStatus="Approved")
            receipt = self._receipt(arn)
            version = self.cloud.versions[arn]
            stage, status = LIFE_CYCLES.get(state, LIFE_CYCLES["archived"])
            version["ModelLifeCycle"] = {"Stage": stage, "StageStatus": status}
            if state == "new":
                continue
            if state in ("rejected", "pending"):
                version["ModelApprovalStatus"] = {"rejected": "Rejected", "pending": "PendingManualApproval"}[
                    state
                ]
            for hour, kind in enumerate(get_args(Kind)):
                if kind != "card-approval":
                    time = NOON + timedelta(hours=hour)
                    self.book.decide(receipt, kind, "execution", by=OFFICER, time=time, details={})

    def _receipt(self, arn: str) -> Receipt:
        number = self.cloud.versions[arn]["ModelPackageVersion"]
        folder = f"models/{TEAM}/{GROUP}/{number}/20261121T091500Z/"
        team = {
            "ModelPackageArn": f"arn:aws:sagemaker:eu-west-1:{TEAM}:model-package/{GROUP}/{number}",
            "CreationTime": NOON,
            "ModelApprovalStatus": "Approved",
            "LastModifiedTime": NOON,
            "LastModifiedBy": {"IamIdentity": {"Arn": "arn:lead"}},
            "CustomerMetadataProperties": {"commit": f"commit-{number}"},
        }
        content = receipt_content(
            source=team,
            central_model_package_arn=arn,
            artifacts=[],
            images=[],
            metrics={"rmse": 3.0 - 0.1 * number},
            model_card=None,
        )
        sha256 = self.book.write(folder, content)
        self.cloud.versions[arn]["CustomerMetadataProperties"] = self.book.metadata(folder, sha256)
        return self.receipt(number)

    def arn(self, number: int) -> str:
        return f"arn:aws:sagemaker:eu-west-1:{HUB}:model-package/{GROUP}/{number}"

    def receipt(self, number: int) -> Receipt:
        return self.book.read(self.cloud.versions[self.arn(number)])

    def tamper_with(self, number: int) -> None:
        location = self.receipt(number).uri.removeprefix(f"s3://{REGISTRY_BUCKET}/")
        self.cloud.put(REGISTRY_BUCKET, location, b"{}")

    def has_card(self, number: int, *, approved: bool) -> None:
        details = {"model_package_details": {"model_package_arn": self.arn(number)}}
        self.cloud.write_card(GROUP, details, status="Draft")
        card = self.cards.latest(GROUP)
        assert card is not None
        if approved:
            receipt = self.receipt(number)
            card_approval.approve(self.cards, self.book, card=card, receipt=receipt, by=OFFICER, time=NOON)

    def plan(self, to: int | None = None) -> Rollback:
        versions = CentralVersions(sagemaker=client("sagemaker"), book=self.book)
        return plan(versions, self.cards, group=GROUP, card_arn=CARD, to=to)

    def roll_back(self, to: int | None = None) -> None:
        self.plan(to).carry_out(client("sagemaker"), by=IDENTITY)

    def statuses(self, number: int) -> list[str]:
        """The statuses that a version was given, in their order."""
        return [
            change["detail"]["ModelApprovalStatus"]
            for change in self.cloud.state_changes
            if change["detail"]["ModelPackageArn"] == self.arn(number)
        ]


@pytest.fixture
def hub() -> Hub:
    return Hub()


GOES_BACK = {
    "to the one before": (["archived", "production"], None, 2, 1),
    "over versions that were never in production": (["archived", "new", "new", "production"], None, 4, 1),
    "over a rejected one": (["archived", "rejected", "production"], None, 3, 1),
    "never to a newer one by itself": (["archived", "production", "archived"], None, 2, 1),
    "to the newest of the older ones": (["archived", "archived", "production"], None, 3, 2),
    "to one that an earlier rollback has brought to test": (
        ["archived", "in test", "production"],
        None,
        3,
        2,
    ),
    "to one that was left pending": (["archived", "pending", "production"], None, 3, 2),
    "to one that is asked for": (["archived", "archived", "production"], 1, 3, 1),
    "to a newer one that is asked for": (["production", "archived"], 2, 1, 2),
}


@pytest.mark.parametrize(("states", "to", "current", "target"), GOES_BACK.values(), ids=GOES_BACK)
def test_production_goes_back(hub: Hub, states: list[str], to: int | None, current: int, target: int) -> None:
    hub.has(*states)
    found = hub.plan(to)
    assert (found.current, found.target.number) == (current, target)


STAYS = {
    "nothing in production": (["archived"], None, "Production runs no version of churn-p-abc"),
    "an empty group": ([], None, "There is no model package group churn-p-abc"),
    "the first version": (["production"], None, "there is no older one to go back to."),
    "older ones were never in production": (["new", "production"], None, "no older one to go back to."),
    "older ones are rejected": (
        ["rejected", "production"],
        None,
        "go back to. Version 1 is Rejected: approve",
    ),
    "only newer ones": (["production", "archived"], None, "there is no older one to go back to."),
    "there already": (["archived", "production"], 2, "Production runs version 2 of churn-p-abc already."),
    "no such version": (["archived", "production"], 7, "There is no version 7: there are 2, 1."),
    "asked for one that was never in production": (["new", "production"], 1, "Version 1 has never been in"),
    "asked for a rejected one": (["rejected", "production"], 1, "Version 1 is Rejected: approve it in the"),
}


@pytest.mark.parametrize(("states", "to", "sentence"), STAYS.values(), ids=STAYS)
def test_production_stays(hub: Hub, states: list[str], to: int | None, sentence: str) -> None:
    hub.has(*states)
    with pytest.raises(OperatorError) as refusal:
        hub.plan(to)
    assert sentence in str(refusal.value)


def test_a_receipt_that_was_tampered_with_is_passed_over_and_said(hub: Hub) -> None:
    hub.has("archived", "archived", "production")
    hub.tamper_with(2)
    found = hub.plan()
    assert found.target.number == 1
    (doubt,) = found.doubts
    assert f"{hub.arn(2)} says" in doubt
    assert doubt in list(found.describe())
    with pytest.raises(RegistryError, match="tampered"):
        hub.plan(2)


def test_a_receipt_of_production_that_was_tampered_with_keeps_nobody_from_leaving(hub: Hub) -> None:
    hub.has("archived", "production")
    hub.tamper_with(2)
    found = hub.plan()
    assert found.target.number == 1
    assert len(found.doubts) == 1
    assert "  metrics: rmse 2.9 (new)" in list(found.describe())


def test_what_is_done_is_said_first(hub: Hub) -> None:
    hub.has("archived", "production")
    hub.has_card(1, approved=True)
    receipt = hub.receipt(1)
    *known, consequence = hub.plan().describe()
    assert known == [
        "Production runs version 2 of churn-p-abc; it would go back to version 1.",
        f"Version 1, {hub.arn(1)}",
        "  status: Approved, Archived/Retired",
        f"  receipt: {receipt.uri}, SHA-256 {receipt.sha256}",
        f"  source: arn:aws:sagemaker:eu-west-1:{TEAM}:model-package/{GROUP}/1, commit commit-1",
        "  approved by its team: arn:lead, 2026-11-21T12:00:00Z",
        f"  approved centrally: {OFFICER}, 2026-11-21T12:00:00Z",
        f"  approved for production: {OFFICER}, 2026-11-21T15:00:00Z",
        f"  came to production: {OFFICER}, 2026-11-21T16:00:00Z",
        "  metrics: rmse 2.9 (production 2.8, +0.1)",
        f"  model card: version 1 is Approved; approved by {OFFICER}, 2026-11-21T12:00:00Z",
    ]
    assert consequence == (
        "Version 1 would be approved again. Its deploy pipeline would deploy it to test, run the integration "
        "tests and wait for the governance officer; until then, production stays as it is."
    )


@pytest.mark.parametrize(
    ("cards", "said"),
    [
        pytest.param([], "none speaks for this version", id="no card"),
        pytest.param([(2, True)], "none speaks for this version", id="of another version"),
        pytest.param([(1, False)], "version 1 is Draft, and no approval of what it says", id="not approved"),
        pytest.param([(1, True), (2, False)], "version 1 is Approved; approved by", id="below another's"),
    ],
)
def test_the_state_of_the_card_is_said(hub: Hub, cards: list[tuple[int, bool]], said: str) -> None:
    hub.has("archived", "production")
    for number, approved in cards:
        hub.has_card(number, approved=approved)
    assert hub.plan().card.startswith(said)


@pytest.mark.parametrize(
    ("state", "statuses"),
    [("archived", ["PendingManualApproval", "Approved"]), ("pending", ["Approved"])],
    ids=["approved already", "left pending"],
)
def test_the_target_is_approved_again(hub: Hub, state: str, statuses: list[str]) -> None:
    hub.has(state, "production")
    hub.roll_back()
    assert hub.statuses(1) == statuses
    assert hub.cloud.versions[hub.arn(1)]["ApprovalDescription"] == (
        f"Rollback from version 2 to version 1 by {IDENTITY}."
    )
    assert hub.statuses(2) == []


@pytest.mark.parametrize("number", [0, 1], ids=["first update", "second update"])
@pytest.mark.parametrize("done", [False, True], ids=["killed before", "killed after"])
def test_a_rollback_that_was_cut_is_finished_by_the_next(hub: Hub, number: int, done: bool) -> None:
    hub.has("archived", "production")
    updates = 0

    def interfere(_number: int, operation: str, call: Call) -> Parameters:
        nonlocal updates
        if operation != "UpdateModelPackage":
            return call()
        updates += 1
        if updates <= number:
            return call()
        if done:
            call()
        raise Killed

    hub.cloud.interfere = interfere
    with pytest.raises(Killed):
        hub.roll_back()
    hub.cloud.interfere = lambda _n, _o, call: call()

    hub.roll_back()

    assert hub.cloud.versions[hub.arn(1)]["ModelApprovalStatus"] == "Approved"
    assert hub.statuses(1)[-1] == "Approved"
    assert "PendingManualApproval" in hub.statuses(1)


def test_a_rejection_in_the_meantime_holds(hub: Hub) -> None:
    hub.has("archived", "production")
    found = hub.plan()
    hub.cloud.approve(hub.arn(1), "Rejected")
    with pytest.raises(OperatorError, match="Somebody has set version 1 to Rejected meanwhile"):
        found.carry_out(client("sagemaker"), by=IDENTITY)
    assert hub.statuses(1) == []


# The command.

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command against the cloud; its exit code and what it says."""
    session = SimpleNamespace(client=lambda service, config=None: client(service))
    monkeypatch.setattr(rollback, "aws_session", lambda settings: session)

    def invoke(*arguments: str, answer: str = "") -> tuple[int, str]:
        result = CliRunner().invoke(app, ["rollback", "--group", GROUP, *arguments], input=answer)
        return result.exit_code, result.output

    return invoke


@pytest.mark.parametrize(
    ("arguments", "answer", "code", "approved"),
    [
        pytest.param(["--pretend"], "", 0, False, id="pretend"),
        pytest.param(["--pretend", "--yes"], "", 0, False, id="pretend and yes"),
        pytest.param(["--yes"], "", 0, True, id="yes"),
        pytest.param([], "y\n", 0, True, id="confirmed"),
        pytest.param([], "n\n", 1, False, id="not confirmed"),
        pytest.param([], "", 1, False, id="nobody answers"),
    ],
)
def test_the_command_asks_before_it_does(
    hub: Hub, command: Command, arguments: list[str], answer: str, *, code: int, approved: bool
) -> None:
    hub.has("archived", "production")
    ended, said = command(*arguments, answer=answer)
    assert ended == code
    assert said.startswith("Production runs version 2 of churn-p-abc; it would go back to version 1.\n")
    assert hub.statuses(1) == (["PendingManualApproval", "Approved"] if approved else [])
    before, _, after = said.partition("until then, production stays as it is.")
    assert " is approved again" not in before
    assert ("Version 1 is approved again" in after) == approved


def test_the_command_says_in_a_sentence_that_there_is_nothing_to_go_back_to(
    hub: Hub, command: Command
) -> None:
    hub.has("production")
    assert command("--yes") == (
        2,
        "Production runs version 1 of churn-p-abc, and there is no older one to go back to.\n",
    )
