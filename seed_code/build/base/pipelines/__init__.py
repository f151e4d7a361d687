"""The SageMaker pipeline: its configuration, its definition, and the command that creates and starts it."""
