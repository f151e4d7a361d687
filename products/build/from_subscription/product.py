"""Build a model from a subscribed data set."""

from pipelines.algorithms.xgboost import XGBOOST
from pipelines.sources.subscribed_data import SubscribedData
from products.project import build_product

PRODUCT = build_product(
    identifier="build_from_subscription",
    name="Build a model from a subscribed data set",
    description=(
        "A repository with a tested training pipeline, which subscribes to a published data set, queries it "
        "by Amazon Athena, then trains, evaluates, registers and documents a model whenever code is pushed."
    ),
    version="1.0.0",
    source=SubscribedData(),
    algorithm=XGBOOST,
    needs=("data",),
)
