"""Which model version goes out, how each stage is configured, and the stack that serves it."""
