"""What the integration tests try out, as the model's card calls it."""

KIND = "endpoint"

VARIABLE = "ENDPOINT_NAME"
"""The variable of the build that names it."""
