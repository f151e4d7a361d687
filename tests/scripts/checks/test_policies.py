"""`catalog check --policies` warns of policies that come near a limit, and fails where AWS would refuse."""

import pytest
from typer.testing import CliRunner

from access import platform, sizes
from base.limits import BUCKET_POLICY, Measured
from scripts.catalog import app


@pytest.mark.parametrize(
    ("size", "exit_code", "says"),
    [
        pytest.param(100, 0, "within the limits", id="clear"),
        pytest.param(19_000, 0, "19,000 bytes, near the limit where AWS takes 20,480", id="near"),
        pytest.param(20_481, 2, "20,481 bytes, where AWS takes 20,480", id="too-large"),
    ],
)
def test_the_outcome_follows_from_the_size(
    monkeypatch: pytest.MonkeyPatch, size: int, exit_code: int, says: str
) -> None:
    empty = platform.PlatformTemplates(hub={}, launch_accounts={}, target_accounts={}, products={})
    found = [Measured(where="hub/Bucket", limit=BUCKET_POLICY, size=size)]
    monkeypatch.setattr(platform, "synthesize", lambda _: empty)
    monkeypatch.setattr(sizes, "measure", lambda _: found)
    result = CliRunner().invoke(app, ["check", "--policies"])
    assert result.exit_code == exit_code
    assert says in result.output
    assert "hub/Bucket" in result.output or exit_code == 0
