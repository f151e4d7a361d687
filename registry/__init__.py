"""The central model registry of the shared services account."""
