"""`catalog card`: what each command does to the central cards, and what it says when it cannot."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from base.settings import CATALOG, load
from registry.functions.model_registry import card_approval, card_sharing
from registry.functions.model_registry.cards import Cards, CardVersion
from registry.functions.model_registry.errors import RegistryError
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import Receipt, receipt_content
from scripts.catalog import app
from tests.registry.cards import GROUP, full_content
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, TEAM, Call, Cloud, Killed, client, use
from tests.registry.faults import Fault, cut, rows

SETTINGS = load()
NAMES = SETTINGS.names
CARD = NAMES.model_card_arn(GROUP)
LEAD = f"arn:aws:sts::{TEAM}:assumed-role/{NAMES.lead_data_scientist_role}/ada@example.com"
OFFICER = f"arn:aws:sts::{HUB}:assumed-role/{NAMES.governance_officer_role}/grace"
ADMINISTRATOR = f"arn:aws:sts::{HUB}:assumed-role/Administrator/joan"
AUTHOR_ROLE = f"arn:aws:iam::{HUB}:role/{NAMES.model_card_author_role}"
THEIRS = f"arn:aws:sagemaker:{REGION}:{TEAM}:model-package/{GROUP}"
TEST = SETTINGS.accounts.test


class Platform(Cloud):
    """The hub, and a person with credentials.

    Attributes:
        person: The ARN of the person's session.
        assumed: What AssumeRole was asked.
        sessions: What sessions were made of what it answered.
    """

    def __init__(self) -> None:
        super().__init__()
        self.person = LEAD
        self.assumed: list[dict[str, Any]] = []
        self.sessions: list[dict[str, Any]] = []

    def sts_GetCallerIdentity(self) -> dict[str, Any]:  # noqa: N802
        return {"Account": self.person.split(":")[4], "Arn": self.person}

    def sts_AssumeRole(self, **request: Any) -> dict[str, Any]:  # noqa: N802
        self.assumed.append(request)
        return {
            "Credentials": {
                "AccessKeyId": "key-of-the-author",
                "SecretAccessKey": "secret",
                "SessionToken": "token",
                "Expiration": self.now(),
            }
        }

    def session(self, **credentials: Any) -> Any:
        """A boto3 session, whose clients reach this cloud."""
        self.sessions.append(credentials)
        return SimpleNamespace(client=lambda service, config=None: client(service))

    def run(self, *arguments: str, catalog: Path = CATALOG) -> tuple[int, str]:
        """Run a command; give its exit code and what it printed, without line breaks."""
        result = CliRunner().invoke(
            app, ["card", *arguments, "--catalog", str(catalog)], env={"COLUMNS": "400"}
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    def succeed(self, *arguments: str) -> None:
        """Run a command that must succeed."""
        code, said = self.run(*arguments)
        if code != 0:
            raise RegistryError(said)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = Platform()
    use(made)
    monkeypatch.setattr("scripts.cards.commands.aws_session", lambda _: made.session())
    monkeypatch.setattr("scripts.cards.author.boto3", SimpleNamespace(Session=made.session))
    monkeypatch.setattr(card_sharing, "PAUSE_SECONDS", 0.0)
    return made


# Starting a card.

START = ("create", "--group", GROUP, "--problem", "Customers leave", "--owner", "ada")
STARTED = {
    "business_details": {"business_problem": "Customers leave"},
    "model_overview": {"model_owner": "ada"},
}


def test_a_card_is_started_and_shared_with_the_team(platform: Platform) -> None:
    code, said = platform.run(*START)
    assert code == 0
    assert f"create  model card {GROUP}" in said
    assert f"create  share of model card {GROUP} with {TEAM} as author" in said
    card = platform.cards[CARD]
    assert (card.content, card.statuses) == (STARTED, ["Draft"])
    assert card.tags == {"source-account": TEAM}
    (share,) = platform.shares
    assert (share.name, share.associated("PRINCIPAL")) == (NAMES.card_authors_share(GROUP), [TEAM])


def test_a_lead_takes_the_role_of_an_author_in_the_hub(platform: Platform) -> None:
    platform.run(*START)
    assert platform.assumed == [
        {
            "RoleArn": AUTHOR_ROLE,
            "RoleSessionName": "ada@example.com",
            "Tags": [{"Key": "source-account", "Value": TEAM}],
        }
    ]
    assert platform.sessions[-1] == {
        "aws_access_key_id": "key-of-the-author",
        "aws_secret_access_key": "secret",
        "aws_session_token": "token",
        "region_name": SETTINGS.region,
    }


def test_somebody_of_the_hub_names_the_account_and_keeps_the_role(platform: Platform) -> None:
    platform.person = ADMINISTRATOR
    code, _ = platform.run(*START, "--account", TEAM)
    assert (code, platform.assumed) == (0, [])
    assert platform.cards[CARD].tags == {"source-account": TEAM}


def test_starting_a_card_again_changes_nothing(platform: Platform) -> None:
    platform.run(*START)
    # The pipeline has filled in the rest meanwhile.
    platform.write_card(GROUP, {**full_content(), **STARTED}, "PendingReview")
    code, said = platform.run(*START)
    assert code == 0
    assert said.count("identical") == 2
    assert platform.cards[CARD].statuses == ["Draft", "PendingReview"]


def test_pretending_changes_nothing(platform: Platform) -> None:
    code, said = platform.run(*START, "--pretend")
    assert (code, said.count("create")) == (0, 2)
    assert (platform.cards, platform.shares) == ({}, [])


START_CALLS = (
    *("GetCallerIdentity", "AssumeRole", "DescribeModelCard", "CreateModelCard", "DescribeModelCard"),
    *("GetResourceShares", "GetResourceShares", "CreateResourceShare"),
    *("GetResourceShareAssociations",) * 3,
    *("AssociateResourceShare", "GetResourceShareAssociations", "GetResourceShareAssociations"),
)


def test_the_calls_of_a_start(platform: Platform) -> None:
    platform.run(*START)
    assert tuple(platform.calls) == START_CALLS


@pytest.mark.parametrize(("number", "fault"), rows(START_CALLS))
def test_a_start_that_was_cut_is_completed(platform: Platform, number: int, fault: Fault) -> None:
    cut(platform, number, fault, lambda: platform.succeed(*START))
    platform.succeed(*START)
    assert platform.cards[CARD].statuses == ["Draft"]
    assert [share.associated("PRINCIPAL") for share in platform.shares] == [[TEAM]]


# Words from a file.

FILE = """
[business_details]
business_problem = "From the file"
line_of_business = "Retail"

[additional_information.custom_details]
contact = "ada@example.com"
"""


def test_options_win_over_the_file(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "card.toml"
    file.write_text(FILE, encoding="utf-8")
    platform.run(*START, "--from", str(file), "--risk-rating", "Low", "--purpose", "Keep them")
    assert platform.cards[CARD].content == {
        "business_details": {"business_problem": "Customers leave", "line_of_business": "Retail"},
        "additional_information": {"custom_details": {"contact": "ada@example.com"}},
        "model_overview": {"model_owner": "ada"},
        "intended_uses": {"risk_rating": "Low", "purpose_of_model": "Keep them"},
    }


FILES = {
    "no TOML": ("[business_details", "cannot be read as TOML"),
    "an unknown field": ("[intended_use]\n", "intended_use is no field of a model card: did you mean"),
    "a text too long": (
        f'[business_details]\nbusiness_problem = "{"x" * 2049}"',
        "business_details.business_problem has 2,049 characters, and a model card takes 2,048",
    ),
    "a section that is none": ('business_details = "x"', "business_details is 'x': write fields"),
    "nothing": ("", "There is nothing to write"),
}


@pytest.mark.parametrize(("text", "sentence"), FILES.values(), ids=list(FILES))
def test_a_mistake_in_the_file_is_named(platform: Platform, tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "card.toml"
    file.write_text(text, encoding="utf-8")
    code, said = platform.run("create", "--group", GROUP, "--from", str(file))
    assert code == 2
    assert sentence in said
    assert platform.calls == []


def test_a_file_that_is_not_there_is_said(platform: Platform, tmp_path: Path) -> None:
    code, said = platform.run("edit", "--group", GROUP, "--from", str(tmp_path / "card.toml"))
    assert code == 2
    assert "card.toml cannot be read" in said


# Refusals.

Arrange = Callable[[Platform], None]


def _another_card(platform: Platform) -> None:
    platform.write_card(GROUP, {"business_details": {"business_problem": "Another"}})


def _hub(platform: Platform) -> None:
    platform.person = OFFICER


REFUSALS: dict[str, tuple[Arrange, tuple[str, ...], str]] = {
    "a card that says something else": (_another_card, START, "which says something else"),
    "the hub without an account": (_hub, START, "name the account of the model's team with --account"),
    "a team that names another account": (
        lambda _: None,
        (*START, "--account", "666666666666"),
        "whose leads write and share the cards of its own models only",
    ),
    "a role that is refused": (
        lambda platform: platform.denied.add("sts:AssumeRole"),
        START,
        f"may not assume {AUTHOR_ROLE}: use the credentials of {NAMES.lead_data_scientist_role}",
    ),
    "a card that may not be made": (
        lambda platform: platform.denied.add("sagemaker:CreateModelCard"),
        START,
        "AWS refused",
    ),
    "sharing that is not on": (
        lambda platform: setattr(platform, "sharing_is_on", False),
        START,
        "'catalog prepare'",
    ),
    "no card to edit": (
        lambda _: None,
        ("edit", "--group", GROUP, "--risk-rating", "Low"),
        f"There is no model card {GROUP}: make it with 'catalog card create'",
    ),
    "nothing to edit": (lambda _: None, ("edit", "--group", GROUP), "There is nothing to write"),
    "a rating that is none": (
        lambda _: None,
        ("edit", "--group", GROUP, "--risk-rating", "low"),
        "--risk-rating",
    ),
    "no card to show": (_hub, ("show", "--group", GROUP), f"There is no model card {CARD}"),
    "nothing to show": (_hub, ("show",), "Name either the group"),
    "two things to show": (
        _hub,
        ("show", "--group", GROUP, "--model-package", f"{THEIRS}/1"),
        "Name either the group",
    ),
    "an unknown model version": (
        _hub,
        ("show", "--model-package", f"{THEIRS}/1"),
        f"There is no model version {THEIRS}/1",
    ),
    "a model version of the hub, seen from a team": (
        lambda platform: platform.denied.add("sagemaker:DescribeModelPackage"),
        ("show", "--model-package", f"{THEIRS}/1"),
        "or name the card by --group",
    ),
}


@pytest.mark.parametrize(("arrange", "arguments", "sentence"), REFUSALS.values(), ids=list(REFUSALS))
def test_a_refusal_is_a_sentence_with_exit_code_2(
    platform: Platform, arrange: Arrange, arguments: tuple[str, ...], sentence: str
) -> None:
    arrange(platform)
    code, said = platform.run(*arguments)
    assert code == 2
    assert sentence in said
    assert "Traceback" not in said


# Editing.

EDIT = ("edit", "--group", GROUP, "--risk-rating", "High")
BEFORE: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a draft that speaks for no version": (STARTED, "Draft", "Draft", "update"),
    "one that waits for a review": (full_content(), "PendingReview", "PendingReview", "update"),
    "one that is approved": (full_content(), "Approved", "PendingReview", "update"),
    "one that says so already": (
        {**full_content(), "intended_uses": {"risk_rating": "High"}},
        "Approved",
        "Approved",
        "identical",
    ),
}


@pytest.mark.parametrize(("content", "status", "then", "outcome"), BEFORE.values(), ids=list(BEFORE))
def test_editing(
    platform: Platform, *, content: dict[str, Any], status: str, then: str, outcome: str
) -> None:
    platform.write_card(GROUP, content, status)
    code, said = platform.run(*EDIT)
    assert code == 0
    card = platform.cards[CARD]
    assert card.content["intended_uses"]["risk_rating"] == "High"
    assert f"{outcome}  model card {GROUP}, version {len(card.versions)}, {then}" in said
    assert card.statuses[-1] == then
    assert len(card.versions) == (1 if outcome == "identical" else 2)


def test_editing_keeps_all_else(platform: Platform) -> None:
    platform.write_card(GROUP, full_content())
    platform.run(*EDIT)
    expected = full_content()
    expected["intended_uses"]["risk_rating"] = "High"
    assert platform.cards[CARD].content == expected


def test_editing_can_be_pretended(platform: Platform) -> None:
    platform.write_card(GROUP, full_content(), "Approved")
    code, said = platform.run(*EDIT, "--pretend")
    assert (code, f"update  model card {GROUP}" in said) == (0, True)
    assert platform.cards[CARD].statuses == ["Approved"]


def test_an_edit_that_was_cut_before_the_status_is_completed(platform: Platform) -> None:
    platform.write_card(GROUP, full_content(), "PendingReview")

    def interfere(_n: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "UpdateModelCard" and len(platform.cards[CARD].versions) == 2:
            raise Killed
        return call()

    platform.interfere = interfere
    with pytest.raises(Killed):
        platform.run(*EDIT)
    assert platform.cards[CARD].statuses == ["PendingReview", "Draft"]
    platform.interfere = lambda _n, _o, call: call()
    platform.run(*EDIT)
    assert platform.cards[CARD].statuses == ["PendingReview", "PendingReview"]


# Sharing.


def test_a_card_is_shared_with_another_account(platform: Platform) -> None:
    platform.person = ADMINISTRATOR
    share = ("share", "--group", GROUP, "--account", TEST)
    assert "create" in platform.run(*share, "--pretend")[1]
    assert platform.shares == []
    assert "create" in platform.run(*share)[1]
    assert "identical" in platform.run(*share)[1]
    assert "create" in platform.run(*share, "--access", "reader")[1]
    assert {share.name: share.associated("PRINCIPAL") for share in platform.shares} == {
        NAMES.card_authors_share(GROUP): [TEST],
        NAMES.card_readers_share(GROUP): [TEST],
    }


# Approving.


class Central:
    """A central version with its receipt, promoted from the team's version of the same number."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.book = ReceiptBook(s3=client("s3"), bucket=REGISTRY_BUCKET, account=HUB)
        self.cards = Cards(sagemaker=client("sagemaker"))
        platform.person = OFFICER
        number = len(platform.versions_of(HUB, GROUP)) + 1
        self.theirs = f"{THEIRS}/{number}"
        self.arn = platform.register(
            HUB, GROUP, CustomerMetadataProperties={"source_model_package_arn": self.theirs}
        )
        folder = f"models/{TEAM}/{GROUP}/{number}/20261121T091500Z/"
        digest = self.book.write(
            folder,
            receipt_content(
                source={"ModelPackageArn": self.theirs, "CreationTime": platform.now()},
                central_model_package_arn=self.arn,
                artifacts=[],
                images=[],
                metrics={},
                model_card=None,
            ),
        )
        platform.versions[self.arn]["CustomerMetadataProperties"] |= self.book.metadata(folder, digest)

    @property
    def receipt(self) -> Receipt:
        return self.book.read(self.platform.versions[self.arn])

    @property
    def card(self) -> CardVersion:
        card = self.cards.describing(GROUP, {self.theirs})
        assert card is not None
        return card

    @property
    def is_approved(self) -> bool:
        recorded = card_approval.approval(self.book, card=self.card, receipt=self.receipt)
        return recorded is not None and self.card.status == "Approved"

    def approve(self, *options: str) -> tuple[int, str]:
        return self.platform.run("approve", "--model-package", self.arn, *options)


@pytest.fixture
def version(platform: Platform) -> Central:
    made = Central(platform)
    platform.write_card(GROUP, full_content(made.theirs), "PendingReview")
    platform.calls.clear()
    return made


def test_a_complete_card_is_approved_and_recorded(version: Central) -> None:
    code, said = version.approve()
    assert code == 0
    assert f"update  model card {GROUP}, version 1, Approved" in said
    assert f"create  record of the approval below {version.receipt.uri}" in said
    assert "Customers leave" in said
    assert version.is_approved
    (decision,) = version.book.decisions(version.receipt, "card-approval")
    assert decision.by == OFFICER
    assert decision.details["model_card_arn"] == CARD
    assert decision.details["model_card_version"] == 1


def test_approving_again_changes_nothing(version: Central) -> None:
    version.approve()
    version.platform.calls.clear()
    code, said = version.approve()
    assert (code, said.count("identical")) == (0, 2)
    assert not {"UpdateModelCard", "PutObject"} & set(version.platform.calls)


def test_approving_can_be_pretended(version: Central) -> None:
    code, said = version.approve("--pretend")
    assert (code, "update" in said, "create" in said) == (0, True, True)
    assert not {"UpdateModelCard", "PutObject"} & set(version.platform.calls)


def test_an_incomplete_card_is_refused(version: Central) -> None:
    content = full_content(version.theirs)
    content["intended_uses"]["risk_rating"] = "Unknown"
    del content["evaluation_details"]
    version.platform.write_card(GROUP, content, "PendingReview")
    code, said = version.approve()
    assert code == 2
    assert f"Version 2 of the model card {GROUP} cannot be approved" in said
    assert "intended_uses.risk_rating: write it into the table [model_card] of config.toml" in said
    assert "evaluation_details: the project's SageMaker pipeline writes it: run it again" in said
    assert version.platform.cards[CARD].statuses == ["PendingReview", "PendingReview"]
    assert version.book.decisions(version.receipt, "card-approval") == []


def test_words_after_the_approval_are_not_approved(version: Central) -> None:
    version.approve()
    version.platform.write_card(GROUP, {**full_content(version.theirs), "business_details": {}}, "Approved")
    assert not version.is_approved


def test_the_same_words_again_are_still_approved(version: Central) -> None:
    version.approve()
    version.platform.write_card(GROUP, full_content(version.theirs), "Approved")
    assert version.is_approved


def test_a_version_is_approved_although_the_card_speaks_for_a_newer_one(version: Central) -> None:
    newer = Central(version.platform)
    version.platform.write_card(GROUP, full_content(newer.theirs), "PendingReview")
    assert version.approve()[0] == 0
    assert version.is_approved
    assert not newer.is_approved
    assert newer.card.status == "PendingReview"
    assert newer.approve()[0] == 0
    assert newer.is_approved
    assert version.is_approved
    assert version.platform.cards[CARD].statuses == ["PendingReview"] * 2 + ["Approved"] * 2


def test_a_card_that_says_nothing_of_the_version_is_said(version: Central) -> None:
    other = Central(version.platform)
    code, said = other.approve()
    assert code == 2
    assert f"says nothing of {other.theirs}" in said


def test_a_version_without_receipt_is_not_approved(version: Central) -> None:
    metadata = version.platform.versions[version.arn]["CustomerMetadataProperties"]
    del metadata["receipt_sha256"]
    code, said = version.approve()
    assert code == 2
    assert f"{version.arn} has no receipt" in said
    assert version.platform.cards[CARD].statuses == ["PendingReview"]


def test_what_is_written_while_it_is_approved_is_not_approved(version: Central) -> None:
    newer = {**full_content(version.theirs), "business_details": {"business_problem": "Another"}}

    def interfere(_n: int, operation: str, call: Call) -> dict[str, Any]:
        if operation == "UpdateModelCard":
            version.platform.write_card(GROUP, newer)
        return call()

    version.platform.interfere = interfere
    code, said = version.approve()
    assert code == 2
    assert "was written after version 1, and is Approved: look at it, and decide again" in said
    assert version.book.decisions(version.receipt, "card-approval") == []
    assert not version.is_approved


APPROVAL_CALLS = (
    *("GetCallerIdentity", "DescribeModelPackage", "ListModelCardVersions", "DescribeModelCard"),
    *("DescribeModelPackage", "GetObject", "ListObjectsV2"),
    *("DescribeModelCard", "DescribeModelCard", "UpdateModelCard", "DescribeModelCard", "PutObject"),
)


def test_the_calls_of_an_approval(version: Central) -> None:
    version.approve()
    assert tuple(version.platform.calls) == APPROVAL_CALLS


@pytest.mark.parametrize(("number", "fault"), rows(APPROVAL_CALLS))
def test_an_approval_that_was_cut_is_completed(version: Central, number: int, fault: Fault) -> None:
    approve = ("approve", "--model-package", version.arn)
    cut(version.platform, number, fault, lambda: version.platform.succeed(*approve))
    version.platform.succeed(*approve)
    assert version.is_approved
    assert version.platform.cards[CARD].statuses == ["Approved"]
    assert len(version.book.decisions(version.receipt, "card-approval")) == 1


# Showing and exporting.


def test_a_card_is_shown_with_what_it_lacks(version: Central) -> None:
    content = full_content(version.theirs)
    content["business_details"]["business_problem"] = "[bold]not markup[/bold]"
    content["intended_uses"]["risk_rating"] = "Unknown"
    version.platform.write_card(GROUP, content)
    code, said = version.platform.run("show", "--group", GROUP)
    assert code == 0
    assert f"{GROUP}, version 2, Draft, SHA-256" in said
    assert "[bold]not markup[/bold]" in said
    # However wide the table is.
    cells = re.sub(r"[\s│┃]+", " ", said)
    assert "Regression: a number 0.25, a string good, a boolean yes, a bar_chart" in cells
    assert "Missing: intended_uses.risk_rating: write it into the table [model_card]" in said


def test_a_card_that_is_nearly_full_is_said(version: Central) -> None:
    content = full_content(version.theirs)
    content["additional_information"]["custom_details"] = {f"detail_{n}": "x" * 1000 for n in range(88)}
    version.platform.write_card(GROUP, content)
    assert "additional_information has the most" in version.platform.run("show", "--group", GROUP)[1]


def test_what_a_card_says_of_a_version_is_shown(version: Central) -> None:
    version.platform.write_card(GROUP, full_content(f"{THEIRS}/2"))
    _, said = version.platform.run("show", "--model-package", version.arn)
    assert f"{GROUP}, version 1, PendingReview" in said


def test_a_page_is_exported_once(version: Central, tmp_path: Path) -> None:
    path = tmp_path / "card.html"
    export = ("export", "--group", GROUP, "--output", str(path))
    assert "create" in version.platform.run(*export, "--pretend")[1]
    assert not path.exists()
    assert "create" in version.platform.run(*export)[1]
    assert "Customers leave" in path.read_text(encoding="utf-8")
    assert "identical" in version.platform.run(*export)[1]
    version.approve()
    assert "update" in version.platform.run(*export)[1]
    assert "Approved" in path.read_text(encoding="utf-8")
    assert [file.name for file in tmp_path.iterdir()] == ["card.html"]


def test_a_page_that_cannot_be_written_is_said(version: Central, tmp_path: Path) -> None:
    code, said = version.platform.run(
        "export", "--group", GROUP, "--output", str(tmp_path / "missing" / "card.html")
    )
    assert code == 2
    assert "cannot be written" in said
