"""A service assumes a role on behalf of the role's own account, and of no other.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.gates.everything import Everything

OWN_ACCOUNT = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
OF_A_DOMAIN = "datazone.amazonaws.com"
"""A service that acts for the account of its domain, in the accounts that the domain is shared with."""

WITHOUT = {
    # A function takes a role of its own account alone, and the trust that AWS documents has no condition:
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    "lambda.amazonaws.com",
    # A launch constraint with a local name is resolved in the account that launches, and the trust that AWS
    # documents has no condition: https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html
    "servicecatalog.amazonaws.com",
}


def trusts(everything: Everything) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Role, service and conditions of each statement by which a service may assume a role."""
    for template in everything.templates.values():
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] != "AWS::IAM::Role":
                continue
            for statement in resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
                named = statement["Principal"].get("Service", ()) if statement["Effect"] == "Allow" else ()
                for service in [named] if isinstance(named, str | dict) else named:
                    yield logical_id, str(service), statement.get("Condition", {})


def test_services_act_for_the_account_of_the_role(everything: Everything) -> None:
    found = list(trusts(everything))
    # The fallbacks for where a service does not tell the account: docs/assumptions.md.
    chosen = everything.settings.assumptions
    without = WITHOUT | {
        service
        for service, trust in {
            "cloudformation.amazonaws.com": chosen.cloudformation_trust,
            "lakeformation.amazonaws.com": chosen.lake_location_trust,
        }.items()
        if trust == "service"
    }
    assert {"sagemaker.amazonaws.com", "codebuild.amazonaws.com"} <= {service for _, service, _ in found}
    domains = [OWN_ACCOUNT, {"aws:SourceAccount": everything.settings.accounts.data}]
    wrong = [
        f"{role} trusts {service} under {conditions}"
        for role, service, conditions in found
        if service not in without
        and conditions.get("StringEquals") not in (domains if service == OF_A_DOMAIN else [OWN_ACCOUNT])
    ]
    assert wrong == []


@pytest.mark.parametrize("service", sorted(WITHOUT))
def test_each_exception_is_needed(everything: Everything, service: str) -> None:
    assert any(trusted == service and not conditions for _, trusted, conditions in trusts(everything))
