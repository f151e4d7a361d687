"""Runs a team's training script: `python run_script.py MODULE ARGUMENT...`, in the container's code folder.

The toolkit in the images of deep learning frameworks runs the file as it lies there, and installs no more
than a `requirements.txt` (https://github.com/aws/sagemaker-training-toolkit).
"""

import os
import subprocess
import sys
from pathlib import Path


def main(module: str, arguments: list[str]) -> None:
    """Become the script."""
    if Path("requirements.txt").exists():
        subprocess.run([sys.executable, "-m", "pip", "install", "-r", "requirements.txt"], check=True)
    os.execv(sys.executable, [sys.executable, f"{module}.py", *arguments])  # noqa: S606  the image's own way


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
