"""What rooms must agree on that do not import each other: keys of objects, names of events and stages."""
