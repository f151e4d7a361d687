"""Assumptions about model cards and how they are shared."""

from assumptions.assumption import Assumption, Source

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_CODE = "registry/functions/model_registry"
_TESTS = "tests/registry/test_fallbacks.py"

CARDS = (
    Assumption(
        key="card-status-version",
        assumed="A change of a card's status makes no new version of the card.",
        where=(f"{_CODE}/cards.py", f"{_CODE}/card_approval.py"),
        source=Source(
            says="An edit of the content makes a version; of the status it is said for the console alone.",
            url=f"{_GUIDE}/model-cards-manage.html",
        ),
        if_wrong="An approval would look like somebody else's change, and be refused.",
        fallback="A newer version that says the same and has the wanted status is what was wanted. Approvals "
        "hold the digest of the content, and not the number of a version.",
        probe="Makes a throw-away card, sets its status, and counts its versions.",
        probed=True,
        shown_by=f"{_TESTS}::test_card_status_version",
    ),
)
