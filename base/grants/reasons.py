"""Reasons for wildcards that several grants share."""

NOTHING_NARROWER = "AWS offers no narrower resource for these actions."
