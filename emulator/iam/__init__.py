"""AWS IAM: what ministack lacks of conditions, boundaries, variables and credentials."""
