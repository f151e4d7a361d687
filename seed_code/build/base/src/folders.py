"""Where SageMaker puts the files of a job.

Every path follows from ``SAGEMAKER_BASE_DIR``, which is ``/opt/ml`` in a container; set it to run a script
anywhere else.
"""

import os
from pathlib import Path


def base() -> Path:
    """The folder under which a job finds and leaves its files."""
    return Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def processing(name: str) -> Path:
    """A folder of a processing job.

    Args:
        name: Such as ``input/data`` or ``train``.
    """
    return base() / "processing" / name


def channel(name: str) -> Path:
    """An input channel of a training job."""
    return Path(os.environ.get(f"SM_CHANNEL_{name.upper()}", base() / "input" / "data" / name))


def model() -> Path:
    """The folder whose content a training job turns into ``model.tar.gz``."""
    return Path(os.environ.get("SM_MODEL_DIR", base() / "model"))
