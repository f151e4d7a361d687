"""What the image is told: its toolkit installs the scripts with pip at each start, wherever it is."""

from test_pipeline import own_images


def test_training_and_serving_start_without_a_package_index() -> None:
    """Also where no network leads to PyPI."""
    named = own_images()
    for environment in (named.job_environment, named.endpoint_environment):
        assert (environment["PIP_NO_INDEX"], environment["PIP_NO_BUILD_ISOLATION"]) == ("1", "0")
