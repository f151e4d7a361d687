"""Benchmarks: `python -m scripts.bench`."""
