"""`catalog release` keeps what the ledger holds, and nothing else."""

import dataclasses
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portfolios import ledger as ledgers
from portfolios import product_table, releases, versions
from products import discovery, parts
from products.product import Product
from scripts.catalog import app
from tests.portfolios.small import GROUP, changed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one product, and neither ledger nor releases."""
    readme = tmp_path / "README.md"
    readme.write_text(f"{product_table.BEGIN}\n{product_table.END}\n", encoding="utf-8")
    monkeypatch.setattr(product_table, "README", readme)
    monkeypatch.setattr(versions, "LEDGER", tmp_path / "versions.json")
    monkeypatch.setattr(versions, "PARTS_AT_RELEASE", tmp_path / "parts.json")
    monkeypatch.setattr(releases, "RELEASES", tmp_path / "releases")
    give(monkeypatch, GROUP)
    return tmp_path


def give(monkeypatch: pytest.MonkeyPatch, *products: Product) -> None:
    monkeypatch.setattr(discovery, "discover", lambda: products)
    monkeypatch.setattr(versions, "discover", lambda: products)


def release(*options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["release", *options])
    return result.exit_code, result.output


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_not_recorded_is_not_released(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(folder)
    code, told = release()
    assert (code, files(folder)) == (2, before)
    assert told.startswith("group 1.0.0 is not recorded as it is: run `python -m portfolios.versions`")

    assert versions.main([]) == 0
    give(monkeypatch, changed(GROUP, "1.0.0"))  # after it was recorded
    before = files(folder)
    code, told = release()
    assert (code, files(folder)) == (2, before)
    assert told.startswith("group 1.0.0 is not recorded as it is")


def test_a_release_closes_the_ledger_and_is_repeated_safely(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert versions.main([]) == 0
    before = files(folder)
    code, told = release("--pretend")
    assert (code, files(folder)) == (0, before)
    assert told.split()[:2] == ["would", "create"]
    code, told = release()
    assert code == 0
    (kept,) = (folder / "releases").rglob("*.json")
    assert kept.name == "1.0.0.json"
    assert [line.split()[0] for line in told.splitlines()] == ["create", "Commit"]
    assert ledgers.read(versions.LEDGER)["group"]["1.0.0"].released

    # Whoever was interrupted before the ledger was closed begins again.
    recorded = ledgers.read(versions.LEDGER)["group"]["1.0.0"]
    ledgers.write({"group": {"1.0.0": recorded.model_copy(update={"released": False})}}, versions.LEDGER)
    code, told = release()
    assert (code, told.split()[0]) == (0, "identical")
    assert ledgers.read(versions.LEDGER)["group"]["1.0.0"].released


def test_a_release_says_which_products_a_shared_change_touches(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, other = "seed_code/deploy/base", dataclasses.replace(GROUP, identifier="other", name="Another")
    monkeypatch.setattr(parts, "parts", lambda _: {part: "1"})
    give(monkeypatch, GROUP, other)
    assert [versions.main([]), release()[0]] == [0, 0]
    assert json.loads((folder / "parts.json").read_text("utf-8")) == {part: "1"}

    monkeypatch.setattr(parts, "parts", lambda _: {part: "2"})
    give(monkeypatch, changed(GROUP, "1.1.0"), other)
    assert versions.main([]) == 0
    for options in (["--pretend"], []):
        code, told = release(*options)
        assert (code, f"{part} changes group\n" in told) == (0, True)
    assert f"{part} changes" not in release()[1]
