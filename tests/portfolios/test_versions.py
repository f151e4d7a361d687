"""A version that is published stays what it is."""

import json
from pathlib import Path

import pytest

from portfolios import product_table, versions
from portfolios.versions import LedgerError, digests, read, record, reference_settings, render
from products.discovery import discover
from products.product import Product
from tests.portfolios.small import GROUP, changed

CURRENT = {"group": {"codecommit": "aa", "codeconnections": "bb"}}
OTHER = {"group": {"codecommit": "aa", "codeconnections": "cc"}}
PUBLISHED = {"group": {"1.0.0": CURRENT["group"]}}


def test_every_product_is_published_as_it_is() -> None:
    products = discover()
    rendered = {name: render(products, settings) for name, settings in reference_settings().items()}
    _, new = record(read(), products, digests(rendered))
    assert not new, f"{', '.join(new)}: not recorded yet: run `{versions.COMMAND}` and commit the ledger."


def test_changed_template_is_refused_until_its_version_is_raised() -> None:
    settings = reference_settings()["codecommit"]

    def current(product: Product) -> dict[str, versions.Digests]:
        return dict(digests({"codecommit": render([product], settings)}))

    ledger, _ = record({}, [GROUP], current(GROUP))
    with pytest.raises(LedgerError) as refusal:
        record(ledger, [changed(GROUP, "1.0.0")], current(changed(GROUP, "1.0.0")))
    (mistake,) = refusal.value.mistakes
    assert mistake == (
        "group: its template is not the one published as 1.0.0: raise the version in "
        "products/group/product.py, then run `python -m portfolios.versions`."
    )
    extended, new = record(ledger, [changed(GROUP, "1.0.1")], current(changed(GROUP, "1.0.1")))
    assert new == {"group": "1.0.1"}
    assert extended["group"]["1.0.0"] == ledger["group"]["1.0.0"]


@pytest.mark.parametrize(
    ("version", "current", "new"),
    [
        pytest.param("1.0.0", CURRENT, {}, id="unchanged"),
        pytest.param("1.10.0", OTHER, {"group": "1.10.0"}, id="newer"),
        pytest.param("1.0.1", CURRENT, {"group": "1.0.1"}, id="newer-and-equal"),
    ],
)
def test_record(version: str, current: dict[str, dict[str, str]], new: dict[str, str]) -> None:
    ledger, recorded = record(PUBLISHED, [changed(GROUP, version)], current)
    assert recorded == new
    assert ledger["group"]["1.0.0"] == CURRENT["group"]


@pytest.mark.parametrize(
    ("version", "current", "sentence"),
    [
        pytest.param("1.0.0", OTHER, "is not the one published as 1.0.0", id="changed"),
        pytest.param("0.9.0", CURRENT, "version 0.9.0 is older than 1.0.0", id="older"),
    ],
)
def test_refusal(version: str, current: dict[str, dict[str, str]], sentence: str) -> None:
    with pytest.raises(LedgerError, match=sentence):
        record(PUBLISHED, [changed(GROUP, version)], current)


def test_versions_are_ordered_by_number() -> None:
    ledger = {"group": {"1.9.0": CURRENT["group"], "1.10.0": OTHER["group"]}}
    with pytest.raises(LedgerError, match=r"older than 1\.10\.0"):
        record(ledger, [changed(GROUP, "1.9.0")], CURRENT)


@pytest.fixture
def ledger_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "versions.json"
    readme = tmp_path / "README.md"
    readme.write_text(f"{product_table.BEGIN}\n{product_table.END}\n", encoding="utf-8")
    monkeypatch.setattr(versions, "LEDGER", path)
    monkeypatch.setattr(product_table, "README", readme)
    monkeypatch.setattr(versions, "read", lambda: read(path))
    monkeypatch.setattr(versions, "discover", lambda: (GROUP,))
    return path


def test_command_records_once(ledger_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert versions.main() == 0
    assert versions.main() == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["create", "group", "1.0.0"],
        ["identical", "group", "1.0.0"],
    ]
    assert set(json.loads(ledger_file.read_text())["group"]["1.0.0"]) == {"codecommit", "codeconnections"}
    assert GROUP.name in product_table.README.read_text(encoding="utf-8")


def test_command_alters_nothing(
    ledger_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert versions.main() == 0
    before = ledger_file.read_text()
    monkeypatch.setattr(versions, "discover", lambda: (changed(GROUP, "1.0.0"),))
    assert versions.main() == 2
    assert ledger_file.read_text() == before
    assert "raise the version" in capsys.readouterr().err
