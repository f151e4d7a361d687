"""The SageMaker pipeline: its configuration, its definition, and the command that creates and starts it."""

import sys
from pathlib import Path

# What the scripts and their configuration must agree on, a module of the scripts says.
sys.path.append(str(Path(__file__).parent.parent / "src"))
