"""The CloudFormation type of a model card.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-modelcard.html
"""

from typing import Any

from emulator.sagemaker.cards.content import of_properties
from emulator.sagemaker.resource_type import Created, ResourceType


class ModelCard(ResourceType):
    """A model card."""

    noun = "ModelCard"
    key = ("ModelCardName",)
    reference = "ModelCardName"
    attributes = ("ModelCardArn", "ModelCardVersion", "CreationTime", "LastModifiedTime")

    def update(
        self,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,  # noqa: ARG002 (CloudFormation's call)
    ) -> Created:
        """Write new content, and then set the status, which the content made Draft: a call takes only one."""
        key = self.identify(physical_id)
        if old["Content"] != new["Content"]:
            self._call("Update", {**key, "Content": new["Content"]})
        described = self._describe(key)
        changed = any(old[name] != new[name] for name in ("Content", "ModelCardStatus"))
        if changed and described["ModelCardStatus"] != new["ModelCardStatus"]:
            self._call("Update", {**key, "ModelCardStatus": new["ModelCardStatus"]})
        self._tag(described["ModelCardArn"], old, new)
        return self._created(key)

    def parameters(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The parameters of an operation: the content as JSON, and without what nobody can set."""
        given = {
            name: value for name, value in properties.items() if name not in ("CreatedBy", "LastModifiedBy")
        }
        if "Content" in given:
            given["Content"] = of_properties(given["Content"])
        return given


ModelCard().register()
