"""A version that is published stays what it is."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

import app
from portfolios import ledger as ledgers
from portfolios import product_table, versions
from portfolios.ledger import LedgerError, Version, digests, read, record, released
from portfolios.offer import offers, reference_settings, render
from products.discovery import discover
from products.product import Product
from tests.portfolios.small import GROUP, changed, with_stack

CURRENT = {"group": {"codecommit": "aa", "codeconnections": "bb"}}
OTHER = {"group": {"codecommit": "aa", "codeconnections": "cc"}}
FIRST = Version(templates=CURRENT["group"], released=True)
DRAFT = Version(templates=CURRENT["group"])
RELEASED = {"group": {"1.0.0": FIRST}}


def test_every_product_is_published_as_it_is() -> None:
    products = discover()
    with offers(products, reference_settings()) as offered:
        current = digests({name: each.templates for name, each in offered.items()})
    ledgers.recorded_as_they_are(read(), products, current)


def test_a_released_template_is_refused_until_its_version_is_raised() -> None:
    settings = reference_settings()["codecommit"]

    def current(product: Product) -> dict[str, ledgers.Digests]:
        return dict(digests({"codecommit": render([product], settings)}))

    ledger, _ = record({}, [GROUP], current(GROUP))
    other = changed(GROUP, "1.0.0")
    with pytest.raises(LedgerError) as refusal:
        record(released(ledger), [other], current(other))
    (mistake,) = refusal.value.mistakes
    assert mistake == (
        "group: its template is not the one that was released as 1.0.0: run "
        '`python -m portfolios.versions --raise patch --note "..."` (or minor, or major).'
    )
    # Until it is released, it may change.
    again, new = record(ledger, [other], current(other))
    assert new == {"group": "1.0.0"}
    assert again["group"]["1.0.0"] != ledger["group"]["1.0.0"]


@pytest.mark.parametrize(
    ("before", "version", "current", "new", "numbers"),
    [
        pytest.param({"1.0.0": FIRST}, "1.0.0", CURRENT, {}, ["1.0.0"], id="unchanged"),
        pytest.param({"1.0.0": FIRST}, "1.10.0", OTHER, {"group": "1.10.0"}, ["1.0.0", "1.10.0"], id="newer"),
        pytest.param({"1.0.0": FIRST}, "1.0.1", CURRENT, {"group": "1.0.1"}, ["1.0.0", "1.0.1"], id="equal"),
        pytest.param(
            {"1.0.0": FIRST, "1.1.0": DRAFT},
            "1.1.0",
            OTHER,
            {"group": "1.1.0"},
            ["1.0.0", "1.1.0"],
            id="draft",
        ),
        pytest.param(
            {"1.0.0": FIRST, "1.1.0": DRAFT},
            "2.0.0",
            OTHER,
            {"group": "2.0.0"},
            ["1.0.0", "2.0.0"],
            id="draft of another number",
        ),
    ],
)
def test_record(
    before: dict[str, Version],
    version: str,
    current: dict[str, dict[str, str]],
    new: dict[str, str],
    numbers: list[str],
) -> None:
    ledger, recorded = record({"group": before}, [changed(GROUP, version)], current)
    assert recorded == new
    assert list(ledger["group"]) == numbers
    assert ledger["group"]["1.0.0"] == FIRST


@pytest.mark.parametrize(
    ("version", "current", "sentence"),
    [
        pytest.param("1.0.0", OTHER, "is not the one that was released as 1.0.0", id="changed"),
        pytest.param("0.9.0", CURRENT, "version 0.9.0 is older than 1.0.0", id="older"),
    ],
)
def test_refusal(version: str, current: dict[str, dict[str, str]], sentence: str) -> None:
    with pytest.raises(LedgerError, match=sentence):
        record(RELEASED, [changed(GROUP, version)], current)


def test_versions_are_ordered_by_number() -> None:
    with pytest.raises(LedgerError, match=r"older than 1\.10\.0"):
        record({"group": {"1.9.0": FIRST, "1.10.0": FIRST}}, [changed(GROUP, "1.9.0")], CURRENT)


@pytest.mark.parametrize(
    ("part", "expected"), [("patch", "1.9.10"), ("minor", "1.10.0"), ("major", "2.0.0")], ids=str
)
def test_a_version_is_raised(part: versions.Part, expected: str) -> None:
    assert versions.raised("1.9.9", part) == expected


DEFINITION = (
    'PRODUCT = Product(\n    name="Group",\n    version="1.0.0",\n{note}    portfolio="ml_admin",\n)\n'
)


@pytest.mark.parametrize(
    "note", ["", '    note="Old.",\n', '    note=(\n        "Old, "\n        "long."\n    ),\n']
)
def test_a_definition_gets_its_version_and_note(note: str) -> None:
    text = versions.rewrite(DEFINITION.format(note=note), version="1.0.1", note="New.")
    assert text == DEFINITION.format(note='    note="New.",\n').replace("1.0.0", "1.0.1")


def test_a_definition_without_a_version_of_its_own_is_left_alone() -> None:
    with pytest.raises(LedgerError, match=r"set 1\.0\.1 by hand"):
        versions.rewrite("PRODUCT = make(VERSION)", version="1.0.1", note="New.")


@pytest.fixture
def ledger_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "versions.json"
    readme = tmp_path / "README.md"
    readme.write_text(f"{product_table.BEGIN}\n{product_table.END}\n", encoding="utf-8")
    monkeypatch.setattr(versions, "LEDGER", path)
    monkeypatch.setattr(versions, "PARTS_AT_RELEASE", tmp_path / "parts.json")
    monkeypatch.setattr(product_table, "README", readme)
    monkeypatch.setattr(versions, "discover", lambda: (GROUP,))
    return path


def test_command_records_once(ledger_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert versions.main([]) == 0
    assert versions.main([]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["create", "group", "1.0.0"],
        ["identical", "group", "1.0.0"],
    ]
    (version,) = read(ledger_file)["group"].values()
    assert (set(version.templates), version.released) == ({"codecommit", "codeconnections"}, False)
    assert GROUP.name in product_table.README.read_text(encoding="utf-8")


def test_command_alters_nothing_that_is_released(
    ledger_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert versions.main(["--release"]) == 0
    before = ledger_file.read_text()
    monkeypatch.setattr(versions, "discover", lambda: (changed(GROUP, "1.0.0"),))
    assert versions.main([]) == 2
    assert ledger_file.read_text() == before
    assert "--raise patch" in capsys.readouterr().err


def test_command_raises_what_changed_and_nothing_else(
    ledger_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "product.py"
    path.write_text(DEFINITION.format(note=""), encoding="utf-8")
    monkeypatch.setattr(versions, "definition", lambda _: path)
    assert versions.main(["--release"]) == 0
    capsys.readouterr()
    assert versions.main(["--raise", "minor", "--note", "Adds."]) == 0
    assert path.read_text("utf-8") == DEFINITION.format(note="")
    assert capsys.readouterr().out == "No product differs from what was released: nothing is raised.\n"
    monkeypatch.setattr(versions, "discover", lambda: (changed(GROUP, "1.0.0"),))
    assert versions.main(["--raise", "minor", "--note", "Adds."]) == 0
    assert path.read_text("utf-8") == DEFINITION.format(note='    note="Adds.",\n').replace("1.0.0", "1.1.0")
    said = capsys.readouterr().out.splitlines()
    assert said == ["   update  group 1.0.0 to 1.1.0", f"Run `{ledgers.COMMAND}` to record what was raised."]


def nameless_role(stack: cdk.Stack) -> None:
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


def space(stack: cdk.Stack) -> None:
    cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic").override_logical_id("My Topic")


def twice(stack: cdk.Stack) -> None:
    cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic").override_logical_id("Group")


REFUSED = {
    "made": (lambda stack: stack.no_such_thing, {}, "The stack of group cannot be made: "),
    "written": (twice, {}, "The template of group cannot be written: "),
    "launched by CloudFormation": (space, {}, 'group: the logical id "My Topic"'),
    "a role here": (nameless_role, {"launched_in": ("shared_services",)}, "products/group: Role"),
    "a role in development accounts": (nameless_role, {}, "products/group: Role"),
}


@pytest.mark.parametrize(("add", "attributes", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_the_application_refuses_is_not_recorded(
    add: Any,
    attributes: dict[str, Any],
    sentence: str,
    *,
    ledger_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    product = with_stack(GROUP, add, **attributes)
    new_app = app.new_app
    monkeypatch.setattr(app, "new_app", lambda: new_app(str(tmp_path / "out")))
    monkeypatch.setattr(app, "discover", lambda: (product,))
    monkeypatch.setattr(versions, "discover", lambda: (product,))
    assert app.main() == 2
    told = capsys.readouterr().err
    assert told.startswith(sentence)
    assert told.count("\n") == 1
    assert versions.main([]) == 2
    assert capsys.readouterr().err == told
    assert not ledger_file.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--raise", "huge", "--note", "Adds."], "--raise takes major, minor, patch"),
        (["--raise", "minor"], "--note says"),
        (["--raise", "minor", "--note", 'A "quoted" word'], "--note says"),
    ],
)
def test_command_refuses(
    ledger_file: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert versions.main(arguments) == 2
    assert sentence in capsys.readouterr().err
    assert not ledger_file.exists()
