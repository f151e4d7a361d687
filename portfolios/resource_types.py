"""What AWS CloudFormation calls to create, read, update and delete a resource, by its type.

The registry of CloudFormation publishes, for each resource type, the IAM actions that its handlers call
(https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html, `handlers`).
cfn-lint ships these schemas, so that they are read here without a call to AWS.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from base.user_error import UserError

# Handlers call the same actions in every Region; this one offers the most types.
_REGION = "us-east-1"


class PermissionsError(UserError):
    """No role can be derived from a template; the message says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A resource type of CloudFormation.

    The handlers for listing are left out: operations on a stack never call them
    (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html).

    Attributes:
        name: Such as ``AWS::S3::Bucket``.
        create: IAM actions that its creation may call; so also `read`, `update`, `delete`.
        identifiers: The properties that identify a resource of this type.
        writable: The properties that a template may set.
    """

    name: str
    create: frozenset[str]
    read: frozenset[str]
    update: frozenset[str]
    delete: frozenset[str]
    identifiers: tuple[str, ...] = ()
    writable: frozenset[str] = frozenset()

    @cached_property
    def service(self) -> str:
        """The IAM prefix of the service: its own name, or else what most actions of its creation have."""
        prefixes = Counter(action.partition(":")[0] for action in sorted(self.create))
        own = self.name.split("::")[1].lower()
        return own if own in prefixes else prefixes.most_common(1)[0][0]

    @cached_property
    def noun(self) -> str:
        """The last part of the name, in lower case: ``bucket``."""
        return self.name.rpartition("::")[2].lower()


# Types whose schema names no handlers.
_SUPPLEMENT: Mapping[str, ResourceType] = {
    # https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-permissions-reference.html
    "AWS::CodeBuild::Project": ResourceType(
        name="AWS::CodeBuild::Project",
        create=frozenset({"codebuild:CreateProject", "iam:PassRole"}),
        read=frozenset({"codebuild:BatchGetProjects"}),
        update=frozenset({"codebuild:UpdateProject", "iam:PassRole"}),
        delete=frozenset({"codebuild:DeleteProject"}),
        identifiers=("Name",),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lakeformation-resource.html,
    # https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html (the role is passed)
    "AWS::LakeFormation::Resource": ResourceType(
        name="AWS::LakeFormation::Resource",
        create=frozenset({"iam:PassRole", "lakeformation:RegisterResource"}),
        read=frozenset({"lakeformation:DescribeResource"}),
        update=frozenset({"iam:PassRole", "lakeformation:UpdateResource"}),
        delete=frozenset({"lakeformation:DeregisterResource"}),
        identifiers=("ResourceArn",),
    ),
    # CloudFormation invokes the function with the permissions of the stack's role
    # (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources-lambda.html).
    "AWS::CloudFormation::CustomResource": ResourceType(
        name="AWS::CloudFormation::CustomResource",
        create=frozenset({"lambda:InvokeFunction"}),
        read=frozenset(),
        update=frozenset({"lambda:InvokeFunction"}),
        delete=frozenset({"lambda:InvokeFunction"}),
    ),
}

# What is called in the name of the stack's role besides what a schema names. RAM puts the policy of what it
# shares through the service that has it: PutResourcePolicy in
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html.
_FURTHER: Mapping[str, frozenset[str]] = {
    "AWS::RAM::ResourceShare": frozenset({"sagemaker:GetResourcePolicy", "sagemaker:PutResourcePolicy"}),
}


@cache
def resource_type(name: str) -> ResourceType:
    """What is known of a resource type.

    Args:
        name: Such as ``AWS::S3::Bucket`` or ``Custom::Seed``.

    Raises:
        PermissionsError: If neither its schema nor the supplement names its actions.
    """
    if name.startswith("Custom::"):
        name = "AWS::CloudFormation::CustomResource"
    if name in _SUPPLEMENT:
        return _SUPPLEMENT[name]
    schema = _schema(name)
    handlers = schema.get("handlers")
    if not handlers:
        raise PermissionsError(
            f"No schema names the permissions that {name} needs: add it, with its source, to the supplement "
            f"in {Path(__file__).name}."
        )
    permissions = {verb: frozenset(handlers.get(verb, {}).get("permissions", ())) for verb in _VERBS}
    tagging = frozenset(schema.get("tagging", {}).get("permissions", ()))
    read_only = {_top_level(path) for path in schema.get("readOnlyProperties", ()) if path.count("/") == 2}
    return ResourceType(
        name=name,
        create=permissions["create"] | _FURTHER.get(name, frozenset()),
        read=permissions["read"],
        update=permissions["update"] | tagging | _FURTHER.get(name, frozenset()),
        delete=permissions["delete"],
        identifiers=tuple(_top_level(path) for path in schema.get("primaryIdentifier", ())),
        writable=frozenset(schema["properties"]) - read_only,
    )


_VERBS = ("create", "read", "update", "delete")


def _top_level(path: str) -> str:
    """``/properties/Name/...`` -> ``Name``."""
    return path.split("/")[2]


@cache
def _folder() -> Path:
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed: run `make setup`.")
    return Path(spec.origin).parent / "data" / "schemas"


@cache
def _index() -> Mapping[str, str]:
    index: Mapping[str, str] = json.loads((_folder() / "providers" / f"{_REGION}.json").read_text("utf-8"))
    return index


def _schema(name: str) -> Mapping[str, Any]:
    if name not in _index():
        raise PermissionsError(f"CloudFormation has no resource type {name}: correct its name.")
    schema: Mapping[str, Any] = json.loads(
        (_folder() / "resources" / f"{_index()[name]}.json").read_text("utf-8")
    )
    return schema
