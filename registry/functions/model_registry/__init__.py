"""What runs in the central model registry: promotion into it, and release from it."""
