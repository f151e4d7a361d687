"""Deploy a real-time endpoint, test and production."""

from pipelines.deliveries.real_time_endpoint import RealTimeEndpoint
from products.project import deploy_product

PRODUCT = deploy_product(
    identifier="deploy_realtime",
    name="Deploy a real-time endpoint, test and production",
    description=(
        "A repository and a pipeline that deploy each approved version of a model to a real-time endpoint: "
        "first to the test account, and after its integration tests and an approval to production."
    ),
    version="1.2.0",
    delivery=RealTimeEndpoint(),
)
