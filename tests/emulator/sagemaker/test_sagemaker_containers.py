"""Containers: a folder for `/opt/ml`, a clean environment, and no process left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from emulator.machine import environments
from emulator.sagemaker.artifacts import ArtifactError, unpack
from emulator.sagemaker.jobs.containers import Container, ContainerError, image_environment
from emulator.sagemaker.storage import Location, StorageError, relative_path
from tests.emulator.sagemaker_support import IMAGE, UNKNOWN_IMAGE
from tests.hangs import HANGS

SLEEPER = """
import pathlib, sys
from emulator.sagemaker.jobs.containers import Container
from emulator.machine.environments import prepare
container = Container(prepare("xgboost"), pathlib.Path(sys.argv[1]))
container.start([sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"], {})
print("started", flush=True)
container.wait()
"""


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(environments.prepare("xgboost"), tmp_path / "container")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/opt/ml", "{base}"),
        ("/opt/ml/processing/input", "{base}/processing/input"),
        ("--folder=/opt/ml/model", "--folder={base}/model"),
        ("/opt/mlops", "/opt/mlops"),
        ("s3://bucket/opt/ml/model", "s3://bucket/opt/ml/model"),
        ("/home/opt/ml", "/home/opt/ml"),
    ],
)
def test_the_base_folder_is_rewritten(container: Container, text: str, expected: str) -> None:
    assert container.localize(text) == expected.format(base=container.base)


def test_a_process_has_a_clean_environment(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "personal")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com")
    program = "import os; print(dict(os.environ), os.environ['HOME'], os.environ['DATA'], os.getcwd())"
    container.start([sys.executable, "-c", program], {"DATA": "/opt/ml/data"})
    assert container.wait() == 0
    printed = container.last_lines()
    assert f"{container.folder / 'home'} {container.base}/data {container.base}" in printed
    assert "AWS_PROFILE" not in printed
    assert "proxy.example.com" not in printed
    assert "SAGEMAKER_BASE_DIR" in printed


# The image's own versions, which its release notes give.
IMAGE_VERSIONS = {"boto3": "1.38.0", "numpy": "2.1.0", "pandas": "2.2.3", "scikit-learn": "1.8.0"}


def test_a_container_has_the_packages_of_its_image(container: Container) -> None:
    program = (
        "import importlib.metadata as metadata, sys; print({n: metadata.version(n) for n in sys.argv[1:]})"
    )
    container.start(["python3", "-c", program, *IMAGE_VERSIONS], {})
    assert container.wait() == 0
    assert container.last_lines() == str(IMAGE_VERSIONS)


def test_a_container_has_no_network_and_what_it_installs_stays_in_it(container: Container) -> None:
    without_index = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    package = container.base / "package"
    package.mkdir()
    (package / "setup.py").write_text("import setuptools; setuptools.setup(name='own', version='1.0')")
    container.start(["python3", "-m", "pip", "install", "tomli-w"], {"PIP_RETRIES": "0"})
    assert container.wait() == 1
    assert "Could not find a version that satisfies the requirement tomli-w" in container.last_lines(5000)
    container.start(["python3", "-m", "pip", "install", "."], without_index, package)
    assert container.wait() == 0
    other = Container(environments.prepare("xgboost"), container.folder / "other")
    codes = []
    for each in (container, other):
        each.start(["python3", "-m", "pip", "show", "own"], {})
        codes.append(each.wait())
    assert codes == [0, 1]


@pytest.mark.parametrize(("program", "code"), [("raise SystemExit(3)", 3), ("pass", 0)])
def test_a_process_gives_its_exit_code(container: Container, program: str, code: int) -> None:
    container.start([sys.executable, "-c", program], {})
    assert container.wait() == code


def test_a_process_ends_with_its_time(container: Container) -> None:
    container.start([sys.executable, "-c", "import time; time.sleep(60)"], {})
    assert container.wait(0.2) is None
    assert not container.running()


def test_a_stopped_container_starts_nothing(container: Container) -> None:
    container.stop()
    container.start([sys.executable, "-c", "open('started', 'w')"], {})
    assert container.wait() is None
    assert not (container.base / "started").exists()


def test_a_process_does_not_outlive_a_killed_emulator(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER, str(tmp_path)], stdout=subprocess.PIPE, start_new_session=True
    ) as emulator:
        assert emulator.stdout is not None
        assert emulator.stdout.readline() == b"started\n"
        sleeper = int(_first_line(tmp_path / "log.txt"))
        os.killpg(emulator.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(
        [psutil.Process(sleeper)] if psutil.pid_exists(sleeper) else [], timeout=HANGS
    )
    assert alive == []


def _first_line(file: Path) -> str:
    deadline = time.monotonic() + HANGS
    while not (text := file.read_text()).endswith("\n"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return text


def test_last_lines_begin_with_a_whole_line(container: Container) -> None:
    container.log.write_text("".join(f"line {number}\n" for number in range(100)))
    assert container.last_lines(20) == "line 98\nline 99"
    assert container.last_lines(10_000).startswith("line 0\n")


def test_an_image_stands_for_an_environment() -> None:
    assert image_environment(IMAGE).folder == environments.FOLDER / "xgboost"
    with pytest.raises(ContainerError, match="No environment on this machine stands for image"):
        image_environment(UNKNOWN_IMAGE)


@pytest.mark.parametrize(
    ("key", "prefix", "expected"),
    [
        pytest.param("data/a.csv", "data/a.csv", "a.csv", id="one object"),
        pytest.param("data/a.csv", "data", "a.csv", id="folder"),
        pytest.param("data/x/a.csv", "data/", "x/a.csv", id="folder with a slash"),
        pytest.param("data/a.csv", "", "data/a.csv", id="whole bucket"),
        pytest.param("data/part-1.csv", "data/part", "part-1.csv", id="beginning of a name"),
    ],
)
def test_objects_are_placed_relative_to_their_prefix(key: str, prefix: str, expected: str) -> None:
    assert relative_path(key, prefix) == expected


def test_locations_are_parsed() -> None:
    assert Location.parse("s3://bucket/a/b") == Location("bucket", "a/b")
    assert Location.parse("s3://bucket").below("a").uri == "s3://bucket/a"
    with pytest.raises(StorageError, match="is not an S3 URI"):
        Location.parse("https://bucket/a")


def test_what_is_no_archive_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "model.tar.gz"
    file.write_bytes(b"no archive")
    with pytest.raises(ArtifactError, match=r"s3://b/model.tar.gz cannot be unpacked"):
        unpack(file, tmp_path / "model", "s3://b/model.tar.gz")
