"""`catalog probe`: what a real account says to the assumptions of `assumptions/`."""
