"""Which IAM actions CloudFormation calls to create, update or delete one resource.

The registry lists for each type what its handlers may ever call. Here the list is cut down to what the very
resource makes them call:

* what creates, changes, reads or deletes the resource itself: actions that bear the name of its type,
* what a property makes necessary: a log group's retention, a bucket's encryption, tags,
* `iam:PassRole` for each role of the account that a property names.

Whatever else the list has is left out, so that a role is never refused for something AWS would not ask. It
is worked out from the resource alone, and knows nothing of how anybody composed a role.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.emulator.resource_schemas import Verb, permissions, tag_property

Properties = Mapping[str, Any]

_ROLE_ARN = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/.+")
_READS = ("Describe", "Get", "List", "BatchGet")
_VERBS = re.compile(
    r"^(Create|Put|Add|Associate|Allocate|Register|Attach|Authorize|Update|Modify|Set|Delete|Remove|"
    r"Deregister|Disassociate|Detach|Revoke|Release|Schedule|Describe|BatchGet|Get|List)"
)
_PARTS = ("Attribute", "Configuration", "Deletion")
"""What may follow the name of a type in the name of an action on the whole resource."""

_DOCUMENTS = re.compile(r"(Policy|Policies|PolicyDocument|EventPattern|Variables|Tags)$")
"""Properties in which an ARN is said something about, and not handed over."""

_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "AWS::CloudWatch::Alarm": ("Alarm", "MetricAlarm"),
    "AWS::EC2::SubnetRouteTableAssociation": ("RouteTable",),
    "AWS::Events::EventBusPolicy": ("Permission",),
    "AWS::IAM::ManagedPolicy": ("Policy",),
    "AWS::Lambda::EventInvokeConfig": ("FunctionEventInvokeConfig",),
    "AWS::SNS::Subscription": ("Subscribe", "Unsubscribe"),
    "AWS::SNS::TopicPolicy": ("Topic",),
    "AWS::SQS::QueuePolicy": ("Queue",),
    "AWS::ServiceCatalog::CloudFormationProduct": ("Product",),
    "AWS::ServiceCatalog::LaunchRoleConstraint": ("Constraint",),
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation": (
        "PrincipalWithPortfolio",
        "PrincipalFromPortfolio",
    ),
    "AWS::ServiceCatalog::PortfolioProductAssociation": ("ProductWithPortfolio", "ProductFromPortfolio"),
    "AWS::ServiceCatalog::TagOptionAssociation": ("TagOptionWithResource", "TagOptionFromResource"),
}
"""What actions call a type, where that is not the last word of its name."""

_CALLED_FOR: Mapping[str, tuple[str, ...]] = {
    "cloudformation:CreateStackInstances": ("StackInstancesGroup",),
    "cloudformation:DeleteStackInstances": ("StackInstancesGroup",),
    "cloudformation:UpdateStackInstances": ("StackInstancesGroup",),
    "codecommit:CreateCommit": ("Code",),
    "codecommit:PutRepositoryTriggers": ("Triggers",),
    "codecommit:UpdateRepositoryDescription": ("RepositoryDescription",),
    "codecommit:UpdateRepositoryEncryptionKey": ("KmsKeyId",),
    "codecommit:UpdateRepositoryName": ("RepositoryName",),
    "codepipeline:DisableStageTransition": ("DisableInboundStageTransitions",),
    "codepipeline:EnableStageTransition": ("DisableInboundStageTransitions",),
    "codepipeline:StartPipelineExecution": ("RestartExecutionOnUpdate",),
    "ec2:AuthorizeSecurityGroupEgress": ("SecurityGroupEgress", "GroupId"),
    "ec2:AuthorizeSecurityGroupIngress": ("SecurityGroupIngress", "GroupId"),
    "ec2:ModifySubnetAttribute": ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"),
    "ec2:ModifyVpcAttribute": ("EnableDnsHostnames", "EnableDnsSupport"),
    "ec2:ModifyVpcTenancy": ("InstanceTenancy",),
    "ec2:RevokeSecurityGroupEgress": ("SecurityGroupEgress", "GroupId"),
    "ec2:RevokeSecurityGroupIngress": ("SecurityGroupIngress", "GroupId"),
    "ec2:UpdateSecurityGroupRuleDescriptionsEgress": ("SecurityGroupEgress", "Description"),
    "ec2:UpdateSecurityGroupRuleDescriptionsIngress": ("SecurityGroupIngress", "Description"),
    "events:PutPermission": ("Policy", "Statement"),
    "events:PutTargets": ("Targets",),
    "events:RemovePermission": ("Policy", "StatementId"),
    "events:RemoveTargets": ("Targets",),
    "iam:AttachRolePolicy": ("ManagedPolicyArns", "Roles"),
    "iam:CreatePolicyVersion": ("PolicyDocument",),
    "iam:DeletePolicyVersion": ("PolicyDocument",),
    "iam:DeleteRolePermissionsBoundary": ("PermissionsBoundary",),
    "iam:DeleteRolePolicy": ("Policies",),
    "iam:DetachRolePolicy": ("ManagedPolicyArns", "Roles"),
    "iam:PutRolePermissionsBoundary": ("PermissionsBoundary",),
    "iam:PutRolePolicy": ("Policies",),
    "iam:UpdateAssumeRolePolicy": ("AssumeRolePolicyDocument",),
    "iam:UpdateRole": ("MaxSessionDuration",),
    "iam:UpdateRoleDescription": ("Description",),
    "kms:CreateGrant": ("KmsKeyId",),
    "kms:DisableKeyRotation": ("EnableKeyRotation",),
    "kms:EnableKeyRotation": ("EnableKeyRotation",),
    "kms:PutKeyPolicy": ("KeyPolicy",),
    "kms:UpdateKeyDescription": ("Description",),
    "lambda:PutFunctionConcurrency": ("ReservedConcurrentExecutions",),
    "lambda:UpdateFunctionCode": ("Code",),
    "logs:AssociateKmsKey": ("KmsKeyId",),
    "logs:DeleteRetentionPolicy": ("RetentionInDays",),
    "logs:PutRetentionPolicy": ("RetentionInDays",),
    "ram:AssociateResourceShare": ("Principals", "ResourceArns"),
    "ram:AssociateResourceSharePermission": ("PermissionArns",),
    "ram:DisassociateResourceShare": ("Principals", "ResourceArns"),
    "s3:CreateBucketMetadataTableConfiguration": ("MetadataTableConfiguration",),
    "s3:DeleteBucketEncryption": ("BucketEncryption",),
    "s3:DeleteBucketLifecycle": ("LifecycleConfiguration",),
    "s3:GetObject": ("Code", "ProvisioningArtifactParameters"),
    "s3:PutBucketCORS": ("CorsConfiguration",),
    "s3:PutBucketLogging": ("LoggingConfiguration",),
    "s3:PutBucketNotification": ("NotificationConfiguration",),
    "s3:PutBucketOwnershipControls": ("OwnershipControls",),
    "s3:PutBucketPublicAccessBlock": ("PublicAccessBlockConfiguration",),
    "s3:PutBucketVersioning": ("VersioningConfiguration",),
    "s3:PutEncryptionConfiguration": ("BucketEncryption",),
    "s3:PutLifecycleConfiguration": ("LifecycleConfiguration",),
    "s3:PutReplicationConfiguration": ("ReplicationConfiguration",),
    "sagemaker:DeleteModelPackageGroupPolicy": ("ModelPackageGroupPolicy",),
    "sagemaker:PutModelPackageGroupPolicy": ("ModelPackageGroupPolicy",),
    "servicecatalog:CreateProvisioningArtifact": ("ProvisioningArtifactParameters",),
}
"""Actions that a handler calls only for a property: when it is given, or on update when it changes."""

_UNSETS = frozenset(
    {
        "cloudformation:DeleteStackInstances",
        "events:RemoveTargets",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "kms:DisableKeyRotation",
        "ec2:RevokeSecurityGroupIngress",
        "logs:DeleteRetentionPolicy",
        "ram:DisassociateResourceShare",
        "s3:DeleteBucketEncryption",
        "s3:DeleteBucketLifecycle",
        "sagemaker:DeleteModelPackageGroupPolicy",
    }
)
"""Actions that are called when their property goes away, or an entry of it, or the whole resource."""

_NOT_AT_CREATION = frozenset({"kms:PutKeyPolicy"})
"""Listed for creation, where CreateKey takes the property itself."""


def called(
    type_name: str, verb: Verb, properties: Properties, previous: Properties | None = None
) -> list[str]:
    """Return the actions that are called, `iam:PassRole` apart.

    Args:
        type_name: The resource's type.
        verb: What happens to it.
        properties: Its properties; on update, the new ones.
        previous: On update, the old ones.
    """
    prefix = _prefix(type_name)
    return [
        action
        for action in permissions(type_name, verb)
        if action != "iam:PassRole" and _is_called(action, prefix, type_name, verb, properties, previous)
    ]


def passed_roles(
    type_name: str, properties: Properties, previous: Properties | None, account: str
) -> list[str]:
    """Return the ARNs of the roles of an account that a resource is handed, on update only the new ones."""
    if all("iam:PassRole" not in permissions(type_name, verb) for verb in ("create", "update")):
        return []
    before = set(_roles(previous or {}, account))
    return [arn for arn in dict.fromkeys(_roles(properties, account)) if arn not in before]


def tags(type_name: str, properties: Properties) -> dict[str, str]:
    """Return a resource's tags."""
    found = tag_property(type_name)
    given = properties.get(found[0]) if found else None
    if isinstance(given, Mapping):
        return {str(key): str(value) for key, value in given.items()}
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in given or () if "Key" in tag}


def _is_called(  # noqa: PLR0917  the parts of one question
    action: str,
    prefix: str,
    type_name: str,
    verb: Verb,
    properties: Properties,
    previous: Properties | None,
) -> bool:
    service, _, name = action.partition(":")
    if action in _CALLED_FOR:
        return _property_calls(action, verb, properties, previous)
    if service != prefix:
        return False
    if ("Tag" in name or name.startswith("Untag")) and "TagOption" not in name:
        return _tags_call(name, type_name, verb, properties, previous)
    return _names(type_name, name)


def _property_calls(action: str, verb: Verb, properties: Properties, previous: Properties | None) -> bool:
    for name in _CALLED_FOR[action]:
        old, new = (previous or {}).get(name), properties.get(name)
        if verb == "update":
            if _is_less(old, new) if action in _UNSETS else new and new != old:
                return True
        elif new and not (verb == "create" and action in _UNSETS | _NOT_AT_CREATION):
            return True
    return False


def _is_less(old: Any, new: Any) -> bool:
    """Whether a property went away, or an entry of it."""
    if isinstance(old, list) and isinstance(new, list):
        return any(entry not in new for entry in old)
    return bool(old) and not new


def _tags_call(
    name: str, type_name: str, verb: Verb, properties: Properties, previous: Properties | None
) -> bool:
    if name.startswith(_READS) or verb == "delete":
        return False
    before, after = tags(type_name, previous or {}), tags(type_name, properties)
    if name.startswith(("Untag", "Delete", "Remove")):
        return verb == "update" and bool(before.keys() - after.keys())
    return any(before.get(key) != value for key, value in after.items())


def _names(type_name: str, action_name: str) -> bool:
    """Whether an action's name says that it is done to resources of the type."""
    own = _OTHER_NAMES.get(type_name, (type_name.rpartition("::")[2],))
    thing = _VERBS.sub("", action_name)
    for part in _PARTS:
        thing = thing.removesuffix(part + "s").removesuffix(part)
    forms = {thing, thing.removesuffix("s"), thing.removesuffix("es"), re.sub("ies$", "y", thing)}
    return any(form.lower() == noun.lower() for form in forms for noun in own)


def _prefix(type_name: str) -> str:
    """IAM prefix of a type's service: that of most of its actions."""
    listed = [action.partition(":")[0] for action in permissions(type_name, "create")]
    own = type_name.split("::")[1].lower()
    return own if own in listed or not listed else max(listed, key=listed.count)


def _roles(value: Any, account: str) -> Iterator[str]:
    match value:
        case str():
            found = _ROLE_ARN.fullmatch(value)
            if found and found[1] == account:
                yield value
        case Mapping():
            for key, entry in value.items():
                if not _DOCUMENTS.search(key):
                    yield from _roles(entry, account)
        case list():
            for entry in value:
                yield from _roles(entry, account)
