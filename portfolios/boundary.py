"""The permissions boundary of the platform's own roles."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from settings import Settings


def apply_boundary(stack: cdk.Stack, settings: Settings) -> None:
    """Bound every role of a stack, if the adopter asks for it.

    Args:
        stack: The stack.
        settings: What the adopter decided.
    """
    if settings.permissions_boundary:
        policy = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", settings.permissions_boundary)
        iam.PermissionsBoundary.of(stack).apply(policy)
