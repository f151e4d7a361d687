"""What a resource hands to its service: roles, connections, and leave to make a service-linked role."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from portfolios.iam_actions import Action
from portfolios.statements import Condition
from portfolios.template_values import Resource, TemplateValues


class Grant(NamedTuple):
    """An action that is needed, on one resource under one condition."""

    action: str
    resource: str
    condition: Condition


_PASSES_CONNECTION = frozenset({"codeconnections:PassConnection", "codestar-connections:PassConnection"})
# Whose service-linked role is made, where it is not that of the resource's service
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-Firehose.html).
_LINKED_SERVICES: Mapping[str, str] = {"AWS::EC2::FlowLog": "delivery.logs.amazonaws.com"}


class HandingOver:
    """What the resources of a template hand over."""

    def __init__(self, values: TemplateValues) -> None:
        """Note the template's roles, which say whom they trust.

        Args:
            values: The template's values.
        """
        self._values = values
        self.roles: Mapping[str, Resource] = {
            arn: resource
            for resource in values.resources.values()
            if resource.type.name == "AWS::IAM::Role"
            for arn in values.arns(resource)
        }

    def grants(self, action: Action, resource: Resource) -> list[Grant] | None:
        """What an action that hands something over needs for a resource.

        Args:
            action: The action.
            resource: The resource for which it is called.

        Returns:
            None if the action hands nothing over; nothing if the resource has nothing to hand over.
        """
        if action.name == "iam:PassRole":
            return list(self._roles_passed(resource))
        if action.name == "iam:CreateServiceLinkedRole":
            return [_service_linked_role(resource)]
        if action.name in _PASSES_CONNECTION:
            return list(self._connections_passed(resource))
        return None

    def _roles_passed(self, resource: Resource) -> Iterator[Grant]:
        taker = _service(resource)
        for arn in self._values.roles(resource):
            trusted = self._trusted_services(arn)
            services = (taker,) if taker in trusted or not trusted else trusted
            yield Grant("iam:PassRole", arn, (("StringEquals", "iam:PassedToService", services),))

    def _connections_passed(self, resource: Resource) -> Iterator[Grant]:
        """The ARN of a connection tells by which of the service's two names it is passed.

        https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
        """
        for arn in self._values.references(resource):
            service, kind = (*arn.split(":"), *[""] * 5)[2:6:3]
            if f"{service}:PassConnection" in _PASSES_CONNECTION and kind.startswith("connection/"):
                condition = (("StringEquals", f"{service}:PassedToService", (_service(resource),)),)
                yield Grant(f"{service}:PassConnection", arn, condition)

    def _trusted_services(self, role_arn: str) -> tuple[str, ...]:
        """The services that may assume one of the template's own roles; none for any other role."""
        role = self.roles.get(role_arn)
        statements = role.properties["AssumeRolePolicyDocument"]["Statement"] if role else []
        return tuple(
            sorted(
                service
                for statement in statements
                for service in self._values.patterns(statement.get("Principal", {}).get("Service", []))
            )
        )


def _service(resource: Resource) -> str:
    return f"{resource.type.service}.amazonaws.com"


def _service_linked_role(resource: Resource) -> Grant:
    service = _LINKED_SERVICES.get(resource.type.name, _service(resource))
    return Grant(
        "iam:CreateServiceLinkedRole",
        f"arn:aws:iam::*:role/aws-service-role/{service}/*",
        (("StringEquals", "iam:AWSServiceName", (service,)),),
    )
