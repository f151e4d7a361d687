"""Runs a team's training script: `python train.py MODULE ARGUMENT...`, in the container's code folder.

The code is installed first, and then the module is run by its name
(`modules.run_module` of https://github.com/aws/sagemaker-containers).
"""

import os
import sys
from pathlib import Path

from code_installation import InstallModuleError, install


def main(module: str, arguments: list[str]) -> None:
    """Install the code and become the script."""
    code = Path.cwd()
    try:
        install(code, module)
    except InstallModuleError as error:
        failure = Path(os.environ["SM_OUTPUT_DIR"]) / "failure"
        failure.write_text(f"InstallModuleError: {error}", encoding="utf-8")
        sys.exit(1)
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606  the image's own way


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
