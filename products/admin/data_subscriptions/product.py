"""Data subscriptions: what the catalog says of them."""

from pipelines.assets import CUSTOM_RESOURCES
from products.admin.data_subscriptions.stack import SUBSCRIPTIONS, DataSubscriptionsStack
from products.product import Product

PRODUCT = Product(
    identifier="data_subscriptions",
    name="Data subscriptions",
    description=(
        "Joins a development account to the data catalog, so that its projects subscribe to published data "
        "sets. One in an account."
    ),
    version="1.0.0",
    portfolio="ml_admin",
    launched_in=("development",),
    needs=("data",),
    stack=DataSubscriptionsStack,
    functions={SUBSCRIPTIONS: CUSTOM_RESOURCES},
)
