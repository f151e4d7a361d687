"""XGBoost, as SageMaker provides it: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html."""

from pipelines.algorithms.algorithm import Algorithm
from pipelines.assets import SEED_CODE

XGBOOST = Algorithm(image_repository="sagemaker-xgboost", seed=SEED_CODE / "build")
