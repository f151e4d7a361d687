"""The emulator starts without what only queries need."""

import subprocess
import sys

_LOADED = """
import sys
from emulator.core import switches
with switches.without("duckdb"):
    import emulator.core.overlay
print([name for name in ("duckdb", "sqlglot") if name in sys.modules])
"""


def test_nothing_heavy_is_loaded_before_a_query() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
