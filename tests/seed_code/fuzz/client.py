"""A worker that plays cases, as the tests see it."""

import base64
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.seed_code.seeds import Seed

WORKER = Path(__file__).with_name("worker.py")


class Client:
    """Runs the worker in the build seed's environment, and asks it."""

    def __enter__(self) -> Self:
        """Start the worker."""
        seed = Seed("build_from_s3")
        python = seed.environment() / "bin" / "python"
        self._process = subprocess.Popen(
            [python, "-B", WORKER, seed.folder / "src"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the worker."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def table(self, files: Mapping[str, bytes], target: str, options: Sequence[str] = ()) -> dict[str, Any]:
        """Train on files; the answer tells rows and wrong answers, a sentence, or a crash."""
        coded = {name: base64.b64encode(content).decode() for name, content in files.items()}
        return self._ask({"kind": "table", "files": coded, "target": target, "options": list(options)})

    def request(self, body: bytes, content_type: str) -> dict[str, Any]:
        """Send a request to the model of the last table that gave one."""
        coded = base64.b64encode(body).decode()
        return self._ask({"kind": "request", "body": coded, "content_type": content_type})

    def _ask(self, case: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer
