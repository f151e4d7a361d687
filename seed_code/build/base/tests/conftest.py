"""Small tables of every kind, and the three scripts run on them as SageMaker would."""

import csv
import json
import os
import random
import shutil
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# On tables this small, threads would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import endpoint
import evaluate
import preprocess
import quick_training
import train
from model import Model


@dataclass(frozen=True)
class Run:
    """What a run of the three scripts left behind."""

    folder: Path
    target: str

    @property
    def model(self) -> Path:
        return self.folder / "model"

    @property
    def evaluation(self) -> dict[str, Any]:
        path = self.folder / "processing/evaluation/evaluation.json"
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content

    def part(self, name: str) -> list[list[str]]:
        """The rows of a part, its header first."""
        with (self.folder / f"processing/{name}/{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, strict=True))


def flowers(kind: str, rows: int = 120) -> str:
    """A table with numbers, categories, booleans, missing cells, an identifier and a constant column.

    Args:
        kind: Which target: ``species`` (three texts), ``tall`` (booleans) or ``weight`` (numbers).
        rows: How many rows.
    """
    chance = random.Random(7)
    lines = [f"label,petal,colour,wild,station,{kind}"]
    for number in range(rows):
        species = number % 3
        petal = 2.0 * species + chance.random()
        colour = chance.choice(["red", "blue, pale", "white"])
        wild = chance.choice(["TRUE", "FALSE"])
        target = {
            "species": ["iris", "rose", "<tulip>"][species],
            "tall": str(petal > 2.5),
            "weight": f"{3 * petal + (colour == 'red'):.3f}",
        }[kind]
        shown = "" if number % 11 == 0 else f"{petal:.2f}"
        lines.append(f'F{number:04},{shown},"{colour}",{wild},north,{target}')
    return "\n".join(lines) + "\n"


def play(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    tables: str | bytes | Mapping[str, str | bytes],
    target: str,
    *options: str,
) -> Run:
    """Run the three scripts, as SageMaker would, under a folder of their own.

    Args:
        monkeypatch: Of the test.
        folder: An empty folder.
        tables: The content of a file, or of several by their names.
        target: The header of the target.
        options: Further arguments of Preprocess.
    """
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(folder))
    data = folder / "processing/input/data"
    data.mkdir(parents=True)
    for name, content in ({"table.csv": tables} if isinstance(tables, str | bytes) else tables).items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        # Line ends stay as they are.
        (data / name).write_bytes(content.encode() if isinstance(content, str) else content)

    monkeypatch.setattr(sys, "argv", ["preprocess.py", "--target", target, *options])
    preprocess.main()

    for name in ("train", "validation", "schema"):
        shutil.copytree(folder / "processing" / name, folder / "input/data" / name)
    monkeypatch.setattr(sys, "argv", ["train.py", *quick_training.ARGUMENTS])
    train.main()

    inputs = folder / "processing/input"
    (inputs / "model").mkdir()
    with tarfile.open(inputs / "model/model.tar.gz", "w:gz") as archive:
        archive.add(folder / "model", ".")
    for name in ("train", "test", "schema"):
        shutil.copytree(folder / "processing" / name, inputs / name)
    given = dict(zip(options[::2], options[1::2], strict=True))
    column = given.get("--segment-column", "")
    monkeypatch.setattr(sys, "argv", ["evaluate.py", "--segment-column", column])
    evaluate.main()
    return Run(folder, target)


def ask(model: Model, body: str | bytes, content_type: str) -> Any:
    """What an endpoint of the model answers."""
    rows = endpoint.read_rows(body, content_type)
    prediction = endpoint.predict(model.schema, lambda cells: model.predict(cells).tolist(), rows)
    return json.loads(endpoint.write(prediction))


@pytest.fixture(scope="session", params=["species", "tall", "weight"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run for each kind of problem."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return play(
            monkeypatch, tmp_path_factory.mktemp(request.param), flowers(request.param), request.param
        )
