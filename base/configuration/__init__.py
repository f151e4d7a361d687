"""How `catalog.yaml` is read and checked; `settings` holds what comes out of it."""
