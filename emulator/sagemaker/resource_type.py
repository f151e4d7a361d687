"""What CloudFormation's types of SageMaker have in common: the service's own operations make them."""

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from botocore import xform_name
from botocore.exceptions import ClientError

from emulator.core import api_shapes
from emulator.core.resource_schemas import fixed_properties
from emulator.core.service import (
    current_account,
    current_region,
    register_resource_type,
)
from emulator.iam import credentials
from emulator.sagemaker.service import sagemaker

Created = tuple[str, dict[str, Any]]
"""Physical id and attributes."""


class ResourceType:
    """A resource type.

    Attributes:
        noun: What it is called in the names of operations, such as `EndpointConfig`.
        key: The parameters that identify a resource, the one that names it last.
        reference: What of its description `Ref` answers.
        attributes: What of its description `Fn::GetAtt` answers.
        settled_properties: Properties that `settle` brings about, not the operations.
    """

    noun: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    reference: ClassVar[str]
    attributes: ClassVar[tuple[str, ...]]
    settled_properties: ClassVar[frozenset[str]] = frozenset()

    def register(self) -> None:
        """Teach CloudFormation the type, and which changes it cannot make in place."""
        type_name = f"AWS::SageMaker::{self.noun}"
        register_resource_type(
            type_name,
            create=self.create,
            update=self.update,
            delete=self.delete,
            replacing=fixed_properties(type_name),
        )

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> Created:
        """Create a resource, under a generated name if the properties give none."""
        named = dict(properties)
        if self.key[-1] in _members(f"Create{self.noun}"):
            named.setdefault(self.key[-1], f"{stack_name[:24]}-{logical_id[:24]}-{secrets.token_hex(6)}")
        created = self._call("Create", named)
        key: dict[str, str] = {name: named.get(name) or created[name] for name in self.key}
        self.settle(key, properties)
        return self._created(key)

    def update(
        self,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,  # noqa: ARG002 (CloudFormation's call)
    ) -> Created:
        """Change a resource in place."""
        key = self.identify(physical_id)
        known = _members(f"Update{self.noun}")
        if any(old.get(name) != new.get(name) for name in known):
            self._call("Update", {**{name: new[name] for name in new if name in known}, **key})
        self._tag(self._describe(key)[f"{self.noun}Arn"], old, new)
        self.settle(key, new)
        return self._created(key)

    def delete(self, physical_id: str, properties: dict[str, Any]) -> None:  # noqa: ARG002 (CloudFormation's call)
        """Delete a resource, unless it is already gone."""
        key = self.identify(physical_id)
        try:
            self._call("Delete", key)
        except ClientError:
            try:
                self._describe(key)
            except ClientError:
                return
            raise

    def settle(self, key: Mapping[str, str], properties: Mapping[str, Any]) -> None:
        """Do what the operation alone does not: wait, or bring about the rest of the properties.

        Args:
            key: Identifies the resource.
            properties: What it is to be.
        """

    def identify(self, physical_id: str) -> dict[str, str]:
        """The parameters that identify a resource."""
        return {self.key[-1]: physical_id.rpartition("/")[2]}

    def physical_id(self, described: Mapping[str, Any]) -> str:
        """What `Ref` answers."""
        return str(described[self.reference])

    def _created(self, key: Mapping[str, str]) -> Created:
        described = self._describe(key)
        attributes = {name: described[name] for name in self.attributes if name in described}
        return self.physical_id(described), {name: text(value) for name, value in attributes.items()}

    def _describe(self, key: Mapping[str, str]) -> dict[str, Any]:
        return self._call("Describe", key)

    def _call(self, verb: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in properties.items() if name not in self.settled_properties}
        operation = f"{verb}{self.noun}"
        tokens = {
            name: secrets.token_hex(32)
            for name, shape in _members(operation).items()
            if shape.metadata.get("idempotencyToken")
        }
        parameters = api_shapes.parameters("sagemaker", operation, self.parameters(given) | tokens)
        answer: dict[str, Any] = getattr(client(), xform_name(operation))(**parameters)
        return answer

    def parameters(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The parameters of an operation, still spelled as CloudFormation does."""
        return properties

    @staticmethod
    def _tag(resource_arn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        wanted = {tag["Key"]: tag["Value"] for tag in new.get("Tags", [])}
        had = {tag["Key"]: tag["Value"] for tag in old.get("Tags", [])}
        sagemaker_client = client()
        if added := [{"Key": k, "Value": v} for k, v in wanted.items() if had.get(k) != v]:
            sagemaker_client.add_tags(ResourceArn=resource_arn, Tags=added)
        if removed := sorted(had.keys() - wanted.keys()):
            sagemaker_client.delete_tags(ResourceArn=resource_arn, TagKeys=removed)


def client() -> Any:
    """A client of SageMaker in the account and Region of the stack."""
    return credentials.client("sagemaker", credentials.root_credentials(current_account()), current_region())


def _members(operation: str) -> dict[str, Any]:
    """The parameters of an operation with their shapes; none if there is no such operation."""
    if operation not in sagemaker.model.operation_names:
        return {}
    shape = sagemaker.model.operation_model(operation).input_shape
    return dict(shape.members) if shape is not None else {}


def text(value: Any) -> Any:
    """A value as CloudFormation passes it on: times as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
