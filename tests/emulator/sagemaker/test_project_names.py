"""The form of every product refuses names that its resources cannot carry, with the reason."""

import time
import uuid

import pytest

from base.names import PROJECT_NAME_EXPECTED
from tests.emulator.project_support import CREATOR, TEMPLATE, Workshop
from tests.emulator.support import Emulator
from tests.products.launches import templates

OWN = "SageMakerProjectName"


@pytest.mark.parametrize("product", ["build_from_s3", "deploy_realtime"])
@pytest.mark.parametrize(
    ("name", "status"),
    [("Churn", "CreateFailed"), ("churn--eu", "CreateFailed"), ("churn-eu", "CreateCompleted")],
    ids=["capital letters", "double hyphens", "lower case"],
)
def test_a_name_that_arns_and_image_repositories_spell_otherwise(
    emulator: Emulator, product: str, name: str, status: str
) -> None:
    form = templates("codecommit")[product]["Parameters"]
    workshop = Workshop.open(emulator)
    artifact = workshop.publish_next_version(
        {**TEMPLATE, "Parameters": {**TEMPLATE["Parameters"], OWN: form[OWN]}}
    )
    person = workshop.person(*CREATOR)
    sagemaker = emulator.client("sagemaker", role=person)
    project = f"{name}-{uuid.uuid4().hex[:10]}"
    sagemaker.create_project(
        ProjectName=project,
        ServiceCatalogProvisioningDetails={
            "ProductId": workshop.product,
            "ProvisioningArtifactId": artifact,
            "ProvisioningParameters": [{"Key": "Title", "Value": "news"}],
        },
    )
    while (described := sagemaker.describe_project(ProjectName=project))[
        "ProjectStatus"
    ] == "CreateInProgress":
        time.sleep(0.02)
    assert described["ProjectStatus"] == status
    message = described["ServiceCatalogProvisionedProductDetails"]["ProvisionedProductStatusMessage"]
    assert (f"Enter {PROJECT_NAME_EXPECTED}." in message) is (status == "CreateFailed")
