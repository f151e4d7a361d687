"""To read model versions and model cards."""

from base.roles import Permission, arn

READ_VERSIONS = (
    "sagemaker:DescribeModelPackage",
    "sagemaker:DescribeModelPackageGroup",
    "sagemaker:ListModelPackages",
)
"""To list the versions of a group, and to describe each."""

READ_CARD = ("sagemaker:DescribeModelCard", "sagemaker:ListModelCardVersions")
"""To read a card in all its versions. These are also what AWS RAM lets readers of a shared card do."""

CARDS_OF_ALL = "A card is named after its model, and new models come."


def read_versions(group: str, *, because: str) -> Permission:
    """To read the versions of a group of the account.

    Args:
        group: The group.
        because: Why the versions are not named.
    """
    return Permission(
        actions=READ_VERSIONS,
        resources=(
            arn("sagemaker", f"model-package-group/{group}"),
            arn("sagemaker", f"model-package/{group}/*"),
        ),
        because=because,
    )


def read_cards(*cards: str, because: str = CARDS_OF_ALL) -> Permission:
    """To read model cards.

    Args:
        cards: Their ARNs; by default, those of all cards of the account.
        because: Why they are not named.
    """
    return Permission(
        actions=READ_CARD, resources=cards or (arn("sagemaker", "model-card/*"),), because=because
    )
