"""Whatever a catalog file holds, it is read or refused in a sentence, in bounded time and memory."""

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from base import settings
from base.configuration.file import MAXIMUM_BYTES, MAXIMUM_ENTRIES, MAXIMUM_MISTAKES, CatalogFile
from base.settings import CatalogError
from tests.base.test_settings import EXAMPLE, changed, mistakes

SECONDS, MEBIBYTES = 10, 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: holds no settings"),
        ("- a\n- b\n", "1: holds no settings"),
        ("region: [", "is not YAML"),
        ("region: a\nname_prefix: \x07", "2: is not YAML (the character #x0007)."),
        ("region: a\nname_prefix: b\u0085\n", "2: holds the character #x0085, at which YAML begins a line"),
        ("region: 'a\u2028'\n", "1: holds the character #x2028"),
        ("region: a\n---\nregion: b\n", "is not YAML"),
        ("region: *nowhere\n", "1: is not YAML (found undefined alias 'nowhere')"),
    ],
    ids=[
        "empty",
        "a list",
        "unfinished",
        "control character",
        "next line",
        "line separator",
        "two documents",
        "alias of nothing",
    ],
)
def test_a_file_without_settings_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    assert expected in " ".join(mistakes(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="cannot be read"):
        settings.load(tmp_path / "absent.yaml")


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(EXAMPLE, encoding="utf-16")
    with pytest.raises(CatalogError, match=r"catalog\.yaml: cannot be read \(it is not UTF-8 text\)\."):
        settings.load(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(EXAMPLE, encoding="utf-8-sig")
    assert settings.load(path) == settings.load()


# What YAML 1.1 makes of a value without quotes (https://yaml.org/type/).
READ_AS = {
    "no": "a truth value",
    "On": "a truth value",
    "yes": "a truth value",
    "30": "a number",
    "0o17": None,
    "017": "a number",
    "0x1F": "a number",
    "1_000": "a number",
    "12:30:45": "a number",
    "1.5": "a number",
    ".inf": "a number",
    "2024-01-01": "a date",
    "2024-13-45": "a date",
    "!!binary aGVsbG8=": "a value of the type tag:yaml.org,2002:binary",
    "!secret token": "a value of the type !secret",
    "!!str 30": None,
    "None": None,
    "=": None,
}


@pytest.mark.parametrize(("written", "kind"), READ_AS.items(), ids=READ_AS)
def test_what_yaml_made_of_a_value_is_said(written: str, kind: str | None, tmp_path: Path) -> None:
    text = changed("  platform: mlplatform", f"  platform: {written}")
    if kind is None:
        path = tmp_path / "catalog.yaml"
        path.write_text(text, encoding="utf-8")
        assert settings.load(path).tags["platform"] == written.rpartition(" ")[2]
    else:
        bare = written.rpartition(" ")[2]
        (said,) = mistakes(tmp_path, text)
        assert said.endswith(f"tags.platform: '{bare}' is read as {kind}: write it in quotes.")


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_a_value_that_is_missing_is_said(empty: str, tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, changed("  platform: mlplatform", f"  platform: {empty}"))
    assert said.endswith("tags.platform: expected text, and found nothing.")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("on", "the key 'on' is read as a truth value: write it in quotes."),
        ("no", "the key 'no' is read as a truth value: write it in quotes."),
        ("2024", "the key '2024' is read as a number: write it in quotes."),
        ("2024-01-01", "the key '2024-01-01' is read as a date: write it in quotes."),
        ("<<", "the key '<<' is read as a merge of other settings: write it in quotes."),
        ("~", "a key must be text."),
        ("[a, b]", "a key must be text."),
    ],
)
def test_what_yaml_made_of_a_key_is_said(key: str, expected: str, tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, changed("  platform: mlplatform", f"  {key}: x"))
    assert said.endswith(expected)


@pytest.mark.parametrize("indent", ["", "  "])
def test_a_key_that_stands_twice_is_refused_wherever_it_stands(indent: str, tmp_path: Path) -> None:
    text = EXAMPLE + f"\n{indent}platform: a\n{indent}platform: b\n"
    assert any("stands on line" in sentence for sentence in mistakes(tmp_path, text))


def bomb() -> str:
    levels = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]" for level in range(1, 12)]
    return "\n".join(["l0: &l0 [a, b]", *levels])


WITHOUT_END: dict[str, Callable[[], str]] = {
    "aliases that multiply": bomb,
    "an alias of itself": lambda: "tags: &tags\n  again: *tags\n",
    "a list that holds itself": lambda: "tags: &tags [*tags]\n",
    "comments of 120 MB": lambda: "# comment\n" * 12_000_000 + EXAMPLE,
    "comments to the brim": lambda: "#" * (MAXIMUM_BYTES - len(EXAMPLE) - 10) + "\n" + EXAMPLE + "}",
    "300,000 keys": lambda: "".join(f"key{number}: x\n" for number in range(300_000)),
    "5,000 keys": lambda: "".join(f"k{number}: x\n" for number in range(5_000)),
    "brackets": lambda: "tags: " + "[" * 60_000,
    "braces": lambda: "{a: " * 15_000,
    "a list in a list in a list": lambda: "- " * 30_000,
    "keys of keys": lambda: "? " * 30_000,
    "indented": lambda: "\n".join(" " * level + "a:" for level in range(300)),
    "an alias of a long name": lambda: f"a: *{'b' * 60_000}\n",
    "anchors": lambda: "".join(f"k{number}: &a{number} x\n" for number in range(4_000)),
    "one long value": lambda: f"name_prefix: {'a' * 60_000}\n",
    "one long number": lambda: f"name_prefix: {'9' * 60_000}\n",
    "a long time": lambda: f"name_prefix: {'1:1' * 20_000}\n",
    "a long path": lambda: changed("intended_uses.risk_rating", "a." * 30_000),
    "a long folder": lambda: changed("  ml_admin:", f"  ml_admin:\n    own_roles: [{'a/' * 30_000}]"),
    "a long branch": lambda: changed("default_branch: main", f"default_branch: {'/.' * 30_000}"),
    "a long address": lambda: changed("ml-platform@example.com", f"a@{'b.' * 30_000}"),
    "quotes": lambda: 'a: "' + '""' * 30_000,
    "line breaks": lambda: "\n" * 60_000,
    "tabs": lambda: "a: b\n" + "\t" * 60_000,
}


@pytest.mark.parametrize("make", WITHOUT_END.values(), ids=WITHOUT_END)
def test_a_file_beyond_measure_is_refused_soon(make: Callable[[], str], tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(make(), encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(CatalogError) as caught:
        settings.load(path)
    assert time.process_time() - begun < SECONDS
    assert len(str(caught.value)) < 20_000
    for sentence in str(caught.value).splitlines():
        assert sentence.startswith(f"{path}:")
        assert sentence.endswith(".")


@pytest.mark.parametrize("name", ["aliases that multiply", "comments of 120 MB", "300,000 keys"])
def test_a_file_beyond_measure_takes_little_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(WITHOUT_END[name](), encoding="utf-8")
    tracemalloc.start()
    with pytest.raises(CatalogError):
        settings.load(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEBIBYTES * 2**20


def test_a_file_within_measure_may_repeat_itself(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    text = changed("cost-center: [research, production]", "cost-center: &centers [research]")
    path.write_text(text.replace("cost-center: [research]\n", "cost-center: *centers\n"), encoding="utf-8")
    loaded = settings.load(path)
    assert loaded.portfolios.ml_admin.tag_options == loaded.portfolios.sagemaker_projects.tag_options


def test_the_bounds_are_far_from_what_people_write() -> None:
    file = CatalogFile.read(settings.CATALOG)
    assert len(file.lines) * 20 < MAXIMUM_ENTRIES
    assert settings.CATALOG.stat().st_size * 20 < MAXIMUM_BYTES


def test_mistakes_without_end_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(EXAMPLE + "".join(f"other{number}: x\n" for number in range(100)), encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        settings.load(path)
    assert len(caught.value.mistakes) == 100
    assert str(caught.value).splitlines()[MAXIMUM_MISTAKES:] == [f"{path}: and 80 more."]


def test_a_value_stays_on_the_line_of_its_sentence(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, changed("region: eu-west-1", r'region: "eu\e[31m\nwest"'))
    assert r"'eu\x1b[31m\nwest' is not a Region" in said
