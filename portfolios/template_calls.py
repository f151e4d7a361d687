"""What AWS CloudFormation calls to read a template itself, before and beside its resources.

Intrinsic functions, dynamic references, the types of parameters, rules and transforms ask AWS for values,
with the permissions of whoever creates the stack.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from portfolios.resource_types import PermissionsError
from portfolios.template_values import ACCOUNT, TemplateValues


class Call(NamedTuple):
    """An action that reading a template needs, and on what.

    Attributes:
        action: The IAM action.
        resource: An ARN, or a pattern of ARNs.
        via: The service through which the action is called, if the caller does not call it directly.
    """

    action: str
    resource: str
    via: str | None = None


# The functions that are answered from the template and its stacks alone:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
_CALL_NOTHING = frozenset(
    {
        "Fn::And",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::Contains",
        "Fn::EachMemberEquals",
        "Fn::EachMemberIn",
        "Fn::Equals",
        "Fn::FindInMap",
        "Fn::GetAtt",
        "Fn::If",
        "Fn::ImportValue",
        "Fn::Join",
        "Fn::Length",
        "Fn::Not",
        "Fn::Or",
        "Fn::Select",
        "Fn::Split",
        "Fn::Sub",
        "Fn::ToJsonString",
        "Fn::ValueOf",
    }
)
_LOOP = "Fn::ForEach::"
# Each page names the permissions under "IAM permissions":
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "Fn::GetAZs": ("ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets"),
}
# Rules read what the account has of a type, Fn::ValueOf of the type of a parameter, which is compared anyway:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
_OF_TYPES = frozenset({"Fn::RefAll", "Fn::ValueOfAll"})
# The values of such parameters are compared with what the account has:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
_PARAMETERS: Mapping[str, str] = {
    "AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",
    "AWS::EC2::Image::Id": "ec2:DescribeImages",
    "AWS::EC2::Instance::Id": "ec2:DescribeInstances",
    "AWS::EC2::KeyPair::KeyName": "ec2:DescribeKeyPairs",
    "AWS::EC2::SecurityGroup::GroupName": "ec2:DescribeSecurityGroups",
    "AWS::EC2::SecurityGroup::Id": "ec2:DescribeSecurityGroups",
    "AWS::EC2::Subnet::Id": "ec2:DescribeSubnets",
    "AWS::EC2::Volume::Id": "ec2:DescribeVolumes",
    "AWS::EC2::VPC::Id": "ec2:DescribeVpcs",
    "AWS::Route53::HostedZone::Id": "route53:ListHostedZones",
}
_STORED = re.compile(r"AWS::SSM::Parameter::(?:Name|Value<(?:List<)?([\w:]+?)>*)$", re.ASCII)
_PLAIN_TYPES = frozenset({"CommaDelimitedList", "List<Number>", "List<String>", "Number", "String"})

_DYNAMIC = re.compile(r"\{\{resolve:([\w-]+):([^{}]*)\}\}", re.ASCII)

_INCLUDE = "AWS::Include"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
_EXTENSIONS = "AWS::LanguageExtensions"
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-permissions-cloudformation.html
_SERVERLESS = "AWS::Serverless-2016-10-31"


def template_calls(template: Mapping[str, Any], values: TemplateValues, *, region: str) -> list[Call]:
    """What reading a template calls.

    Args:
        template: A CloudFormation template.
        values: Its values.
        region: The Region in which it will be launched.

    Returns:
        Calls in the order of their actions and resources, each once.

    Raises:
        PermissionsError: If nothing is known of a function, a type of parameter, or a transform.
    """
    reader = _Reader(values, region)
    calls = {*reader.parameters(template.get("Parameters", {})), *reader.transforms(template)}
    for section, content in template.items():
        if section not in ("Metadata", "Parameters"):
            calls.update(reader.functions(content, section))
            calls.update(reader.references(content))
    return sorted(calls, key=lambda call: (call.action, call.resource, call.via or ""))


class _Reader:
    def __init__(self, values: TemplateValues, region: str) -> None:
        self._values = values
        self._region = region

    def parameters(self, declared: Mapping[str, Any]) -> Iterator[Call]:
        """What comparing and looking up the parameters' values calls."""
        for name, parameter in declared.items():
            kind = parameter["Type"]
            stored = _STORED.match(kind)
            if stored:
                yield from self._stored_values(parameter)
            inner = (stored[1] or "String") if stored else kind.removeprefix("List<").removesuffix(">")
            if inner in _PARAMETERS:
                yield Call(_PARAMETERS[inner], "*")
            elif inner not in _PLAIN_TYPES and kind not in _PLAIN_TYPES:
                raise _unknown(f"a parameter of the type {kind} calls ({name})")

    def _stored_values(self, parameter: Mapping[str, Any]) -> Iterator[Call]:
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html."""
        # What is offered, or the default; another choice of the launcher fails.
        names = parameter.get("AllowedValues") or [parameter.get("Default", "*")]
        for name in dict.fromkeys(names):
            yield Call("ssm:GetParameters", self._parameter_arn(name))

    def functions(self, value: Any, section: str) -> Iterator[Call]:
        """What evaluating intrinsic functions calls."""
        if isinstance(value, list):
            for entry in value:
                yield from self.functions(entry, section)
        elif isinstance(value, Mapping):
            for name, entry in value.items():
                if name.startswith("Fn::"):
                    yield from self._function(name, entry, section)
                yield from self.functions(entry, section)

    def _function(self, name: str, argument: Any, section: str) -> Iterator[Call]:
        if name in _FUNCTIONS:
            for action in _FUNCTIONS[name]:
                yield Call(action, "*")
        elif name == "Fn::Transform":
            yield from self._transform(argument)
        elif name in _OF_TYPES:
            kind = argument[0] if isinstance(argument, list) else argument
            if kind not in _PARAMETERS:
                raise _unknown(f"{name} of {kind} calls ({section})")
            yield Call(_PARAMETERS[kind], "*")
        elif name not in _CALL_NOTHING and not name.startswith(_LOOP):
            raise _unknown(f"{name} calls ({section})")

    def references(self, value: Any) -> Iterator[Call]:
        """What looking up dynamic references calls."""
        match value:
            case str() | {"Fn::Sub": _} | {"Fn::Join": _}:
                for text in self._values.patterns(value):
                    for service, name in _DYNAMIC.findall(text):
                        yield from self._dynamic(service, name)
            case list():
                for entry in value:
                    yield from self.references(entry)
            case Mapping():
                for entry in value.values():
                    yield from self.references(entry)

    def _dynamic(self, service: str, reference: str) -> Iterator[Call]:
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html."""
        if service in ("ssm", "ssm-secure"):
            yield Call("ssm:GetParameters", self._parameter_arn(reference.partition(":")[0]))
        elif service == "secretsmanager":
            yield Call("secretsmanager:GetSecretValue", self._secret_arn(reference))
        else:
            raise _unknown(f"{{{{resolve:{service}:…}}}} calls")
        if service != "ssm":
            # A key of the customer decrypts what is secret; AWS's own keys need no permission.
            through = "secretsmanager" if service == "secretsmanager" else "ssm"
            key = f"arn:aws:kms:{self._region}:{ACCOUNT}:key/*"
            yield Call("kms:Decrypt", key, via=f"{through}.{self._region}.amazonaws.com")

    def _parameter_arn(self, name: str) -> str:
        if name.startswith("arn:"):
            return name
        # Parameters that AWS publishes belong to no account
        # (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html).
        owner = "" if name.startswith("/aws/service/") else ACCOUNT
        return f"arn:aws:ssm:{self._region}:{owner}:parameter/{name.lstrip('/')}"

    def _secret_arn(self, reference: str) -> str:
        if reference.startswith("arn:"):
            return ":".join(reference.split(":")[:7])
        # Secrets Manager ends the ARN of a secret with six characters of its own
        # (https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html).
        return f"arn:aws:secretsmanager:{self._region}:{ACCOUNT}:secret:{reference.partition(':')[0]}-??????"

    def transforms(self, template: Mapping[str, Any]) -> Iterator[Call]:
        """What the transforms of a whole template call."""
        declared = template.get("Transform", [])
        for transform in declared if isinstance(declared, list) else [declared]:
            yield from self._transform({"Name": transform} if isinstance(transform, str) else transform)

    def _transform(self, transform: Mapping[str, Any]) -> Iterator[Call]:
        name = transform["Name"]
        if name == _INCLUDE:
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
            for location in self._values.patterns(transform["Parameters"]["Location"]):
                yield Call("s3:GetObject", f"arn:aws:s3:::{location.removeprefix('s3://')}")
        elif name == _SERVERLESS:
            yield Call(
                "cloudformation:CreateChangeSet",
                f"arn:aws:cloudformation:{self._region}:aws:transform/Serverless-2016-10-31",
            )
        elif name != _EXTENSIONS:
            raise _unknown(f"the transform {name} calls")


def _unknown(what: str) -> PermissionsError:
    return PermissionsError(
        f"Nothing tells what {what}: add it, with its source, in portfolios/template_calls.py."
    )
