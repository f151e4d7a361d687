"""What CloudFormation's registry says of a resource type, as cfn-lint brings it along.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

Verb = Literal["create", "update", "delete"]

_REGION = "us-east-1"  # The Region with the most types; their permissions are the same everywhere.

_UNPUBLISHED: Mapping[str, Mapping[Verb, tuple[str, ...]]] = {
    # https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-permissions-reference.html
    "AWS::CodeBuild::Project": {
        "create": ("codebuild:CreateProject", "iam:PassRole"),
        "update": ("codebuild:UpdateProject", "iam:PassRole"),
        "delete": ("codebuild:DeleteProject",),
    },
    # https://docs.aws.amazon.com/lake-formation/latest/dg/permissions-reference.html
    "AWS::LakeFormation::DataLakeSettings": {
        "create": ("lakeformation:GetDataLakeSettings", "lakeformation:PutDataLakeSettings"),
        "update": ("lakeformation:GetDataLakeSettings", "lakeformation:PutDataLakeSettings"),
        "delete": (),
    },
    "AWS::LakeFormation::Resource": {
        "create": ("lakeformation:RegisterResource", "iam:PassRole"),
        "update": ("lakeformation:UpdateResource", "iam:PassRole"),
        "delete": ("lakeformation:DeregisterResource",),
    },
}
"""Permissions of types whose schemas list none."""


@cache
def schema(type_name: str) -> Mapping[str, Any]:
    """Return the schema of a type; empty if there is none."""
    name = _index().get(type_name)
    if name is None:
        return {}
    found: Mapping[str, Any] = json.loads((_folder() / "resources" / f"{name}.json").read_text("utf-8"))
    return found


def permissions(type_name: str, verb: Verb) -> tuple[str, ...]:
    """Return the IAM actions that the type's handler for a verb may call."""
    if type_name in _UNPUBLISHED:
        return _UNPUBLISHED[type_name][verb]
    listed = schema(type_name).get("handlers", {}).get(verb, {}).get("permissions", ())
    return tuple(dict.fromkeys(listed))


def identifiers(type_name: str) -> list[str]:
    """Return the properties that identify a resource of a type, in their order."""
    return [path.rpartition("/")[2] for path in schema(type_name).get("primaryIdentifier", ())]


def fixed_properties(type_name: str) -> list[str]:
    """Return the properties of a type that a resource keeps for life."""
    return [path.removeprefix("/properties/") for path in schema(type_name).get("createOnlyProperties", ())]


def tag_property(type_name: str) -> tuple[str, Literal["list", "map"]] | None:
    """Return the property that takes a resource's tags, and its form; None if there is none."""
    description = schema(type_name)
    tagging = description.get("tagging", {})
    if not isinstance(tagging, dict) or tagging.get("taggable") is False:
        return None
    name = str(tagging.get("tagProperty", "/properties/Tags")).rpartition("/")[2]
    found = description.get("properties", {}).get(name)
    if found is None:
        return None
    return name, "list" if found.get("type") == "array" else "map"


@cache
def _folder() -> Path:
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed: run `make setup`")
    return Path(spec.origin).parent / "data" / "schemas"


@cache
def _index() -> Mapping[str, str]:
    index: Mapping[str, str] = json.loads((_folder() / "providers" / f"{_REGION}.json").read_text("utf-8"))
    return index
