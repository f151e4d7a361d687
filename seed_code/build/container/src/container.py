"""The program of the image: SageMaker starts it with ``train`` or ``serve``.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import json
import os
import sys

import waitress

import folders
import step
import train
from model import Model
from serving import Application

PORT = 8080
THREADS = 8


def main(arguments: list[str]) -> int:
    """Train or serve.

    Returns:
        The exit code; 2 when the program was started in another way.
    """
    match arguments:
        case ["train"]:
            sys.argv = ["train.py", *hyperparameters()]
            step.run(train.main)
        case ["serve"]:
            serve()
        case _:
            print("Start the image with train or serve.", file=sys.stderr)
            return 2
    return 0


def hyperparameters() -> list[str]:
    """The options of `train.py`, as SageMaker hands them over: an object of texts."""
    given = json.loads((folders.base() / "input/config/hyperparameters.json").read_text(encoding="utf-8"))
    return [part for name, value in given.items() for part in (f"--{name}", value)]


def serve() -> None:
    """Serve the model until SageMaker stops the container."""
    application = Application(Model.load(folders.model()))
    # Which port, SageMaker says to containers that may share a machine.
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", PORT))
    waitress.serve(application, listen=f"0.0.0.0:{port}", threads=THREADS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
