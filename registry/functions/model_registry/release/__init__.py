"""From the central registry to the accounts that serve models."""
