"""The table of assumptions: complete, true to the repository, and the same on its page."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from assumptions import ASSUMPTIONS, Assumption
from assumptions.page import page
from base.settings import AssumptionSettings, load

ROOT = Path(__file__).parents[2]

each = pytest.mark.parametrize("row", ASSUMPTIONS, ids=lambda row: row.key)


def test_the_page_says_what_the_table_says() -> None:
    written = (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")
    assert written == page(ASSUMPTIONS), "run scripts/catalog assumptions"


def test_keys_are_unique() -> None:
    keys = [row.key for row in ASSUMPTIONS]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", key) for key in keys)


@each
def test_files_are_there(row: Assumption) -> None:
    assert row.where
    for file in row.where:
        assert (ROOT / file).is_file(), file


@each
def test_the_source_is_awss_documentation(row: Assumption) -> None:
    assert row.source.url.startswith("https://docs.aws.amazon.com/")
    assert " " not in row.source.url


@each
def test_every_cell_is_a_sentence(row: Assumption) -> None:
    for text in (row.assumed, row.source.says, row.if_wrong, row.fallback, row.probe):
        assert text.endswith("."), text
    assert row.probed != row.probe.startswith("Not probed, because")


@each
def test_the_test_that_shows_the_fallback_exists(row: Assumption) -> None:
    file, _, name = row.shown_by.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@each
def test_the_setting_is_one_of_the_catalogs(row: Assumption) -> None:
    if row.setting is None:
        return
    section, name = row.setting.path.split(".")
    settings = load()
    field = type(getattr(settings, section)).model_fields[name]
    assert field.default == row.setting.hoped
    assert row.setting.fallback in get_args(field.annotation)


def test_every_setting_has_a_row() -> None:
    chosen = {row.setting.path for row in ASSUMPTIONS if row.setting is not None}
    assert chosen >= {f"assumptions.{name}" for name in AssumptionSettings.model_fields}
