"""Published data sets: what the catalog says of them."""

from pipelines.assets import CUSTOM_RESOURCES
from products.admin.published_data.stack import SUBSCRIBERS, PublishedDataStack
from products.product import Product

PRODUCT = Product(
    identifier="published_data",
    name="Published data sets",
    description=(
        "A data catalog in Amazon DataZone, in which the tables of the data lake are published: development "
        "accounts subscribe to them, at once or when the owner of the data approves. One in an account."
    ),
    version="1.0.0",
    portfolio="ml_admin",
    launched_in=("data",),
    stack=PublishedDataStack,
    functions={SUBSCRIBERS: CUSTOM_RESOURCES},
)
