"""What is in the central bucket, as folders and patterns of keys."""

MODELS_FOLDER = "models"
"""Folder of the versions that promotion has copied, by account, group and number."""

REGISTERED_FOLDER = "registered"
"""Folder of the versions that projects register here themselves, by the number of their account."""

MODELS = f"{MODELS_FOLDER}/*"
REGISTERED = f"{REGISTERED_FOLDER}/*"
VERSIONS = (MODELS, REGISTERED)

RECEIPT = "receipt.json"
DECISIONS_FOLDER = "decisions"

CENTRAL_APPROVAL, TEST, CARD_APPROVAL, PRODUCTION_APPROVAL, PRODUCTION = DECISIONS = (
    "central-approval",
    "test",
    "card-approval",
    "production-approval",
    "production",
)
"""The kinds of decisions about a version, in the order of its life."""

# The folder of a version: of a promoted one named by the time of its creation, of a direct one by its number.
# A team's own file of the same name is deeper, and stays its own.
_FOLDERS = (f"{MODELS_FOLDER}/*/????????T??????Z", f"{REGISTERED_FOLDER}/*/version-*")

RECEIPTS = tuple(f"{folder}/{RECEIPT}" for folder in _FOLDERS)
"""The receipt of each version, beside its artifact."""

DIRECT_RECEIPTS = RECEIPTS[1:]
"""The receipts of versions that projects register here themselves."""


def registered(account: str) -> str:
    """Folder of the versions that the projects of an account register here themselves.

    Args:
        account: The account's number, or a variable of a policy that stands for it.
    """
    return f"{REGISTERED_FOLDER}/{account}"


def decisions(*kinds: str) -> tuple[str, ...]:
    """The records of decisions about versions, below their receipts.

    Args:
        kinds: The kinds of decisions, such as ``test``; an asterisk stands for all.
    """
    return tuple(f"{folder}/{DECISIONS_FOLDER}/{kind}-*.json" for kind in kinds for folder in _FOLDERS)


RECORDS = (*RECEIPTS, *decisions("*"))
"""Everything that says what a version is, and who decided about it."""
