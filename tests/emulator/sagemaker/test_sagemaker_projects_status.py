"""SageMaker Projects is off at first, and on by those who may, in one account and Region."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.support import Emulator, Statement, allow

ENABLE = "sagemaker:EnableSagemakerServicecatalogPortfolio"
DISABLE = "sagemaker:DisableSagemakerServicecatalogPortfolio"
LIST = "servicecatalog:ListAcceptedPortfolioShares"
ACCEPT = "servicecatalog:AcceptPortfolioShare"


def create_project(sagemaker: Any) -> None:
    sagemaker.create_project(
        ProjectName=f"never-{uuid.uuid4().hex[:8]}",
        ServiceCatalogProvisioningDetails={"ProductId": "prod-0000000000000"},
    )


def test_projects_is_off_until_it_is_turned_on_and_off_again_afterwards(emulator: Emulator) -> None:
    sagemaker = emulator.client("sagemaker", account=emulator.production)
    assert sagemaker.get_sagemaker_servicecatalog_portfolio_status()["Status"] == "Disabled"
    with pytest.raises(ClientError, match="SageMaker Projects is not enabled in account"):
        create_project(sagemaker)
    sagemaker.enable_sagemaker_servicecatalog_portfolio()
    assert sagemaker.get_sagemaker_servicecatalog_portfolio_status()["Status"] == "Enabled"
    with pytest.raises(ClientError, match="No launch paths found"):
        create_project(sagemaker)
    elsewhere = emulator.client("sagemaker", account=emulator.test)
    assert elsewhere.get_sagemaker_servicecatalog_portfolio_status()["Status"] == "Disabled"
    sagemaker.disable_sagemaker_servicecatalog_portfolio()
    with pytest.raises(ClientError, match="SageMaker Projects is not enabled in account"):
        create_project(sagemaker)


@pytest.mark.parametrize(
    ("statements", "refused"),
    [
        ([], ENABLE),
        ([allow([ENABLE, ACCEPT])], LIST),
        ([allow([ENABLE, LIST])], ACCEPT),
        ([allow([ENABLE, LIST]), allow(ACCEPT, "arn:aws:catalog:*:*:product/*")], ACCEPT),
        ([allow([ENABLE, LIST]), allow(ACCEPT, "arn:aws:catalog:*:*:portfolio/*")], None),
    ],
)
def test_turning_projects_on_accepts_a_portfolio_in_the_callers_name(
    emulator: Emulator, statements: list[Statement], refused: str | None
) -> None:
    role = emulator.role(*statements, allow(DISABLE), account=emulator.test)
    sagemaker = emulator.client("sagemaker", account=emulator.test, role=role)
    if refused is None:
        sagemaker.enable_sagemaker_servicecatalog_portfolio()
        sagemaker.disable_sagemaker_servicecatalog_portfolio()
        return
    with pytest.raises(ClientError, match=f"not authorized to perform: {refused}"):
        sagemaker.enable_sagemaker_servicecatalog_portfolio()
