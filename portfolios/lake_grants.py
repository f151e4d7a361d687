"""What AWS Lake Formation does in the name of whoever grants permissions to other accounts.

No handler lists it. Lake Formation shares through AWS RAM, writes the policy of the Data Catalog, and looks
at the organisation. AWS's own policy says what that takes, and under which conditions:
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLakeFormationCrossAccountManager.html.
"""

import json
from collections.abc import Iterator, Mapping

from portfolios import iam_actions
from portfolios.handed_over import Grant
from portfolios.statements import Condition
from portfolios.template_values import ACCOUNT, Resource

_GRANT = "AWS::LakeFormation::PrincipalPermissions"

_CREATED: Condition = (
    ("StringLikeIfExists", "ram:RequestedResourceType", ("glue:Catalog", "glue:Database", "glue:Table")),
)
_NAMED: Condition = (("StringLike", "ram:ResourceShareName", ("LakeFormation*",)),)
_PERMITTED: Condition = (("ArnLike", "ram:PermissionArn", ("arn:aws:ram::aws:permission/AWSRAMLFEnabled*",)),)
_SHARING: Mapping[str, Condition] = {
    "ram:AssociateResourceShare": _NAMED,
    "ram:AssociateResourceSharePermission": _PERMITTED,
    "ram:CreateResourceShare": _CREATED,
    "ram:DeleteResourceShare": _NAMED,
    "ram:DisassociateResourceShare": _NAMED,
    "ram:UpdateResourceShare": _NAMED,
}
_LOOKING = (
    "organizations:DescribeAccount",
    "organizations:DescribeOrganization",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListRoots",
    "ram:GetPermission",
    "ram:GetResourcePolicies",
    "ram:GetResourceShareAssociations",
    "ram:GetResourceShareInvitations",
    "ram:GetResourceShares",
    "ram:ListPermissionAssociations",
    "ram:ListPermissionVersions",
    "ram:ListPermissions",
    "ram:ListPrincipals",
    "ram:ListResourceSharePermissions",
    "ram:ListResources",
    "ram:ListResourceTypes",
)
_CATALOG = ("glue:DeleteResourcePolicy", "glue:PutResourcePolicy")


def grants_elsewhere(resource: Resource, *, region: str) -> Iterator[Grant]:
    """What granting to another account, to a unit or to an organisation takes.

    Args:
        resource: Any resource of a template.
        region: The Region in which it is launched.

    Yields:
        Nothing for other resources, and for a grant to a role or user.
    """
    if resource.type.name != _GRANT or not _is_elsewhere(resource):
        return
    for action, condition in _SHARING.items():
        yield Grant(action, "*", condition)
    for action in _LOOKING:
        yield from (Grant(action, arn, ()) for arn in _anywhere(action, region))
    for action in _CATALOG:
        yield Grant(action, f"arn:aws:glue:{region}:{ACCOUNT}:catalog", ())


def _anywhere(action: str, region: str) -> list[str]:
    """All that an action may act on: accounts of the organisation, shares, permissions."""
    known = iam_actions.find(action)
    forms = known.required if known else ()
    fixed = {"Partition": "aws", "Region": region}
    return [form.fill({name: fixed.get(name, "*") for name in form.placeholders}) for form in forms] or ["*"]


def _is_elsewhere(resource: Resource) -> bool:
    """Whether the principal is anything but an IAM identity: those are named by ARNs of IAM.

    A role of the template is referred to, and so holds no text of an ARN.
    """
    principal = json.dumps(resource.properties.get("Principal", {}))
    return ":iam::" not in principal and "Fn::GetAtt" not in principal
