"""Feature group: what the catalog says of it."""

from pipelines.assets import FEATURE_FUNCTIONS, INGESTION
from products.admin.feature_group.stack import FeatureGroupStack
from products.product import Product

PRODUCT = Product(
    identifier="feature_group",
    name="Feature group",
    description=(
        "A central feature group of SageMaker Feature Store, filled from a table of the data lake, and "
        "shared with the development accounts. Launch it once for each group, after the data lake."
    ),
    version="1.0.0",
    portfolio="ml_admin",
    launched_in=("data",),
    stack=FeatureGroupStack,
    functions={INGESTION: FEATURE_FUNCTIONS},
)
