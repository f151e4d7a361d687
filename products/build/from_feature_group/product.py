"""Build a model from a feature group."""

from pipelines.algorithms.xgboost import XGBOOST
from pipelines.sources.feature_group_data import FeatureGroupData
from products.project import build_product

PRODUCT = build_product(
    identifier="build_from_feature_group",
    name="Build a model from a feature group",
    description=(
        "A repository with a tested training pipeline, which joins labels of the data lake with central "
        "feature groups as they were at the time of each label, then trains, evaluates, registers and "
        "documents a model whenever code is pushed."
    ),
    version="1.0.0",
    source=FeatureGroupData(),
    algorithm=XGBOOST,
    needs=("data",),
)
