"""The variables of a build."""

import os

import pytest

from deploy import embedded_node  # noqa: F401

ENVIRONMENT = {
    "SAGEMAKER_PROJECT_NAME": "a-project-of-thirty-two-lettersX",
    "SAGEMAKER_PROJECT_ID": "p-twenty-characters1",
    "AWS_REGION": "eu-west-1",
    "NAME_PREFIX": "acme-ml",
    "TEST_ACCOUNT_ID": "444444444444",
    "PRODUCTION_ACCOUNT_ID": "555555555555",
    "MODEL_PACKAGE_ARN": "arn:aws:sagemaker:eu-west-1:222222222222:model-package/flowers/7",
}


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A project with the longest names there are, in the environment and nothing of AWS beside it."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "CDK_"))]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return ENVIRONMENT
