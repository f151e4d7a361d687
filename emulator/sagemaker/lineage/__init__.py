"""SageMaker's lineage."""
