"""XGBoost, as SageMaker provides it: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html."""

from pipelines.algorithms.algorithm import Algorithm

XGBOOST = Algorithm(image_repository="sagemaker-xgboost", layers=("build/xgboost",))
