"""Mistakes in the seed of `build_neural_network`: those that the layer of its algorithm must notice."""

from tests.seed_code.mistakes.mistake import Mistake


def _mistake(name: str, file: str, old: str, new: str, test: str) -> Mistake:
    """A mistake in a script that the tests of one file must notice."""
    check = f"python -m pytest --exitfirst tests/{test}.py"
    return Mistake(name=name, file=f"src/{file}.py", old=old, new=new, check=check)


MISTAKES = (
    _mistake(
        "a missing number is not told from 0",
        "inputs",
        "1.0 if math.isnan(value) else 0.0",
        "0.0 if math.isnan(value) else 0.0",
        "test_inference",
    ),
    _mistake(
        "numbers are not brought to one range",
        "network",
        "(numbers - self.mean) / self.spread",
        "(numbers - self.mean)",
        "test_network",
    ),
    _mistake(
        "the last weights are kept, and not the best",
        "train",
        "    network.set_weights(weights)\n",
        "",
        "test_network",
    ),
    _mistake(
        "training never stops early",
        "train",
        "if epoch - best >= patience:",
        'if epoch - best > given["epochs"]:',
        "test_network",
    ),
    _mistake(
        "a hyperparameter is not used",
        "network",
        'activation=given["activation"]',
        'activation="relu"',
        "test_network",
    ),
    _mistake(
        "answers stay in the scale of training",
        "network",
        "raw[:, 0] * scale + center if regression",
        "raw[:, 0] if regression",
        "test_own_network",
    ),
    _mistake(
        "the network is saved where TensorFlow Serving does not look",
        "model",
        'Path("network", "1")',
        'Path("network", "saved")',
        "test_serving",
    ),
    _mistake(
        "the endpoint's code wants NumPy",
        "inputs",
        "import math\n",
        "import math\n\nimport numpy as np  # noqa: F401\n",
        "test_inference",
    ),
    _mistake(
        "an error of TensorFlow Serving is not quoted",
        "inference",
        'ServingError(error.read().decode(errors="replace"))',
        "ServingError(str(error))",
        "test_inference",
    ),
    _mistake(
        "a feature takes over what the one before has added",
        "explain",
        "                before = after\n",
        "",
        "test_explain",
    ),
    Mistake(
        name="the endpoint runs in the image of the training",
        file="pipelines/image.py",
        old='image(SERVING, "inference")',
        new='image(TRAINING, "training")',
        check="python -m pytest --exitfirst tests/test_image.py",
    ),
)
