"""When a test gives up waiting for an event."""

HANGS = 600
"""Seconds after which only what hangs has not happened, however busy the machine is."""
