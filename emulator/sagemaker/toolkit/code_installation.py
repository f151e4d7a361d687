"""Installs a team's code at the start of a container, as the toolkit in the XGBoost image does.

The image holds sagemaker-containers 2.8.6.post2, whose `modules.prepare` and `modules.install` make a package
of the code folder and install it with pip, for training and for serving alike
(https://github.com/aws/sagemaker-containers/blob/master/src/sagemaker_containers/_modules.py). Whatever pip
needs for that must therefore be in the image, or be reached from its network.

A process of the container's own environment imports this file, so it uses the standard library only.
"""

import subprocess
import sys
from pathlib import Path

# Each module of the folder by its own name, as the toolkit has it.
SETUP = """\
import setuptools

setuptools.setup(name="{name}", version="1.0.0", packages=[""], include_package_data=True)
"""
MANIFEST = """\
recursive-include . *
global-exclude __pycache__ *.py[co]
"""


class InstallModuleError(Exception):
    """pip could not install the code folder."""


def install(code: Path, name: str) -> None:
    """Make a package of a code folder, unless it has a setup.py, and install it.

    Args:
        code: The folder.
        name: The module that is run or imported.

    Raises:
        InstallModuleError: pip failed; it has written why.
    """
    if not (code / "setup.py").exists():
        (code / "setup.py").write_text(SETUP.format(name=name), encoding="utf-8")
        (code / "MANIFEST.in").write_text(MANIFEST, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "."]
    if (code / "requirements.txt").exists():
        command += ["-r", "requirements.txt"]
    done = subprocess.run(command, cwd=code, check=False)
    if done.returncode:
        raise InstallModuleError(f'Command "{" ".join(command)}" ended with exit code {done.returncode}')
