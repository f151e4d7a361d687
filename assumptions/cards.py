"""Assumptions about model cards and how they are shared."""

from assumptions.assumption import Assumption, Setting, Source

_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_CODE = "registry/functions/model_registry"
_TESTS = "tests/registry/test_fallbacks.py"

CARDS = (
    Assumption(
        key="card-permission",
        assumed="AWS RAM takes a customer managed permission for model cards.",
        where=("registry/cards.py", "registry/serving.py", f"{_CODE}/card_sharing.py"),
        source=Source(
            says="The types that have customer managed permissions are marked in a table; of model cards the "
            "guide speaks of the console's AWS managed ones alone.",
            url="https://docs.aws.amazon.com/ram/latest/userguide/shareable.html",
        ),
        if_wrong="The stack of the permission is not deployed. It stands alone, so that nothing else fails "
        "with it; no card could be shared with production.",
        fallback="Cards are shared with AWSRAMPermissionSageMakerModelCards, which also lets a card be "
        "updated; the roles in production may only read.",
        setting=Setting(
            path="assumptions.model_card_permission", hoped="customer_managed", fallback="aws_managed"
        ),
        probe="Creates a throw-away permission.",
        probed=True,
        shown_by=f"{_TESTS}::test_card_permission",
    ),
    Assumption(
        key="card-resource-policy",
        assumed="AWS RAM asks SageMaker in the caller's name to put a shared card's resource policy.",
        where=("registry/cards.py",),
        source=Source(
            says="“You must have permissions to” share is followed by ram actions and "
            "sagemaker:PutResourcePolicy, without a reason.",
            url=f"{_GUIDE}/model-cards-xaccount.html",
        ),
        if_wrong="The roles that share have a permission that they do not need.",
        fallback="The roles have it either way.",
        probe="Not probed, because nothing depends on the answer.",
        shown_by="tests/registry/test_fallbacks_stack.py::test_card_resource_policy",
    ),
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
