"""How far data is from what it was: the statistic by other means, and what a step makes of it."""

import json
import math
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import baseline
import preprocess
from conftest import flowers, play
from errors import DataError
from examine import Examination, examine
from options import Options
from registered import Approved

VERSION = "arn:aws:sagemaker:eu-west-1:333333333333:model-package/flowers/7"


def looked_at(folder: Path, table: str, target: str = "weight") -> Examination:
    (folder / "table.csv").write_text(table, encoding="utf-8")
    return examine(folder / "table.csv", Options(target))


def described(examination: Examination) -> dict[str, Any]:
    rows = [row.cells for row in examination.sample]
    return baseline.describe(examination.schema, examination.table.header, rows)


def moved(table: str, by: float = 0.0, *, colours: tuple[str, str] = ("", "")) -> str:
    """The same table, with another range of `petal` and another name of a colour."""
    header, *lines = table.splitlines()
    rows = []
    for line in lines:
        cells = line.split(",")
        cells[1] = f"{float(cells[1]) + by:.2f}" if cells[1] else ""
        rows.append(",".join(cells).replace(*colours))
    return "\n".join([header, *rows])


def test_each_bin_counts_its_cells(tmp_path: Path) -> None:
    examination = looked_at(tmp_path, flowers("species"), "species")
    found = described(examination)
    assert set(found["columns"]) == {"petal", "colour", "wild", "species"}
    cells = [row.cells[1] for row in examination.sample]
    cuts = found["columns"]["petal"]["cuts"]
    known = [float(cell) for cell in cells if cell]
    edges = [-math.inf, *cuts, math.inf]
    assert found["columns"]["petal"]["counts"] == {
        **{
            str(number): sum(low < value <= high for value in known)
            for number, (low, high) in enumerate(pairwise(edges))
        },
        "others": 0,
        "missing": cells.count(""),
    }
    assert found["columns"]["species"]["counts"] == {"0": 40, "1": 40, "2": 40, "others": 0, "missing": 0}


def test_the_index_is_the_symmetric_divergence_less_chance() -> None:
    """Kullback and Leibler's divergence, both ways, from the shares."""
    before, after = {"a": 700, "b": 200, "c": 100}, {"a": 400, "b": 300, "c": 300}
    p = np.array([(count + 0.5) / 1001.5 for count in before.values()])
    q = np.array([(count + 0.5) / 1001.5 for count in after.values()])
    both = float((p * np.log(p / q)).sum() + (q * np.log(q / p)).sum())
    assert baseline.stability_index(before, after) == pytest.approx(both - 2 * (1 / 1000 + 1 / 1000))


@pytest.mark.parametrize("rows", [50, 500])
def test_by_chance_alone_there_is_next_to_no_drift(rows: int) -> None:
    chance = random.Random(1)
    names = "abcdefghij"

    def counts() -> dict[str, int]:
        drawn = chance.choices(names, k=rows)
        return {name: drawn.count(name) for name in names}

    found = [baseline.stability_index(counts(), counts()) for _ in range(300)]
    assert sum(found) / len(found) < 9 * 2 / rows / 2
    assert sorted(found)[-10] < baseline.NOTEWORTHY_DRIFT + 9 * 2 / rows


def test_the_same_data_has_not_drifted(tmp_path: Path) -> None:
    examination = looked_at(tmp_path, flowers("weight"))
    before = described(examination)
    rows = [row.cells for row in examination.sample]
    assert {
        drift.index for drift in baseline.drifts(before, examination.schema, examination.table.header, rows)
    } == {0.0}
    assert baseline.changes(before, examination.schema) == []
    same = compare(examination, before)
    assert same == examination


def compare(examination: Examination, before: dict[str, Any] | None, **options: Any) -> Examination:
    options = {"maximum_drift": 1.0, "columns_may_change": False} | options
    # As it comes from its file.
    read = json.loads(json.dumps(before))
    return preprocess.compared(examination, Approved(VERSION, read), **options)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param(moved(flowers("weight"), 2.0), "petal", id="numbers"),
        pytest.param(moved(flowers("weight"), colours=("red", "green")), "colour", id="words"),
    ],
)
def test_a_drift_is_found_and_beyond_the_bound_refused(tmp_path: Path, table: str, column: str) -> None:
    before = described(looked_at(tmp_path, flowers("weight")))
    examination = looked_at(tmp_path, table)
    found = compare(examination, before, maximum_drift=100).schema.findings
    assert found[0].column == column
    assert "since version 7, which was approved last" in found[0].says
    with pytest.raises(
        DataError, match=f'The column "{column}" has drifted by .* maximum_drift in config.toml is 0.3'
    ):
        compare(examination, before, maximum_drift=0.3)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("colour", "color", '"colour" is gone', id="gone"),
        pytest.param("wild", "wald", '"wild" is gone', id="another name"),
        pytest.param("TRUE", "1.5", '"wild" was categorical and is ', id="kind"),
    ],
)
def test_columns_that_changed_are_refused_unless_they_may(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    before = described(looked_at(tmp_path, flowers("weight")))
    table = flowers("weight").replace(old, new)
    examination = looked_at(tmp_path, table.replace("FALSE", "2.5") if old == "TRUE" else table)
    with pytest.raises(DataError, match="columns_may_change") as refusal:
        compare(examination, before)
    assert says in str(refusal.value)
    found = compare(examination, before, columns_may_change=True).schema.findings
    assert says in found[0].says


def test_another_target_is_a_change(tmp_path: Path) -> None:
    before = described(looked_at(tmp_path, flowers("weight")))
    examination = looked_at(tmp_path, flowers("species"), "species")
    assert 'the target was "weight" and is "species"' in baseline.changes(before, examination.schema)


def test_a_version_without_a_baseline_compares_with_nothing(tmp_path: Path) -> None:
    examination = looked_at(tmp_path, flowers("weight"))
    assert compare(examination, None) is examination
    assert preprocess.compared(examination, None, maximum_drift=0, columns_may_change=False) is examination


def test_the_step_asks_for_the_approved_version_and_ends_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = play(monkeypatch, tmp_path / "first", flowers("weight"), "weight")
    before = json.loads((first.folder / "processing/schema/baseline.json").read_text(encoding="utf-8"))
    asked = []

    def approved(group: str, region: str) -> Approved:
        asked.append((group, region))
        return Approved(VERSION, before)

    monkeypatch.setattr(preprocess, "last_approved", approved)
    given = ("--approved-group", "flowers", "--region", "eu-west-1", "--maximum-drift", "0.5")
    play(monkeypatch, tmp_path / "same", flowers("weight"), "weight", *given)
    with pytest.raises(DataError, match="has drifted"):
        play(monkeypatch, tmp_path / "other", moved(flowers("weight"), 9.0), "weight", *given)
    assert asked == [("flowers", "eu-west-1")] * 2
    assert not (tmp_path / "other/processing/train").exists()


@pytest.mark.parametrize(
    ("column", "options", "says"),
    [
        pytest.param(lambda n: "" if n % 5 else str(n), {}, "is missing in 80% of the rows", id="missing"),
        pytest.param(
            lambda n: "up" if n % 2 else "down", {}, "alone explains about 100% of the target", id="leak"
        ),
    ],
)
def test_odd_columns_are_found_and_refused_on_demand(
    tmp_path: Path, column: Any, options: Any, says: str
) -> None:
    rows = [f"{column(number)},{number * 7 % 11},{number % 2}" for number in range(200)]
    (tmp_path / "table.csv").write_text("\n".join(["odd,size,y", *rows]), encoding="utf-8")
    (found,) = [each for each in examine(tmp_path, Options("y")).schema.findings if each.column == "odd"]
    assert found.says.startswith(says)
    for name in ("maximum_missing", "maximum_explained"):
        strict = Options("y", **{name: 0.7})  # type: ignore[arg-type]
        if ("missing" in says) == (name == "maximum_missing"):
            with pytest.raises(DataError, match=f'The column "odd" .* {name} in config.toml is 0.7'):
                examine(tmp_path, strict)
        else:
            examine(tmp_path, strict)
