"""The variables of a build, and the templates that it writes."""

import os

import pytest

import app
from deploy.project import STAGES, StageName
from templates import Templates, read

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


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The templates of both stages, as the build writes them."""
    folder = tmp_path_factory.mktemp("templates")
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in (ENVIRONMENT | {"CDK_OUTDIR": str(folder)}).items():
            monkeypatch.setenv(name, value)
        assert app.main() == 0
    return {stage: read(folder, stage) for stage in STAGES}


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> StageName:
    """Each stage."""
    name: StageName = request.param
    return name
