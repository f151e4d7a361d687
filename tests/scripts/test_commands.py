"""`scripts/cdk` and `scripts/catalog` as a shell calls them."""

import os
import subprocess
from pathlib import Path

import pytest

from base.places import REPOSITORY
from base.settings import CATALOG, CATALOG_VARIABLE
from tests.hangs import HANGS


@pytest.mark.parametrize(
    "command", [["scripts/cdk", "--no-notices", "ls"], ["scripts/catalog", "check"]], ids="-".join
)
@pytest.mark.parametrize("is_absolute", [False, True], ids=["relative", "absolute"])
def test_both_read_the_same_catalog_file(command: list[str], is_absolute: bool, tmp_path: Path) -> None:
    """A relative name means a file in the caller's folder, which is not the repository."""
    name = "own catalog.yaml"
    wrong = CATALOG.read_text(encoding="utf-8").replace("region:", "regoin:")
    (tmp_path / name).write_text(wrong, encoding="utf-8")
    done = subprocess.run(
        [str(REPOSITORY / command[0]), *command[1:]],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            # Nothing outside of this machine is asked.
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            CATALOG_VARIABLE: str(tmp_path / name) if is_absolute else name,
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=HANGS,
    )
    assert done.returncode == 2
    assert f"{name}:" in done.stderr
    assert "did you mean 'region'?" in done.stderr
    assert "Traceback" not in done.stderr
