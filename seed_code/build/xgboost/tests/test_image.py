"""What the image is told: its toolkit installs the scripts with pip at each start, wherever it is."""

import pytest

from pipelines.configuration import Project
from test_pipeline import CLIENT, ENVIRONMENT


def test_training_and_serving_start_without_a_package_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no network leads to PyPI."""
    for name, value in CLIENT.items():
        monkeypatch.setenv(name, value)
    from pipelines.image import images  # noqa: PLC0415

    named = images(Project.from_environment(ENVIRONMENT))
    for environment in (named.job_environment, named.endpoint_environment):
        assert (environment["PIP_NO_INDEX"], environment["PIP_NO_BUILD_ISOLATION"]) == ("1", "0")
