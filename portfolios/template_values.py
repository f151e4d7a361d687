"""What the values in a template will be, as far as the template tells before anybody launches it.

A value becomes one or more patterns, in which ``*`` stands for what only a launch decides: parameters,
generated ids, attributes. The account in which the product is launched stays open as `ACCOUNT`.

The question is which values a function *may* have; `base.intrinsics` evaluates it once all is known.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from portfolios import iam_actions
from portfolios.iam_actions import ArnFormat
from portfolios.resource_types import ResourceType, resource_type

ACCOUNT = "${Account}"

_SUBSTITUTION = re.compile(r"\$\{(!?)([\w.:]+)\}", re.ASCII)
_WILDCARDS = re.compile(r"\*{2,}")

# Where IAM calls a kind of resource otherwise than CloudFormation calls its type.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::FlowLog": ("vpc-flow-log",),
    "AWS::Events::Rule": ("rule-on-default-event-bus", "rule-on-custom-event-bus"),
    "AWS::IAM::ManagedPolicy": ("policy",),
}
# Where IAM calls a name otherwise than the template's properties do.
_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "RoleNameWithPath": ("RoleName", "Roles"),
    "UserNameWithPath": ("UserName", "Users"),
    "GroupNameWithPath": ("GroupName", "Groups"),
    "PolicyNameWithPath": ("ManagedPolicyName",),
    "BucketName": ("BucketName", "Bucket"),
}
# Where a name of what a resource uses stands below its properties.
_BELOW: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "AWS::SageMaker::FeatureGroup": {
        "DatabaseName": ("OfflineStoreConfig", "DataCatalogConfig", "Database"),
        "KeyId": ("OfflineStoreConfig", "S3StorageConfig", "KmsKeyId"),
        "TableName": ("OfflineStoreConfig", "DataCatalogConfig", "TableName"),
    },
}
# Some actions take the ARN of a log group with what it holds, some without
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html).
_SUFFIXES: Mapping[str, tuple[str, ...]] = {"log-group": ("", ":*")}
# Properties whose ARNs grant or describe something, rather than name what the resource uses.
_DESCRIPTIVE = re.compile(r"(Policy|Policies|PolicyDocument|EventPattern|Variables|Tags)$")
# Pairs of properties that name an object in S3.
_OBJECT_PROPERTIES = (("Bucket", "Key"), ("S3Bucket", "S3Key"))

# How the names of properties end that take a role; the flow log's does not say so.
_ROLE_PROPERTIES = ("role", "rolearn", "deliverlogspermissionarn")


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource of a template."""

    logical_id: str
    type: ResourceType
    properties: Mapping[str, Any]
    retained: bool

    @cached_property
    def by_lower_name(self) -> Mapping[str, Any]:
        """The values of the properties, by their names in lower case."""
        return {name.lower(): value for name, value in self.properties.items()}


class TemplateValues:
    """Reads the values of one template."""

    def __init__(self, template: Mapping[str, Any], *, region: str) -> None:
        """Read a template.

        Args:
            template: A CloudFormation template.
            region: The Region in which it will be launched.
        """
        self.resources: Mapping[str, Resource] = {
            logical_id: Resource(
                logical_id=logical_id,
                type=resource_type(body["Type"]),
                properties=body.get("Properties", {}),
                # Never deleted by CloudFormation, neither with the stack nor when replaced
                # (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html).
                retained=body.get("DeletionPolicy") == "Retain" == body.get("UpdateReplacePolicy"),
            )
            for logical_id, body in template.get("Resources", {}).items()
        }
        self._pseudo_parameters = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": region,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self._common = {"Partition": "aws", "Region": region, "Account": ACCOUNT}
        # By identity; the value is kept with its patterns, so that no other value comes to have its identity.
        self._known: dict[int, tuple[Any, tuple[str, ...]]] = {}
        self._names: dict[tuple[str, Resource], tuple[str, ...]] = {}

    def patterns(self, value: Any) -> tuple[str, ...]:
        """The patterns that cover whatever a value may become; several if conditions or lists decide.

        Args:
            value: A property's value: text, a number, an intrinsic function, or a list of these.
        """
        known = self._known.get(id(value))
        if known is None:
            found = tuple(dict.fromkeys(_WILDCARDS.sub("*", text) for text in self._texts(value)))
            known = self._known[id(value)] = (value, found)
        return known[1]

    def arns(self, resource: Resource) -> tuple[str, ...]:
        """The patterns of a resource's own ARN, in each form that IAM knows for it."""
        return tuple(arn for form in own_formats(resource.type) for arn in self.fill(form, resource))

    def fill(self, form: ArnFormat, resource: Resource) -> tuple[str, ...]:
        """The patterns of the ARNs of this form that belong to a resource; what is not known becomes ``*``.

        There are none if the resource leaves out a property that the form shows, such as a rule's event bus.
        """
        choices: dict[str, tuple[str, ...]] = {}
        for placeholder in form.placeholders:
            if placeholder in self._common:
                choices[placeholder] = (self._common[placeholder],)
            elif _is_left_out(placeholder, resource):
                return ()
            else:
                choices[placeholder] = self._named(placeholder, resource) or ("*",)
        whole = [value for values in choices.values() for value in values if value.startswith("arn:")]
        if whole:
            return tuple(whole)
        return tuple(
            form.fill(_without_repeated_prefix(form, dict(zip(choices, values, strict=True)))) + suffix
            for values in itertools.product(*choices.values())
            for suffix in _SUFFIXES.get(form.kind, ("",))
        )

    def has_own_name(self, resource: Resource) -> bool:
        """Whether a resource's name is the template's choice, at least in its beginning."""
        (form,) = own_formats(resource.type)
        named = self._named(form.placeholders[-1], resource)
        return bool(named) and not any(name.startswith("*") for name in named)

    def references(self, resource: Resource) -> tuple[str, ...]:
        """The patterns of the ARNs of everything that a resource's properties name as used by it."""
        return tuple(dict.fromkeys(arn for _, arn in self._references(resource.properties, "")))

    def roles(self, resource: Resource) -> tuple[str, ...]:
        """The patterns of the ARNs of the roles of the same account that a resource takes."""
        return tuple(
            dict.fromkeys(
                arn
                for name, arn in self._references(resource.properties, "")
                if _plain(name).endswith(_ROLE_PROPERTIES) and arn.startswith(f"arn:aws:iam::{ACCOUNT}:role/")
            )
        )

    def names(self, form: ArnFormat, resource: Resource) -> bool:
        """Whether a property gives the name of something of a form, such as a bucket policy's bucket."""
        return bool(form.placeholders and self._named(form.placeholders[-1], resource))

    def _texts(self, value: Any) -> Iterator[str]:
        match value:
            case str():
                yield value
            case list():
                for entry in value:
                    yield from self._texts(entry)
            case {"Ref": name}:
                yield from self._reference(name)
            case {"Fn::GetAtt": attribute}:
                yield from self._attribute(*_split_attribute(attribute))
            case {"Fn::Sub": text}:
                yield from self._substitute(*(text if isinstance(text, list) else (text, {})))
            case {"Fn::Join": [separator, list(parts)]}:
                for chosen in itertools.product(*(tuple(self._texts(part)) for part in parts)):
                    yield separator.join(chosen)
            case {"Fn::If": [_, first, second]}:
                yield from self._texts(first)
                yield from self._texts(second)
            case _:
                yield "*"

    def _reference(self, name: str) -> Iterator[str]:
        if name in self._pseudo_parameters:
            yield self._pseudo_parameters[name]
        elif name in self.resources:
            # As a rule, Ref gives the primary identifier.
            resource = self.resources[name]
            yield from self._attribute(name, ".".join(resource.type.identifiers[:1]))
        elif name != "AWS::NoValue":
            yield "*"

    def _attribute(self, logical_id: str, name: str) -> Iterator[str]:
        resource = self.resources.get(logical_id)
        if resource is None:
            yield "*"
        elif name in resource.properties:
            yield from self._texts(resource.properties[name])
        elif name.endswith("Arn"):
            yield from self.arns(resource) or ("*",)
        else:
            yield "*"

    def _substitute(self, text: str, variables: Mapping[str, Any]) -> Iterator[str]:
        literals = _SUBSTITUTION.split(text)[::3]
        choices: list[tuple[str, ...]] = []
        for literal_mark, name in _SUBSTITUTION.findall(text):
            if literal_mark:
                choices.append((f"${{{name}}}",))
            elif name in variables:
                choices.append(tuple(self._texts(variables[name])))
            elif "." in name:
                choices.append(tuple(self._attribute(*_split_attribute(name))))
            else:
                choices.append(tuple(self._reference(name)))
        for chosen in itertools.product(*choices):
            yield "".join(itertools.chain.from_iterable(zip(literals, (*chosen, ""), strict=True)))

    def _named(self, placeholder: str, resource: Resource) -> tuple[str, ...]:
        """What a resource's properties say of a placeholder of an ARN."""
        known = self._names.get((placeholder, resource))
        if known is None:
            known = self._names[placeholder, resource] = self._looked_up(placeholder, resource)
        return known

    def _looked_up(self, placeholder: str, resource: Resource) -> tuple[str, ...]:
        names = list(_PROPERTIES.get(placeholder, (placeholder,)))
        if _names_itself(placeholder, resource.type) and not placeholder.endswith("Id"):
            names += [*resource.type.identifiers, f"{resource.type.noun}name", "name"]
        if path := _BELOW.get(resource.type.name, {}).get(placeholder):
            return self.patterns(_at(resource.properties, path))
        properties = resource.by_lower_name
        for name in names:
            if name.lower() in properties:
                folder = str(resource.properties.get("Path", "/")).lstrip("/")
                prefix = folder if placeholder.endswith("WithPath") else ""
                return tuple(prefix + value for value in self.patterns(properties[name.lower()]))
        return ()

    def _references(self, value: Any, key: str) -> Iterator[tuple[str, str]]:
        """Pairs of a property's name and the pattern of an ARN that it names."""
        if isinstance(value, list):
            for entry in value:
                yield from self._references(entry, key)
        elif isinstance(value, dict):
            logical_id = _referred(value)
            if logical_id is not None and logical_id in self.resources:
                yield from ((key, arn) for arn in self.arns(self.resources[logical_id]))
            elif logical_id is None and _is_intrinsic(value):
                yield from ((key, text) for text in self.patterns(value) if text.startswith("arn:"))
            if logical_id is None:
                for name, entry in value.items():
                    if not _DESCRIPTIVE.search(name):
                        yield from self._references(entry, key if name.startswith("Fn::") else name)
                yield from ((key, arn) for arn in self._objects(value))
        elif isinstance(value, str) and value.startswith("arn:"):
            yield key, value

    def _objects(self, properties: Mapping[str, Any]) -> Iterator[str]:
        for bucket, key in _OBJECT_PROPERTIES:
            if bucket in properties and key in properties:
                # Whole buckets: an older version of the product names other keys.
                for name in self.patterns(properties[bucket]):
                    yield f"arn:aws:s3:::{name}/*"


def _at(properties: Mapping[str, Any], path: Iterable[str]) -> Any:
    """What stands at a path of properties; an empty list if nothing does, or if only a launch tells."""
    found: Any = properties
    for name in path:
        found = found.get(name, []) if isinstance(found, Mapping) else []
    return found


def _kinds(of: ResourceType) -> tuple[str, ...]:
    return _KINDS.get(of.name, (of.noun,))


@cache
def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _names_itself(placeholder: str, of: ResourceType) -> bool:
    """Whether a placeholder such as ``BucketName`` stands for the name or id of a resource of the type."""
    return _plain(placeholder).startswith(
        (_plain(of.noun), *(_plain(kind) for kind in _KINDS.get(of.name, ())))
    )


def own_formats(of: ResourceType) -> tuple[ArnFormat, ...]:
    """The forms of ARN that resources of a type have themselves.

    Args:
        of: The type.
    """
    return _formats_of_kinds(of.service, frozenset(map(_plain, _kinds(of))))


@cache
def _formats_of_kinds(service: str, kinds: frozenset[str]) -> tuple[ArnFormat, ...]:
    return tuple(form for form in iam_actions.formats(service) if _plain(form.kind) in kinds)


def _is_left_out(placeholder: str, resource: Resource) -> bool:
    return (
        placeholder in resource.type.writable
        and placeholder not in resource.properties
        and not _names_itself(placeholder, resource.type)
    )


def _referred(value: Mapping[str, Any]) -> str | None:
    """The logical id or parameter that a value refers to by ``Ref`` or ``Fn::GetAtt``."""
    if "Ref" in value:
        return str(value["Ref"])
    if "Fn::GetAtt" in value:
        return _split_attribute(value["Fn::GetAtt"])[0]
    return None


def _split_attribute(attribute: str | list[str]) -> tuple[str, str]:
    """Logical id and name of an attribute, which templates write as text or as a list."""
    logical_id, _, name = (attribute if isinstance(attribute, str) else ".".join(attribute)).partition(".")
    return logical_id, name


def _is_intrinsic(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith("Fn::")


def _without_repeated_prefix(form: ArnFormat, values: dict[str, str]) -> dict[str, str]:
    """Take off a name what the form repeats: ``alias/`` of an alias, the first slash of a parameter."""
    placeholder = form.placeholders[-1]
    literal = form.text.partition(f"${{{placeholder}}}")[0].rpartition(":")[2]
    name = values[placeholder].removeprefix(literal) if literal else values[placeholder]
    return {**values, placeholder: name.lstrip("/") if literal.endswith("/") else name}
