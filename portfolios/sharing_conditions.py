"""What a policy asks of a request to share something through AWS RAM.

Creating a share acts on no resource that a policy could name, so the request itself is bound: to what the
template shares, with whom, and whether accounts outside the organisation may be among them
(https://docs.aws.amazon.com/ram/latest/userguide/iam-policies.html#iam-policies-condition).
"""

from collections.abc import Iterator

from portfolios import iam_actions
from portfolios.iam_actions import Action
from portfolios.statements import Part
from portfolios.template_values import Resource, TemplateValues


def sharing_conditions(action: Action, resource: Resource, values: TemplateValues) -> list[Part]:
    """The conditions under which a template's share may be created or changed.

    Args:
        action: An IAM action.
        resource: The resource for which it is called.
        values: The template's values.

    Returns:
        None for actions that know no such conditions.
    """
    # Who leaves it out when a share is made allows it; who leaves it out later changes nothing.
    external = "Bool" if action.name == "ram:CreateResourceShare" else "BoolIfExists"
    principals = values.patterns(resource.properties.get("Principals", []))
    # Accounts that only a launch decides are a pattern, which a comparison would take for a name.
    compares = "StringLikeIfExists" if any("*" in each for each in principals) else "StringEqualsIfExists"
    asked = {
        # RAM judges each account and each resource of a request by itself; the other's key is then absent.
        "ram:Principal": (compares, principals),
        "ram:RequestedResourceType": ("StringEqualsIfExists", tuple(_kinds(resource, values))),
        "ram:RequestedAllowsExternalPrincipals": (external, tuple(_external(resource))),
    }
    return [
        (operator, key, found)
        for key, (operator, found) in asked.items()
        if found and key in action.condition_keys
    ]


def _kinds(resource: Resource, values: TemplateValues) -> Iterator[str]:
    """What RAM calls the kinds of resources: ``sagemaker:ModelCard``."""
    for arn in values.patterns(resource.properties.get("ResourceArns", [])):
        form = iam_actions.classify(arn)
        if form:
            yield f"{arn.split(':')[2]}:{''.join(word.capitalize() for word in form.kind.split('-'))}"


def _external(resource: Resource) -> Iterator[str]:
    external = resource.properties.get("AllowExternalPrincipals")
    if isinstance(external, bool):
        yield str(external).lower()
