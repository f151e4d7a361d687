"""Versions of the central registry: receipts, groups, rollback, replay."""
