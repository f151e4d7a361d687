"""What lies in the central bucket, as patterns of keys."""

MODELS = "models/*"
"""Versions that promotion has copied, a folder each."""

REGISTERED = "registered/*"
"""Versions that projects register here themselves, below the number of their account."""

VERSIONS = (MODELS, REGISTERED)

RECEIPTS = ("models/*/receipt.json", "registered/*/receipt.json")
"""The receipt of each version, beside its artifact."""

DIRECT_RECEIPTS = RECEIPTS[1:]
"""The receipts of versions that projects register here themselves."""


def decisions(*kinds: str) -> tuple[str, ...]:
    """The records of decisions about versions, below their receipts.

    Args:
        kinds: The kinds of decisions, such as ``test``; an asterisk stands for all.
    """
    return tuple(
        f"{folder}/*/decisions/{kind}-*.json" for kind in kinds for folder in ("models", "registered")
    )


RECORDS = (*RECEIPTS, *decisions("*"))
"""Everything that says what a version is, and who decided about it."""
