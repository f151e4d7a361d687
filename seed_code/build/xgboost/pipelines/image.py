"""The image of AWS that every step and the endpoint run in, by its names in the SageMaker SDK."""

FRAMEWORK = "xgboost"
# Python 3.12 with pandas 2.2.3 and scikit-learn 1.8.0.
VERSION = "3.2-0"
