"""The function that fills a feature group."""
