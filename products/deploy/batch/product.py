"""Deploy a batch transform on a schedule, test and production."""

from pipelines.deliveries.batch_transform import BatchTransform
from products.project import deploy_product

PRODUCT = deploy_product(
    identifier="deploy_batch",
    name="Deploy a batch transform on a schedule, test and production",
    description=(
        "A repository and a pipeline that deploy each approved version of a model to batch transforms on a "
        "schedule: first to the test account, and after its integration tests and an approval to production."
    ),
    version="1.0.0",
    delivery=BatchTransform(),
)
