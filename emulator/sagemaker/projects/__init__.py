"""SageMaker Projects and Studio."""
