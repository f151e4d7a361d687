"""The condition keys `aws:ResourceTag/...` of services that the overlay adds.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourcetag
"""

from collections.abc import Callable, Mapping

TagsOf = Callable[[str], Mapping[str, str] | None]

PREFIX = "aws:resourcetag/"

_lookups: dict[str, TagsOf] = {}


def register(service: str, tags_of: TagsOf) -> None:
    """Make the tags of a service's resources known to policies.

    Args:
        service: The service as ARNs name it, such as `codecommit`.
        tags_of: Finds the tags of a resource by its ARN; None if there is no such resource.
    """
    _lookups[service] = tags_of


def value(key: str, resource_arn: str) -> str | None:
    """Return the value of such a key, or None if the resource has no such tag.

    Args:
        key: The key, in any case.
        resource_arn: ARN of the resource, or `*`.
    """
    parts = resource_arn.split(":")
    lookup = _lookups.get(parts[2]) if len(parts) > 2 else None
    tags = (lookup(resource_arn) if lookup else None) or {}
    wanted = key.lower().removeprefix(PREFIX)
    return next((text for name, text in tags.items() if name.lower() == wanted), None)
