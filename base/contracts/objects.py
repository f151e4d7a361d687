"""What lies in the central bucket, as patterns of keys."""

MODELS = "models/*"
"""Versions that promotion has copied, a folder each."""

REGISTERED = "registered/*"
"""Versions that projects register here themselves, below the number of their account."""

VERSIONS = (MODELS, REGISTERED)

# The folder of a version: of a promoted one named by the time of its creation, of a direct one by its number.
# A team's own file of the same name lies deeper, and stays its own.
_FOLDERS = ("models/*/????????T??????Z", "registered/*/version-*")

RECEIPTS = tuple(f"{folder}/receipt.json" for folder in _FOLDERS)
"""The receipt of each version, beside its artifact."""

DIRECT_RECEIPTS = RECEIPTS[1:]
"""The receipts of versions that projects register here themselves."""


def decisions(*kinds: str) -> tuple[str, ...]:
    """The records of decisions about versions, below their receipts.

    Args:
        kinds: The kinds of decisions, such as ``test``; an asterisk stands for all.
    """
    return tuple(f"{folder}/decisions/{kind}-*.json" for kind in kinds for folder in _FOLDERS)


RECORDS = (*RECEIPTS, *decisions("*"))
"""Everything that says what a version is, and who decided about it."""
