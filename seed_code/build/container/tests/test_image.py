"""Every job and the endpoint run in the project's own image, by its digest."""

import json

import pytest

from pipelines import run
from pipelines.configuration import ConfigurationError, Project
from pipelines.image import images
from test_pipeline import ENVIRONMENT, definition, environment, steps_by_name

# Not of the build in which the tests run.
__all__ = ["environment"]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "333333333333.dkr.ecr.eu-west-1.amazonaws.com/images/churn:latest",
        f"docker.io/library/python@sha256:{'0' * 64}",
        "333333333333.dkr.ecr.eu-west-1.amazonaws.com/images/churn@sha256:0000",
    ],
)
def test_an_image_without_its_digest_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match="by its digest"):
        images(Project.from_environment({**ENVIRONMENT, "IMAGE_URI": given}))


def test_the_commands_say_so_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IMAGE_URI", "churn:latest")
    assert run.main(["definition"]) == 2
    assert 'IMAGE_URI is "churn:latest"' in capsys.readouterr().err


def test_everything_runs_in_the_one_image() -> None:
    steps = steps_by_name(definition())
    named = [
        steps[name]["Arguments"]["AppSpecification"]["ImageUri"]
        for name in ("Preprocess", "Evaluate", "Document")
    ]
    named.append(steps["Train"]["Arguments"]["AlgorithmSpecification"]["TrainingImage"])
    (serving,) = steps["Register"]["Arguments"]["InferenceSpecification"]["Containers"]
    named.append(serving["Image"])
    assert set(named) == {ENVIRONMENT["IMAGE_URI"]}
    # The program of the image is started by SageMaker alone, and told nothing of a toolkit.
    assert "ContainerEntrypoint" not in steps["Train"]["Arguments"]["AlgorithmSpecification"]
    assert [
        name for name in steps["Train"]["Arguments"]["HyperParameters"] if name.startswith("sagemaker_")
    ] == []
    assert "SAGEMAKER_PROGRAM" not in json.dumps(serving)
