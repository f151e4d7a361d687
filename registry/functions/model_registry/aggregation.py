"""Hub and spoke: what a team's own model card says of a version comes into the central card of the model.

The team's card has the name of the model's group, too, and the team's account shares it with the hub through
AWS RAM.
"""

from .card_content import Content, model_package_arn
from .cards import Cards, CardVersion
from .events import ModelVersionArn
from .group_policy import SOURCE_ACCOUNT_TAG

OF_THE_MODEL = ("additional_information", "business_details", "intended_uses", "model_overview")
"""What a card says of the model in all its versions; all else is said of one version."""


def aggregate(cards: Cards, *, version: ModelVersionArn, group: str) -> CardVersion | None:
    """Bring what a team's card says of a version into the central card, as something to review.

    Safe to repeat. It is brought once: what has been added to the central card since, such as the evaluation
    in the test account, stays.

    Args:
        cards: The cards of the central registry.
        version: The version in the team's account.
        group: The name of its group, in the team's spelling.

    Returns:
        The central card version that speaks for the version; None if the team's card says nothing of it.

    Raises:
        RegistryError: If the team's card is not shared with the hub, or says what no card takes.
    """
    central = cards.describing(group, {version.arn})
    if central is None:
        partition = version.arn.split(":")[1]
        team_card = f"arn:{partition}:sagemaker:{version.region}:{version.account}:model-card/{group}"
        theirs = cards.describing(team_card, {version.arn})
        if theirs is None:
            return None
        content = theirs.content
        if cards.latest(group) is None:
            central = cards.create(group, content, {SOURCE_ACCOUNT_TAG: version.account})
        else:
            central = cards.change(group, lambda ours: _combined(ours, content))
    newest = cards.latest(group)
    if newest == central and central.status == "Draft":
        return cards.set_status(central, "PendingReview")
    return central


def _combined(ours: Content, theirs: Content) -> Content:
    """The team's content, and what the central card alone says of the model."""
    if model_package_arn(ours) == model_package_arn(theirs):
        return ours
    of_the_model = {
        section: {**ours.get(section, {}), **theirs.get(section, {})}
        for section in OF_THE_MODEL
        if section in ours or section in theirs
    }
    return {**theirs, **of_the_model}
