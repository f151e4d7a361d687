"""What AWS asks for besides an action, for which the action's caller needs a permission too.

The Service Authorization Reference names the dependent actions of an action, and says of none of them when it
is asked for. Handlers' lists hold most. What they leave out is listed here with the property that makes it
necessary; a dependent action that is nowhere listed stops the derivation.
"""

from collections.abc import Mapping
from functools import cache

from portfolios.handler_actions import With, spelling
from portfolios.iam_actions import Action
from portfolios.resource_types import PermissionsError
from portfolios.template_values import Resource

_TRIGGERS: Mapping[tuple[str, str], With] = {
    # Fields of Amazon ECS in the format of a flow log
    # (https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html).
    **{
        ("ec2:CreateFlowLogs", f"ecs:{verb}"): With("LogFormat")
        for verb in (
            "ListClusters",
            "ListContainerInstances",
            "ListServices",
            "ListTaskDefinitions",
            "ListTasks",
        )
    },
    # Private DNS names stand in a hosted zone that the VPC is associated with
    # (https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html).
    ("ec2:CreateVpcEndpoint", "route53:AssociateVPCWithHostedZone"): With("PrivateDnsEnabled"),
    # SageMaker tags the file system that it makes for each domain.
    ("elasticfilesystem:CreateFileSystem", "elasticfilesystem:TagResource"): With("DomainName"),
    # https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-auth-slr.html
    ("kms:CreateKey", "iam:CreateServiceLinkedRole"): With("MultiRegion"),
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html
    ("lambda:CreateFunction", "lambda:PassCapacityProvider"): With("CapacityProviderConfig"),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/metadata-tables-permissions.html
    **{
        (f"s3:{verb}", "kms:DescribeKey"): With(name)
        for verb, name in (
            ("CreateBucketMetadataTableConfiguration", "MetadataTableConfiguration"),
            ("UpdateBucketMetadataInventoryTableConfiguration", "MetadataConfiguration"),
        )
    },
}


def dependents(resource: Resource, action: Action, listed: frozenset[str]) -> list[str]:
    """The actions that are asked for besides an action, and that no handler lists.

    Args:
        resource: The resource for which the action is called.
        action: The action.
        listed: The names in the lists of all handlers of the resource's type.

    Returns:
        Names of actions, sorted.

    Raises:
        PermissionsError: If nothing says when a dependent action is asked for.
    """
    known = _in_lower_case(listed) if action.dependents else frozenset()
    missing = sorted(name for name in action.dependents if name.lower() not in known)
    for name in missing:
        if (action.name, name) not in _TRIGGERS:
            raise PermissionsError(
                f"{action.name}, which {resource.logical_id} ({resource.type.name}) needs, may ask for "
                f"{name}: say for which property, in portfolios/dependent_actions.py."
            )
    return [name for name in missing if _TRIGGERS[action.name, name].holds(resource.properties)]


@cache
def _in_lower_case(listed: frozenset[str]) -> frozenset[str]:
    return frozenset(spelling(name).lower() for name in listed)
