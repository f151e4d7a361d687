"""SageMaker Pipelines."""
