"""Answer a request by the inference code of a model artifact: `answer.py MODEL_FOLDER REQUEST_CSV`.

It calls the four functions that the SageMaker inference toolkit calls
(https://github.com/aws/sagemaker-inference-toolkit), and runs in the environment of the image.
"""

import importlib.util
import sys
from pathlib import Path

CONTENT_TYPE = "text/csv"
ACCEPT = "application/json"


def answer(model_folder: Path, request: str) -> str:
    """Return the answer of a model to a request in CSV.

    Args:
        model_folder: The unpacked artifact.
        request: Rows without a header.
    """
    code = model_folder / "code"
    sys.path.insert(0, str(code))
    specification = importlib.util.spec_from_file_location("inference", code / "inference.py")
    if specification is None or specification.loader is None:
        raise FileNotFoundError(f"{code} holds no inference.py")
    inference = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(inference)
    model = inference.model_fn(str(model_folder))
    predictions = inference.predict_fn(inference.input_fn(request, CONTENT_TYPE), model)
    output = inference.output_fn(predictions, ACCEPT)
    body = output[0] if isinstance(output, tuple) else output
    return body.decode() if isinstance(body, bytes) else str(body)


if __name__ == "__main__":
    print(answer(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8")))  # noqa: T201
