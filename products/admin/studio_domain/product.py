"""SageMaker Studio domain: what the catalog says of it."""

from products.admin.studio_domain.stack import StudioDomainStack
from products.product import Product

PRODUCT = Product(
    identifier="studio_domain",
    name="SageMaker Studio domain",
    description=(
        "A Studio domain for one team, with a profile and a role each for data scientists and lead data "
        "scientists, a network, an encryption key and a bucket for the team's data; in the shared services "
        "account, for ML engineers and governance officers. One in an account."
    ),
    version="1.2.0",
    portfolio="ml_admin",
    launched_in=("development", "shared_services"),
    stack=StudioDomainStack,
)
