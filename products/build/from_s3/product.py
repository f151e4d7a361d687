"""Build a model from S3 data."""

from pipelines.algorithms.xgboost import XGBOOST
from pipelines.sources.s3_data import S3Data
from products.project import build_product

PRODUCT = build_product(
    identifier="build_from_s3",
    name="Build a model from S3 data",
    description=(
        "A repository with a tested training pipeline, which trains, evaluates, registers and documents a "
        "model from tabular data in S3 whenever code is pushed."
    ),
    version="1.2.0",
    source=S3Data(),
    algorithm=XGBOOST,
)
