"""Dependent actions of the Service Authorization Reference belong to the role where they are asked for."""

from collections.abc import Mapping
from typing import Any

import pytest

from portfolios import dependent_actions, iam_actions
from portfolios.permissions import derive
from portfolios.resource_types import PermissionsError
from tests.portfolios.policies import allowed

REGION = "eu-west-1"
ZONE = "arn:aws:route53:::hostedzone/Z0353582EL0PUZLRE4SH"
LINKED = "arn:aws:iam::333333333333:role/aws-service-role/kms.amazonaws.com/AWSServiceRoleForX"


def endpoint(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": "v", "ServiceName": "s", **properties}}


@pytest.mark.parametrize(
    ("resource", "action", "arn", "keys", "expected"),
    [
        *(
            pytest.param(
                endpoint(**properties),
                "route53:AssociateVPCWithHostedZone",
                ZONE,
                {},
                expected,
                id=f"names-{name}",
            )
            for name, properties, expected in (
                ("private", {"PrivateDnsEnabled": True}, True),
                ("maybe-private", {"PrivateDnsEnabled": {"Ref": "Choice"}}, True),
                ("public", {"PrivateDnsEnabled": False}, False),
                ("not-spoken-of", {}, False),
            )
        ),
        *(
            pytest.param(
                {"Type": "AWS::KMS::Key", "Properties": properties},
                "iam:CreateServiceLinkedRole",
                LINKED,
                {"iam:AWSServiceName": "kms.amazonaws.com"},
                expected,
                id=f"key-of-{name}",
            )
            for name, properties, expected in (
                ("several-regions", {"MultiRegion": True}, True),
                ("one-region", {}, False),
            )
        ),
        *(
            pytest.param(
                {
                    "Type": "AWS::EC2::FlowLog",
                    "Properties": {"ResourceId": "v", "ResourceType": "VPC", **properties},
                },
                "ecs:ListClusters",
                "*",
                {},
                expected,
                id=f"flow-log-with-{name}",
            )
            for name, properties, expected in (
                ("fields-of-ecs", {"LogFormat": "${ecs-cluster-name}"}, True),
                ("fields-of-its-own", {}, False),
            )
        ),
    ],
)
def test_dependent_actions(
    resource: Mapping[str, Any], action: str, arn: str, keys: Mapping[str, str], expected: bool
) -> None:
    assert allowed(derive({"Resources": {"R": resource}}, region=REGION), action, arn, keys) is expected


def test_a_dependent_action_that_is_nowhere_listed_stops_the_derivation() -> None:
    budget = {"Type": "AWS::Budgets::Budget", "Properties": {"Budget": {"BudgetName": "team"}}}
    with pytest.raises(
        PermissionsError, match=r"may ask for .*: say for which property, in portfolios/depend"
    ):
        derive({"Resources": {"Budget": budget}}, region=REGION)


def test_the_list_holds_what_the_reference_names() -> None:
    """An entry that the reference no longer has would keep a permission alive."""
    for name, dependent in dependent_actions._TRIGGERS:
        action = iam_actions.find(name)
        assert action is not None
        assert dependent in action.dependents
