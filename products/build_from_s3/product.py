"""Build a model from S3 data: what the catalog says of it."""

from pathlib import Path

from pipelines.assets import CUSTOM_RESOURCES
from products.build_from_s3.stack import BuildFromS3Stack
from products.product import Product

PRODUCT = Product(
    identifier="build_from_s3",
    name="Build a model from S3 data",
    description=(
        "A repository with a tested training pipeline, which trains, evaluates, registers and documents a "
        "model from tabular data in S3 whenever code is pushed."
    ),
    version="1.2.0",
    portfolio="sagemaker_projects",
    launched_in=("development",),
    stack=BuildFromS3Stack,
    seeds={"seed": Path(__file__).parents[2] / "seed_code" / "build"},
    functions={"seeding": CUSTOM_RESOURCES},
)
