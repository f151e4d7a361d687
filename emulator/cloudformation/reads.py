"""What CloudFormation reads for a template, with the permissions of whoever runs the stack.

ministack answers intrinsic functions, dynamic references, parameters, rules and included snippets from its
own stores, for anybody. Here each is asked for first, at the point where ministack looks the value up. Which
operation reads the values of a parameter's type follows from botocore's models of the services.

The keys that encrypt secrets and secure strings are not asked for: nothing is encrypted under them here.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from ministack.services.cloudformation import changesets, engine, handlers, provisioners

from emulator.cloudformation import stacks as cloudformation
from emulator.core.authorization import refusal
from emulator.core.service import current_account, current_region

_ZONES = ("ec2:DescribeAvailabilityZones", "ec2:DescribeAccountAttributes", "ec2:DescribeSubnets")
"""The zones that have a default subnet, if the account has any: so says
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getavailabilityzones.html."""

_PARAMETER_TYPE = re.compile(r"AWS::(EC2|Route53)::(\w+)::\w+", re.ASCII)
_REFERENCE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):(.+)\}\}")
_SECRET_ARN_PARTS = 7

_resolve_refs = engine._resolve_refs
_resolve_dynamic_reference = engine._resolve_dynamic_reference
_resolve_parameters = engine._resolve_parameters
_rule_account_records = engine._rule_account_records
_fetch_include_snippet = engine._fetch_include_snippet


def install() -> None:
    """Ask at each point where ministack looks a value up."""
    engine._resolve_refs = _with_zones
    engine._resolve_dynamic_reference = _with_reference
    engine._rule_account_records = _with_records
    engine._fetch_include_snippet = _with_snippet
    for module in (changesets, engine, handlers, provisioners):
        module._resolve_parameters = _with_parameters


def _ask(action: str, resource: str, reader: str) -> None:
    """Check that whoever runs the stack may read a value.

    Args:
        action: The IAM action.
        resource: ARN of what is read, or `*`.
        reader: What in the template reads it.

    Raises:
        ValueError: It may not.
    """
    principal = cloudformation.acting()
    if principal is None:
        return
    reason = refusal(principal, action, resource, region=current_region())
    if reason is not None:
        raise ValueError(f"Template error: {reader}: {reason}")


def _with_zones(value: Any, *place: Any) -> Any:
    if isinstance(value, dict) and "Fn::GetAZs" in value:
        for action in _ZONES:
            _ask(action, "*", "Fn::GetAZs")
    return _resolve_refs(value, *place)


def _with_reference(literal: str) -> str:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html."""
    found = _REFERENCE.fullmatch(literal)
    if found and found[1] == "secretsmanager":
        _ask("secretsmanager:GetSecretValue", _secret_arn(found[2]), literal)
    elif found:
        _ask("ssm:GetParameters", _parameter_arn(found[2].partition(":")[0]), literal)
    return str(_resolve_dynamic_reference(literal))


def _with_parameters(template: dict[str, Any], *given: Any, **more: Any) -> Any:
    resolved: Mapping[str, Mapping[str, Any]] = _resolve_parameters(template, *given, **more)
    for name, parameter in template.get("Parameters", {}).items():
        _ask_for_type(str(parameter.get("Type", "")), f"parameter {name}")
        if "SsmName" in resolved.get(name, {}):
            _ask("ssm:GetParameters", _parameter_arn(resolved[name]["SsmName"]), f"parameter {name}")
    return resolved


def _with_records(parameter_type: str) -> Any:
    _ask_for_type(parameter_type, "Rules")
    return _rule_account_records(parameter_type)


def _with_snippet(location: Any) -> Any:
    principal = cloudformation.acting()
    bucket_and_key = str(location).removeprefix("s3://")
    if principal is not None and "/" in bucket_and_key:
        reason = cloudformation.unreadable(principal, f"https://s3.amazonaws.com/{bucket_and_key}")
        if reason is not None:
            raise ValueError(f"AWS::Include: {reason}")
    return _fetch_include_snippet(location)


def _ask_for_type(parameter_type: str, reader: str) -> None:
    found = _PARAMETER_TYPE.search(parameter_type)
    if found:
        _ask(_listing(found[1].lower(), found[2]), "*", reader)


@cache
def _listing(service: str, noun: str) -> str:
    """The operation that lists the resources of a kind: `ec2:DescribeVpcs` for `VPC`."""
    operations = botocore.session.get_session().get_service_model(service).operation_names
    wanted = {f"describe{noun}s".lower(), f"list{noun}s".lower()}
    (name,) = [name for name in operations if name.lower() in wanted]
    return f"{service}:{name}"


def _parameter_arn(name: str) -> str:
    if name.startswith("arn:"):
        return name
    owner = "" if name.startswith("/aws/service/") else current_account()
    return f"arn:aws:ssm:{current_region()}:{owner}:parameter/{name.lstrip('/')}"


def _secret_arn(reference: str) -> str:
    parts = reference.split(":")
    if parts[0] == "arn":
        return ":".join(parts[:_SECRET_ARN_PARTS])
    return f"arn:aws:secretsmanager:{current_region()}:{current_account()}:secret:{parts[0]}-a1b2c3"
