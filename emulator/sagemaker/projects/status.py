"""SageMaker Projects is off in an account and Region until somebody turns it on.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_EnableSagemakerServicecatalogPortfolio.html

Turning it on accepts a portfolio of AWS in the caller's name. AWS does not document which permissions that
takes; those asked for here are what its samples give to whoever does it
(https://github.com/awslabs/aiops-modules/blob/main/modules/sagemaker/sagemaker-studio/stack.py).
"""

from typing import Any

from emulator.core.service import Request, ServiceError, authorize
from emulator.sagemaker.service import sagemaker
from emulator.service_catalog.visibility import shared_resource

_OWNER = "000000000000"
"""In place of the account, one in each Region, from which AWS shares its portfolio."""

_on: set[tuple[str, str]] = set()


def check_on(request: Request) -> None:
    """Check that projects can be created from products.

    Raises:
        ServiceError: Nobody has turned Projects on.
    """
    if (request.account, request.region) not in _on:
        raise ServiceError(
            "ValidationException",
            f"SageMaker Projects is not enabled in account {request.account} and Region {request.region}: "
            "SageMaker may not use Service Catalog.",
        )


@sagemaker.operation("GetSagemakerServicecatalogPortfolioStatus")
def _status(request: Request) -> dict[str, Any]:
    return {"Status": "Enabled" if (request.account, request.region) in _on else "Disabled"}


@sagemaker.operation("EnableSagemakerServicecatalogPortfolio")
def _enable(request: Request) -> dict[str, Any]:
    authorize(request, "servicecatalog:ListAcceptedPortfolioShares")
    portfolio = f"arn:aws:catalog:{request.region}:{_OWNER}:portfolio/port-sagemaker0000"
    authorize(request, "servicecatalog:AcceptPortfolioShare", portfolio, resource_policy=shared_resource)
    _on.add((request.account, request.region))
    return {}


@sagemaker.operation("DisableSagemakerServicecatalogPortfolio")
def _disable(request: Request) -> dict[str, Any]:
    _on.discard((request.account, request.region))
    return {}
