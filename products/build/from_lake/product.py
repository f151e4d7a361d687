"""Build a model from the data lake."""

from pipelines.algorithms.xgboost import XGBOOST
from pipelines.sources.lake_data import LakeData
from products.project import build_product

PRODUCT = build_product(
    identifier="build_from_lake",
    name="Build a model from the data lake",
    description=(
        "A repository with a tested training pipeline, which queries the data lake by Amazon Athena, then "
        "trains, evaluates, registers and documents a model whenever code is pushed."
    ),
    version="1.0.0",
    source=LakeData(),
    algorithm=XGBOOST,
    needs=("data",),
)
