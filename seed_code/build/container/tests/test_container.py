"""The contract of a container with SageMaker, kept in a process: train, then /ping and /invocations.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import container
import quick_training
from conftest import Run, ask
from model import Model
from pipelines.dockerfile import DOCKERFILE, instructions

REPOSITORY = Path(container.__file__).parent.parent
ROW = 'F0001,4.5,"blue, pale",TRUE,north'
HANGS = 60


def started(*arguments: str, base: Path, **variables: str) -> subprocess.Popen[str]:
    """The image's program as a process, of the files that are copied, with SageMaker's folders elsewhere."""
    entry = {each.name: each.text for each in instructions(DOCKERFILE.read_text(encoding="utf-8"))}
    program, script = json.loads(entry["ENTRYPOINT"])
    assert program == "python"
    root = entry["WORKDIR"]
    copied = REPOSITORY / "src" / Path(script).relative_to(root)
    return subprocess.Popen(  # noqa: S603
        [sys.executable, str(copied), *arguments],
        cwd=base,
        env={**os.environ, "SAGEMAKER_BASE_DIR": str(base), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def serving(model: Path, base: Path) -> Iterator[int]:
    """The port of a container that serves a model and has answered its first ping."""
    shutil.copytree(model, base / "model")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = started("serve", base=base, SAGEMAKER_BIND_TO_PORT=str(port))
    try:
        deadline = time.monotonic() + HANGS
        while True:
            try:
                assert asked(port, "GET", "/ping")[0] == 200
                break
            except OSError:
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=HANGS)


def asked(
    port: int, method: str, path: str, body: bytes | None = None, content_type: str = "text/csv"
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANGS)
    try:
        connection.request(method, path, body=body, headers={"Content-Type": content_type})
        response = connection.getresponse()
        content = response.read()
        assert response.getheader("Content-Type") == "application/json"
        return response.status, json.loads(content) if content else None
    finally:
        connection.close()


@pytest.fixture(scope="module")
def port(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A container that serves the model of a run."""
    with serving(run.model, tmp_path_factory.mktemp("serving")) as port:
        yield port


def test_train_leaves_the_model_that_the_script_makes(run: Run, tmp_path: Path) -> None:
    for name in ("train", "validation", "schema"):
        shutil.copytree(run.folder / "input/data" / name, tmp_path / "input/data" / name)
    names = [name.removeprefix("--") for name in quick_training.ARGUMENTS[::2]]
    # SageMaker hands every value over as a text.
    given = dict(zip(names, quick_training.ARGUMENTS[1::2], strict=True))
    (tmp_path / "input/config").mkdir(parents=True)
    (tmp_path / "input/config/hyperparameters.json").write_text(json.dumps(given), encoding="utf-8")
    process = started("train", base=tmp_path)
    said, _ = process.communicate(timeout=HANGS)
    assert process.returncode == 0, said
    assert ask(Model.load(tmp_path / "model"), ROW, "text/csv") == ask(Model.load(run.model), ROW, "text/csv")


def test_train_says_why_it_fails_where_sagemaker_looks(tmp_path: Path) -> None:
    (tmp_path / "input/config").mkdir(parents=True)
    (tmp_path / "input/config/hyperparameters.json").write_text('{"max_iter": "many"}', encoding="utf-8")
    process = started("train", base=tmp_path)
    process.communicate(timeout=HANGS)
    assert process.returncode == 2
    assert 'max_iter is "many"; it takes an integer' in (tmp_path / "output/failure").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("arguments", [[], ["test"], ["train", "serve"]])
def test_nothing_else_is_started(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert container.main(arguments) == 2
    assert capsys.readouterr().err == "Start the image with train or serve.\n"


def test_a_ping_is_answered_with_an_empty_body(port: int) -> None:
    assert asked(port, "GET", "/ping") == (200, None)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(ROW, "text/csv", id="csv"),
        pytest.param(
            json.dumps({"instances": [{"petal": 4.5, "wild": True}]}), "application/json", id="json"
        ),
    ],
)
def test_an_invocation_is_answered_as_the_model_does(
    run: Run, port: int, body: str, content_type: str
) -> None:
    status, answer = asked(port, "POST", "/invocations", body.encode(), content_type)
    assert status == 200
    assert answer == ask(Model.load(run.model), body, content_type)


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status", "says"),
    [
        ("POST", "/invocations", "1,2", "text/csv", 400, "Row 1: It has 2 cells"),
        ("POST", "/invocations", "", "text/csv", 400, "The request has no rows."),
        ("POST", "/invocations", "a", "image/png", 415, "is not supported"),
        ("GET", "/invocations", None, "text/csv", 405, "Ask /invocations by POST."),
        ("GET", "/models", None, "text/csv", 404, "ask /ping or /invocations"),
    ],
)
def test_a_request_that_cannot_be_answered_is_told_why(
    port: int, method: str, path: str, body: str | None, content_type: str, status: int, says: str
) -> None:
    answered, answer = asked(port, method, path, None if body is None else body.encode(), content_type)
    assert answered == status
    assert says in answer["error"]


def test_requests_are_answered_while_others_wait(run: Run, port: int) -> None:
    """SageMaker takes a container out of service whose ping it waits for."""
    waiting = socket.create_connection(("127.0.0.1", port), timeout=HANGS)
    try:
        waiting.sendall(b"POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1")
        assert asked(port, "GET", "/ping")[0] == 200
    finally:
        waiting.close()
