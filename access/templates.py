"""A template as it is deployed: in an account, with parameters, every reference filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from base import intrinsics
from base.intrinsics import NOTHING, Intrinsics, UnknownFunctionError
from portfolios.template_values import ACCOUNT, TemplateValues
from products.product import Template

_LOG_GROUP = "AWS::Logs::LogGroup"
# The attribute `Arn` of a log group ends so
# (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html).
_LOG_STREAMS = ":*"


class TemplateError(Exception):
    """A template cannot be filled in; the message says what is missing."""


@dataclass(frozen=True, kw_only=True)
class DeployedTemplate:
    """A CloudFormation template with the values that a deployment gives it.

    What AWS chooses, such as the id of a key, becomes the names of deployment and resource: as unique, and
    the same each time.

    Attributes:
        name: What the deployment is called, for messages.
        template: The template.
        account: The account.
        region: The Region.
        parameters: The values of parameters, besides those with a default.
    """

    name: str
    template: Template
    account: str
    region: str
    parameters: Mapping[str, str]

    def resources(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The logical ids and the filled properties of the resources of a type.

        Args:
            kind: Such as ``AWS::IAM::Role``.

        Raises:
            TemplateError: If a parameter has no value, or a function is not known here.
        """
        for logical_id, resource in self.template["Resources"].items():
            if resource["Type"] == kind and self._intrinsics.exists(resource):
                yield logical_id, self.filled(resource.get("Properties", {}))

    def filled(self, value: Any) -> Any:
        """A value of the template, as CloudFormation hands it to the service.

        Args:
            value: Any part of the template's resources.

        Raises:
            TemplateError: If a parameter has no value, or a function is not known here.
        """
        try:
            return self._intrinsics.value(value)
        except UnknownFunctionError as error:
            raise TemplateError(
                f"{self.name}: {error} is not known here: teach it to {intrinsics.__name__}."
            ) from None

    @cached_property
    def _intrinsics(self) -> Intrinsics:
        return Intrinsics(
            reference=self._reference,
            attribute=lambda logical_id, name: self._physical({"Fn::GetAtt": f"{logical_id}.{name}"}),
            conditions=self.template.get("Conditions", {}),
        )

    @cached_property
    def _given(self) -> Mapping[str, Any]:
        declared = self.template.get("Parameters", {})
        defaults = {name: entry["Default"] for name, entry in declared.items() if "Default" in entry}
        pseudo_parameters = {
            "AWS::AccountId": self.account,
            "AWS::NoValue": NOTHING,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        return {**defaults, **self.parameters, **pseudo_parameters}

    @cached_property
    def _values(self) -> TemplateValues:
        """The names and ARNs of resources, once parameters are known."""

        def given(value: Any) -> Any:
            match value:
                case {"Ref": name} if name in self._given and name != "AWS::NoValue":
                    return self._given[name]
                case {"Fn::If": [condition, first, second]}:
                    return given(first if self._intrinsics.holds(condition) else second)
                case {"Fn::Select": [index, {"Fn::Split": [separator, text]}]}:
                    parts = self.filled(text).split(separator)
                    # An example of a parameter may be shorter than what the form takes.
                    return parts[int(index)] if int(index) < len(parts) else "*"
                case dict():
                    return {name: given(entry) for name, entry in value.items()}
                case list():
                    return [given(entry) for entry in value]
                case _:
                    return value

        return TemplateValues({"Resources": given(self.template["Resources"])}, region=self.region)

    def _reference(self, name: str) -> Any:
        if name in self._given:
            return self._given[name]
        if name in self.template["Resources"]:
            return self._physical({"Ref": name})
        raise TemplateError(f"{self.name}: the parameter {name} has no value: give an example of one.")

    def _physical(self, reference: Mapping[str, Any]) -> str:
        """The name or ARN of a resource."""
        (named,) = reference.values()
        logical_id = (named if isinstance(named, str) else named[0]).partition(".")[0]
        pattern = next(iter(self._values.patterns(reference)), "*")
        value = pattern.replace(ACCOUNT, self.account).replace("*", f"{self.name}-{logical_id}")
        is_group = self.template["Resources"][logical_id]["Type"] == _LOG_GROUP
        return f"{value}{_LOG_STREAMS}" if is_group and "Ref" not in reference else value
