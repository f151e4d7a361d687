"""What granting a data lake to others takes, against what AWS's own policy for it allows."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from portfolios.permissions import derive

UNIT = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":organizations::111111111111:ou/o-a/ou-b"]]}
ROLE = {"Fn::GetAtt": ["Role", "Arn"]}
POLICY = {"Resource": {"LFTagPolicy": {"CatalogId": "1", "ResourceType": "TABLE", "Expression": []}}}


def template(principal: Any) -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}}]}
    granted = {"Principal": {"DataLakePrincipalIdentifier": principal}, "Permissions": ["SELECT"], **POLICY}
    role = {"RoleName": "mlplatform-reader", "AssumeRolePolicyDocument": trust}
    return {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": role},
            "Grant": {"Type": "AWS::LakeFormation::PrincipalPermissions", "Properties": granted},
        }
    }


def statements(principal: Any) -> list[dict[str, Any]]:
    return [each.to_json() for each in derive(template(principal), region="eu-west-1")]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def sharing(principal: Any) -> dict[str, dict[str, Any]]:
    """The conditions of the actions that reach beyond the account, by action."""
    return {
        action: statement.get("Condition", {})
        for statement in statements(principal)
        for action in listed(statement["Action"])
        if action.startswith(("ram:", "organizations:")) or action.endswith("ResourcePolicy")
    }


@pytest.mark.parametrize("principal", [UNIT, "222222222222"], ids=["unit", "account"])
def test_the_conditions_are_those_of_the_policy_of_aws(principal: Any) -> None:
    policies = aws_managed_policies_data
    known = json.loads(policies) if isinstance(policies, str) else policies
    document = known["AWSLakeFormationCrossAccountManager"]["Document"]
    own = sharing(principal)
    covered: set[str] = set()
    for statement in document["Statement"]:
        for pattern in listed(statement["Action"]):
            # That of GetResourceShares comes from another statement without one.
            expected = {
                operator: {key: sorted(listed(values)) for key, values in keys.items()}
                for operator, keys in statement.get("Condition", {}).items()
            }
            matched = [action for action in own if fnmatchcase(action, pattern)]
            assert matched, pattern
            if "*" in pattern or pattern == "ram:GetResourceShares":
                covered.update(action for action in matched if not own[action])
                continue
            found = {
                operator: {key: sorted(listed(values)) for key, values in keys.items()}
                for operator, keys in own[pattern].items()
            }
            assert found == expected, pattern
            covered.add(pattern)
    assert covered == set(own)


@pytest.mark.parametrize("principal", [ROLE, "arn:aws:iam::333333333333:role/x"], ids=["own", "named"])
def test_a_grant_to_a_role_shares_nothing(principal: Any) -> None:
    assert sharing(principal) == {}
    assert "lakeformation:GrantPermissions" in str(statements(principal))
