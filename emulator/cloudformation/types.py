"""Resource types of services that ministack has, and CloudFormation there does not know."""

from typing import Any

from emulator.core.service import current_account, current_region, register_resource_type
from emulator.iam.credentials import client, root_credentials
from emulator.services import events

Created = tuple[str, dict[str, Any]]
Properties = dict[str, Any]

_RULE_FIELDS = ("IpProtocol", "FromPort", "ToPort")
_PEERS = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}


def install() -> None:
    """Register the types."""
    register_resource_type(
        "AWS::Events::EventBusPolicy",
        create=_put_bus_policy,
        update=lambda _, __, properties, stack_name: _put_bus_policy("", properties, stack_name),
        delete=_remove_bus_policy,
    )
    register_resource_type("AWS::EC2::FlowLog", create=_create_flow_log, delete=_delete_flow_log)
    for direction in ("Ingress", "Egress"):
        _register_security_group_rule(direction)


def _put_bus_policy(_: str, properties: Properties, __: str) -> Created:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html."""
    bus, identifier = properties.get("EventBusName", "default"), properties["StatementId"]
    statement = properties.get("Statement") or {
        "Effect": "Allow",
        "Principal": properties["Principal"],
        "Action": properties["Action"],
        "Resource": events.bus_arn(bus),
    }
    events.put_bus_statement(bus, {**statement, "Sid": identifier})
    return f"{bus}|{identifier}", {}


def _remove_bus_policy(_: str, properties: Properties) -> None:
    events.remove_bus_statement(properties.get("EventBusName", "default"), properties["StatementId"])


def _create_flow_log(_: str, properties: Properties, __: str) -> Created:
    ids = _ec2().create_flow_logs(
        ResourceIds=[properties["ResourceId"]],
        **{key: value for key, value in properties.items() if key not in ("ResourceId", "Tags")},
    )["FlowLogIds"]
    if properties.get("Tags"):
        _ec2().create_tags(Resources=ids, Tags=properties["Tags"])
    return ids[0], {"Id": ids[0]}


def _delete_flow_log(physical_id: str, _: Properties) -> None:
    _ec2().delete_flow_logs(FlowLogIds=[physical_id])


def _register_security_group_rule(direction: str) -> None:
    verb = direction.lower()

    def create(_: str, properties: Properties, __: str) -> Created:
        authorize = getattr(_ec2(), f"authorize_security_group_{verb}")
        answer = authorize(GroupId=properties["GroupId"], IpPermissions=[_permission(properties)])
        identifier = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return identifier, {"Id": identifier}

    def delete(_: str, properties: Properties) -> None:
        revoke = getattr(_ec2(), f"revoke_security_group_{verb}")
        revoke(GroupId=properties["GroupId"], IpPermissions=[_permission(properties)])

    register_resource_type(f"AWS::EC2::SecurityGroup{direction}", create=create, delete=delete)


def _permission(properties: Properties) -> dict[str, Any]:
    permission = {key: properties[key] for key in _RULE_FIELDS if key in properties}
    described = {"Description": properties["Description"]} if properties.get("Description") else {}
    for key, (peers, name) in _PEERS.items():
        if properties.get(key):
            permission[peers] = [{name: properties[key], **described}]
    return permission


def _ec2() -> Any:
    return client("ec2", root_credentials(current_account()), current_region())
