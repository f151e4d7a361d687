"""What the integration tests try out, as the model's card calls it."""

KIND = "batch transform"

VARIABLE = "SCHEDULE_NAME"
"""The variable of the build that names its schedule."""
