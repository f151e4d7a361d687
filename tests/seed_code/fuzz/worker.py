"""Play generated tables and requests on the build seed: ``worker.py SOURCE_FOLDER``, in its environment.

Each line of the standard input is a case in JSON, each line of the output what came of it.
"""

import base64
import contextlib
import importlib
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import traceback
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["PYTHONWARNINGS"] = "ignore"
TRAINING = ("--num_round", "3", "--max_depth", "2", "--eta", "0.5")


class Worker:
    """The scripts of the seed, and the models that were trained."""

    def __init__(self) -> None:
        """Import the scripts."""
        self.errors, self.endpoint, self.reading, self.preprocess, self.train, self.evaluate = map(
            importlib.import_module, ("errors", "endpoint", "reading", "preprocess", "train", "evaluate")
        )
        self.load = importlib.import_module("model").Model.load
        self.read_part = importlib.import_module("parts").read_part
        self.options: list[str] = []
        self.model: Any = None

    def table(self, files: dict[str, bytes], target: str, options: list[str], folder: Path) -> dict[str, Any]:
        """Train on a table, and ask the endpoint for each of its rows."""
        os.environ["SAGEMAKER_BASE_DIR"] = str(folder)
        inputs = folder / "processing" / "input"
        (inputs / "data").mkdir(parents=True)
        for name, content in files.items():
            (inputs / "data" / name).write_bytes(content)
        try:
            self._run(self.preprocess, "--target", target, *options)
        except self.errors.DataError as error:
            return {"sentence": str(error)}
        for name in ("train", "validation", "schema"):
            shutil.copytree(folder / "processing" / name, folder / "input" / "data" / name)
        self._run(self.train, *TRAINING)
        (inputs / "model").mkdir()
        with tarfile.open(inputs / "model" / "model.tar.gz", "w") as archive:
            archive.add(folder / "model", ".")
        for name in ("train", "test", "schema"):
            shutil.copytree(folder / "processing" / name, inputs / name)
        self._run(self.evaluate)
        self.model = self.load(folder / "model")
        return self._compare(folder, target)

    def request(self, body: bytes, content_type: str) -> dict[str, Any]:
        """Send a request to the model that was trained last."""
        try:
            text = self.endpoint.write(self._ask(body, content_type))
        except self.endpoint.RequestError as error:
            return {"status": error.status.value, "sentence": str(error)}
        return {"status": 200, "answers": len(json.loads(text)["predictions"])}

    def _ask(self, body: str | bytes, content_type: str) -> Any:
        rows = self.endpoint.read_rows(body, content_type)
        return self.endpoint.predict(
            self.model.schema, lambda cells: self.model.predict(cells).tolist(), rows
        )

    def _compare(self, folder: Path, target: str) -> dict[str, Any]:
        """Compare what the endpoint says of the files' rows with what the model says of the parts' rows."""
        missing = self.model.schema.missing_texts
        table = self.reading.open_table(folder / "processing" / "input" / "data", *self._decided())
        position = table.header.index(target)
        expected: dict[tuple[str, ...], Any] = {}
        for name in ("train", "validation", "test"):
            rows = list(self.read_part(folder / "processing" / name / f"{name}.csv"))[1:]
            features = [row[:position] + row[position + 1 :] for row in rows]
            values = self.model.predict(features).tolist()
            expected |= {tuple(row): value for row, value in zip(rows, values, strict=True)}
        known = [row.cells for row in table.rows() if row.cells[position] not in missing]
        wrong = 0
        for start in range(0, len(known), 1000):
            some = known[start : start + 1000]
            body = json.dumps({"instances": [row[:position] + row[position + 1 :] for row in some]})
            answer = self._ask(body, "application/json")
            found = (
                [list(chances.values()) for chances in answer["probabilities"]]
                if self.model.schema.classes
                else answer["predictions"]
            )
            for row, value in zip(some, found, strict=True):
                wrong += expected[tuple("" if cell in missing else cell for cell in row)] != value
        return {"rows": len(known), "wrong": wrong}

    def _decided(self) -> tuple[str, str]:
        options = dict(zip(self.options[::2], self.options[1::2], strict=True))
        return options.get("--encoding", "auto"), options.get("--decimal-mark", "auto")

    def _run(self, script: Any, *arguments: str) -> None:
        sys.argv = [script.__name__, *arguments]
        with contextlib.redirect_stdout(io.StringIO()):
            script.main()

    def play(self, case: dict[str, Any]) -> dict[str, Any]:
        """Play a case, whatever comes of it."""
        try:
            if case["kind"] == "request":
                return self.request(base64.b64decode(case["body"]), case["content_type"])
            self.options = case["options"]
            files = {name: base64.b64decode(content) for name, content in case["files"].items()}
            with tempfile.TemporaryDirectory() as folder:
                return self.table(files, case["target"], case["options"], Path(folder))
        except Exception:
            return {"crash": traceback.format_exc()}


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    worker = Worker()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(json.dumps(worker.play(json.loads(line))) + "\n")
        answers.flush()
