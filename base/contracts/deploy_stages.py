"""Stages and actions of a deploy pipeline, by which policies, functions and people know them."""

BUILD = "Build"
INTEGRATION_TEST = "IntegrationTest"


def deploy(title: str) -> str:
    """Stage and action that deploy to an account.

    Args:
        title: The stage of the account, as it stands in a name: ``Test`` or ``Production``.
    """
    return f"Deploy{title}"


def approve(title: str) -> str:
    """Stage and action in which a person approves a version for an account.

    Args:
        title: The stage of the account, as it stands in a name.
    """
    return f"Approve{title}"


APPROVE_PRODUCTION = approve("Production")
"""Stage and action in which the governance officer decides."""

BEFORE_APPROVAL = (BUILD, deploy("Test"), INTEGRATION_TEST)
"""The stages before that decision, apart from the source."""

FROM_APPROVAL = (APPROVE_PRODUCTION, deploy("Production"))
"""The stages from that decision on."""

TEST, REVIEW, ADMIT, RECORD = TASKS = ("test", "review", "admit", "record")
"""Tasks of the stage function, which actions of the pipeline invoke."""

TASK_FIELDS = ("task", "model_package_arn", "account", "pipeline", "execution")
"""The fields of the parameters of such an action."""
