"""XGBoost, as SageMaker provides it: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html."""

from pipelines.algorithms.algorithm import AwsImage

XGBOOST = AwsImage(image_repository="sagemaker-xgboost", layers=("build/xgboost",))
