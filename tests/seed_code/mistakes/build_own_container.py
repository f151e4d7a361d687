"""Mistakes in the layer `build/container`; `build_from_s3` tries those below it."""

from tests.seed_code.mistakes.mistake import Mistake


def _mistake(name: str, file: str, old: str, new: str, test: str) -> Mistake:
    """A mistake that the tests of one file must notice."""
    return Mistake(
        name=name, file=file, old=old, new=new, check=f"python -m pytest --exitfirst tests/{test}.py"
    )


MISTAKES = (
    _mistake(
        "the Dockerfile copies another folder",
        "Dockerfile",
        "COPY src/ ./",
        "COPY source/ ./",
        test="test_dockerfile",
    ),
    _mistake(
        "the image starts another program",
        "Dockerfile",
        "/opt/program/container.py",
        "/opt/program/train.py",
        test="test_container",
    ),
    _mistake(
        "a base without a version passes the lint",
        "pipelines/dockerfile.py",
        'match["tag"] == "latest"',
        'match["tag"] == "newest"',
        test="test_dockerfile",
    ),
    _mistake(
        "an image by its tag passes",
        "pipelines/image.py",
        "@sha256:[0-9a-f]{64}",
        "[@:][0-9a-z:]+",
        test="test_image",
    ),
    _mistake(
        "training gets SageMaker's own hyperparameters",
        "pipelines/image.py",
        "toolkit=False",
        "toolkit=True",
        test="test_image",
    ),
    _mistake(
        "a commit is built again",
        "pipelines/publication.py",
        "if image is None:\n        _log_in",
        "if not image or image:\n        _log_in",
        test="test_publication",
    ),
    _mistake(
        "the token is an argument, which others see",
        "pipelines/publication.py",
        '"--password-stdin", target.host, given=password',
        'f"--password={password}", target.host',
        test="test_publication",
    ),
    _mistake(
        "docker writes into what the build takes for the image",
        "pipelines/publication.py",
        'print(f"{target.host}/{target.repository}@{digest}")',
        'print(f"pushed {target.host}/{target.repository}@{digest}")',
        test="test_publication",
    ),
    _mistake(
        "of two builds at once the second fails",
        "pipelines/publication.py",
        '"push", target.uri, must=False',
        '"push", target.uri, must=True',
        test="test_publication",
    ),
    _mistake(
        "what is worse than the limit passes",
        "pipelines/scan.py",
        "SEVERITIES.index(self.stops_at) + 1",
        "SEVERITIES.index(self.stops_at)",
        test="test_scan",
    ),
    _mistake(
        "an image that could not be scanned is used",
        "pipelines/scan.py",
        'DONE = ("COMPLETE", "ACTIVE")',
        'DONE = ("COMPLETE", "ACTIVE", "UNSUPPORTED_IMAGE")',
        test="test_scan",
    ),
    _mistake(
        "findings of Inspector count for nothing",
        "pipelines/scan.py",
        '"enhancedFindings", []',
        '"otherFindings", []',
        test="test_scan",
    ),
    _mistake(
        "a wrong request is answered with 500",
        "src/serving.py",
        "return error.status, _error(str(error))",
        "raise",
        test="test_container",
    ),
    _mistake(
        "pings wait for requests",
        "src/container.py",
        "THREADS = 8",
        "THREADS = 0",
        test="test_container",
    ),
    _mistake(
        "the container listens on a port of its own",
        "src/container.py",
        'os.environ.get("SAGEMAKER_BIND_TO_PORT", PORT)',
        "PORT",
        test="test_container",
    ),
    _mistake(
        "hyperparameters are left to their defaults",
        "src/container.py",
        '["train.py", *hyperparameters()]',
        '["train.py", "--max_iter=40"]',
        test="test_container",
    ),
    _mistake(
        "chances stand under other classes",
        "src/model.py",
        "every[:, self.estimator.classes_] = columns",
        "every[:, : columns.shape[1]] = columns",
        test="test_model",
    ),
    _mistake(
        "categories are taken for numbers",
        "src/train.py",
        'column.kind == "categorical" and',
        'column.kind == "numbers" and',
        test="test_model",
    ),
    _mistake(
        "the validation part has no say",
        "src/train.py",
        "early_stopping=watched is not None",
        "early_stopping=False",
        test="test_model",
    ),
    _mistake(
        "a feature gets what another adds",
        "src/explain.py",
        "added[:, :, feature] = after - before",
        "added[:, :, feature - 1] = after - before",
        test="test_explain",
    ),
)
