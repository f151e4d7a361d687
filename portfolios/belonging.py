"""What tells to whom a resource belongs whose name does not: its tags.

IAM knows the tags of what a request acts on, and those in the request. It does not know for which launch a
request is made: all launches of a product share one role. So a policy can hold a launch role to what is
labelled as a project's and as its product's; and it can see to it that the role changes no such label, so
that nothing becomes a project's that was not made as one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from base.contracts.tags import PROJECT_ID
from portfolios.iam_actions import Action, ArnFormat
from portfolios.statements import Condition
from portfolios.template_values import Resource

# Listed for the creation of a resource, and called only for one that exists
# (https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-kms, CreateHandler).
_CALLED_LATER = frozenset({("AWS::KMS::Key", "kms:DisableKey"), ("AWS::KMS::Key", "kms:PutKeyPolicy")})
# What makes a resource before it has an ARN, with its tags in the request
# (https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html).
_LABELS_ON_REQUEST = frozenset({"kms:CreateKey"})
_REMOVES_TAGS = ("Delete", "Remove", "Untag")


class Belonging:
    """To whom the resources of a template belong."""

    def __init__(self, product_tag: str | None) -> None:
        """Note how a product labels what it makes.

        Args:
            product_tag: The key of the tag whose value names the product; None if nothing is labelled so.
        """
        self._product_tag = product_tag

    def conditions(
        self, action: Action, form: ArnFormat, resource: Resource, arns: Iterable[str]
    ) -> list[Condition]:
        """The conditions under which an action on the resource itself is allowed; each one suffices.

        Args:
            action: The action.
            form: The form of the ARNs, one of the resource's own.
            resource: The resource.
            arns: On what the action is allowed.
        """
        nameless = all(arn.replace(":", "/").rpartition("/")[2].startswith("*") for arn in arns)
        if not (nameless and form.knows_tags and action.changes):
            return [()]
        if action.tags:
            return self._tagging(action, resource)
        return [self._existing(resource) if _is_later(action, resource) else ()]

    def of_request(self, action: Action, resource: Resource) -> Condition:
        """What a request must carry that makes a resource before it has an ARN.

        Args:
            action: An action that knows no resources.
            resource: The resource for which it is called.
        """
        tags = _tags(resource)
        if action.name not in _LABELS_ON_REQUEST:
            return ()
        if PROJECT_ID in tags:
            labels = [("Null", f"aws:RequestTag/{PROJECT_ID}", ("false",))]
        else:
            fixed = self._fixed(tags)
            labels = [("StringEquals", f"aws:RequestTag/{key}", (value,)) for key, value in fixed]
        labels += [("StringEquals", f"aws:RequestTag/{key}", (value,)) for key, value in self._product(tags)]
        return tuple(labels)

    def _existing(self, resource: Resource) -> Condition:
        """A project's resource, or one of no project with a tag of its own; of no other product.

        What an earlier version of a product has made has no product's label.
        """
        tags = _tags(resource)
        fixed = self._fixed(tags)
        labelled = "StringEqualsIfExists" if PROJECT_ID in tags or fixed else "StringEquals"
        project = "false" if PROJECT_ID in tags else "true"
        return (
            ("Null", f"aws:ResourceTag/{PROJECT_ID}", (project,)),
            *(
                ("StringEquals", f"aws:ResourceTag/{key}", (value,))
                for key, value in fixed
                if PROJECT_ID not in tags
            ),
            *((labelled, f"aws:ResourceTag/{key}", (value,)) for key, value in self._product(tags)),
        )

    def _tagging(self, action: Action, resource: Resource) -> list[Condition]:
        """Labels are set once, with the resource; other tags may change."""
        tags = _tags(resource)
        product = list(self._product(tags))
        labels = (PROJECT_ID, *(key for key, _ in product))
        others = (*self._existing(resource), ("ForAllValues:StringNotEquals", "aws:TagKeys", labels))
        if action.name.partition(":")[2].startswith(_REMOVES_TAGS):
            return [others]
        project: Condition = (("Null", f"aws:ResourceTag/{PROJECT_ID}", ("true",)),)
        if PROJECT_ID in tags:
            same = f"${{aws:RequestTag/{PROJECT_ID}}}"
            project = (("StringEqualsIfExists", f"aws:ResourceTag/{PROJECT_ID}", (same,)),)
        as_made = (
            *project,
            *(
                ("StringEqualsIfExists", f"aws:{side}Tag/{key}", (value,))
                for key, value in product
                for side in ("Request", "Resource")
            ),
        )
        return [as_made, others]

    def _product(self, tags: Mapping[str, Any]) -> list[tuple[str, str]]:
        label = self._product_tag
        return [(label, tags[label])] if label is not None and isinstance(tags.get(label), str) else []

    def _fixed(self, tags: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The first tag whose value the template tells, besides the product's label, if there is one."""
        others = [key for key in sorted(tags) if key != self._product_tag]
        return [(key, tags[key]) for key in others if isinstance(tags[key], str)][:1]


def _is_later(action: Action, resource: Resource) -> bool:
    """Whether an action is called for what exists already."""
    created = {name.lower() for name in resource.type.create}
    return action.name.lower() not in created or (resource.type.name, action.name) in _CALLED_LATER


def _tags(resource: Resource) -> Mapping[str, Any]:
    tags = resource.properties.get("Tags", {})
    if isinstance(tags, list):
        return {tag["Key"]: tag["Value"] for tag in tags if isinstance(tag.get("Key"), str)}
    return dict(tags)
