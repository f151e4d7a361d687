"""Data lake: what the catalog says of it."""

from products.admin.data_lake.stack import DataLakeStack
from products.product import Product

PRODUCT = Product(
    identifier="data_lake",
    name="Data lake",
    description=(
        "A bucket of tables under a key of its own, governed by AWS Lake Formation: a crawler describes what "
        "producers put into it, and LF-tags share it with the development accounts. One in an account."
    ),
    version="1.0.0",
    portfolio="ml_admin",
    launched_in=("data",),
    stack=DataLakeStack,
)
