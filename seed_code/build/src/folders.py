"""Where SageMaker puts the files of a job, and how a job tells a person that it failed.

Every path follows from ``SAGEMAKER_BASE_DIR``, which is ``/opt/ml`` in a container; set it to run a script
anywhere else.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from card import CardError
from tabular import DataError


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


def run(main: Callable[[], None]) -> None:
    """Run a script's main function; what a person can mend ends it with one sentence and exit code 2.

    SageMaker shows the first 1,024 characters of ``output/message`` (processing) or ``output/failure``
    (training) as the reason of the failure:
    https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html
    """
    try:
        main()
    except (CardError, DataError) as error:
        output = base() / "output"
        output.mkdir(parents=True, exist_ok=True)
        for name in ("message", "failure"):
            (output / name).write_text(str(error)[:1024], encoding="utf-8")
        print(error, file=sys.stderr)
        sys.exit(2)
