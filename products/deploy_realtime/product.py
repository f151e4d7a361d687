"""Deploy a real-time endpoint, test and production: what the catalog says of it."""

from pathlib import Path

from pipelines.assets import CUSTOM_RESOURCES
from products.deploy_realtime.stack import DeployRealtimeStack
from products.product import Product

PRODUCT = Product(
    identifier="deploy_realtime",
    name="Deploy a real-time endpoint, test and production",
    description=(
        "A repository and a pipeline that bring each approved version of a model to a real-time endpoint: "
        "first to the test account, and after its integration tests and an approval to production."
    ),
    version="1.2.0",
    portfolio="sagemaker_projects",
    launched_in=("shared_services",),
    stack=DeployRealtimeStack,
    seeds={"seed": Path(__file__).parents[2] / "seed_code" / "deploy_realtime"},
    functions={"seeding": CUSTOM_RESOURCES},
)
