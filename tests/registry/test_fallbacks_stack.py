"""The registry's template where assumptions about AWS do not hold; tests are named for their keys."""

import json
from pathlib import Path
from typing import Any

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from registry.stack import RegistryStack
from tests.assumptions.fallbacks import FALLBACKS
from tests.registry.cloud import HUB, REGION
from tests.registry.registry_stack import (
    NAMES,
    ORGANIZATION,
    SETTINGS,
    Template,
    asks,
    only,
    resolve,
    resources,
)

PIPELINE = f"arn:aws:codepipeline:{REGION}:{HUB}:serve-p-xyz"
OF_A_PROJECT = {"aws:ResourceTag/sagemaker:project-id": "p-xyz"}
UNIT = f"arn:aws:organizations::{SETTINGS.accounts.management}:ou/{ORGANIZATION}/ou-ml01-testing00"
LIST = "organizations:ListAccountsForParent"
SHARING_ROLES = (NAMES.stage_role, NAMES.model_card_author_role)


@pytest.fixture(scope="module")
def fallen_back(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template of the registry with every fallback."""
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("registry")))
    stack = RegistryStack(
        app,
        NAMES.registry_stack,
        settings=SETTINGS.model_copy(update={"assumptions": FALLBACKS}),
        serving_roles=(NAMES.endpoint_role,),
        env=cdk.Environment(account=HUB, region=REGION),
    )
    app.synth()
    resolved = resolve(json.loads(Path(app.outdir, stack.template_file).read_text(encoding="utf-8")))
    assert isinstance(resolved, dict)
    return resolved


def may(template: Template, request: EvalContext) -> bool:
    (role,) = (
        role["Properties"]
        for role in resources(template, "AWS::IAM::Role").values()
        if request.principal_arn.endswith(f":role/{role['Properties']['RoleName']}")
    )
    policies = [parse_policy_document(policy["PolicyDocument"]) for policy in role["Policies"]]
    return bool(evaluate(request, policies).decision == "Allow")


STARTING = asks(NAMES.release_role, "codepipeline:StartPipelineExecution", PIPELINE, keys=OF_A_PROJECT)
STARTING_ANY = asks(NAMES.release_role, "codepipeline:StartPipelineExecution", PIPELINE)


def test_pipeline_start(template: Template, fallen_back: Template) -> None:
    assert not may(template, STARTING)
    assert may(fallen_back, STARTING)
    assert not may(fallen_back, STARTING_ANY)


def test_pipeline_start_by_rules_of_this_account_alone(template: Template, fallen_back: Template) -> None:
    def by_rules(found: Template) -> list[object]:
        return [
            permission["Properties"]
            for permission in resources(found, "AWS::Lambda::Permission").values()
            if "SourceAccount" in permission["Properties"]
        ]

    assert by_rules(template) == []
    (permission,) = by_rules(fallen_back)
    assert isinstance(permission, dict)
    assert permission["FunctionName"].startswith("Release")
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceAccount"] == HUB
    assert permission["SourceArn"] == f"arn:aws:events:{REGION}:{HUB}:rule/*"


@pytest.mark.parametrize("role", [NAMES.promotion_role, NAMES.ml_engineer_role])
def test_group_policy(template: Template, fallen_back: Template, role: str) -> None:
    assert not may(template, asks(role, LIST, UNIT))
    assert may(fallen_back, asks(role, LIST, UNIT))
    assert not may(fallen_back, asks(role, LIST, UNIT.replace(ORGANIZATION, "o-another0001")))


def variables(template: Template, function: str) -> dict[str, str]:
    found: dict[str, str] = only(template, "AWS::Lambda::Function", function)["Environment"]["Variables"]
    return found


def test_group_policy_lists_the_units_that_serve(template: Template, fallen_back: Template) -> None:
    units = SETTINGS.organization.organizational_units
    assert variables(template, "Promotion")["READER_UNITS"] == ""
    assert variables(fallen_back, "Promotion")["READER_UNITS"] == f"{units.test},{units.production}"


def test_card_permission(template: Template, fallen_back: Template) -> None:
    name = "CARD_READER_PERMISSION_ARN"
    assert variables(template, "Stages")[name] == NAMES.card_reader_permission_arn
    aws_managed = "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerModelCards"
    assert variables(fallen_back, "Stages")[name] == aws_managed


def test_card_permission_takes_nothing_with_it(template: Template) -> None:
    assert resources(template, "AWS::RAM::Permission") == {}


@pytest.mark.parametrize("role", SHARING_ROLES)
def test_card_resource_policy(template: Template, role: str) -> None:
    assert may(template, asks(role, "sagemaker:PutResourcePolicy", "*"))


LOOKING = asks(NAMES.release_role, "cloudtrail:LookupEvents", "*")


def test_last_modified_by(template: Template, fallen_back: Template) -> None:
    def approvals(found: Template) -> list[Any]:
        patterns = [
            rule["Properties"]["EventPattern"] for rule in resources(found, "AWS::Events::Rule").values()
        ]
        return [each for each in patterns if each["detail-type"] == ["AWS API Call via CloudTrail"]]

    assert not may(template, LOOKING)
    assert approvals(template) == []
    assert variables(template, "Release")["APPROVER"] == "version"
    assert may(fallen_back, LOOKING)
    assert approvals(fallen_back) == [
        {
            "account": [HUB],
            "source": ["aws.sagemaker"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventName": ["UpdateModelPackage"],
                "requestParameters": {"modelApprovalStatus": ["Approved"]},
            },
        }
    ]
    assert variables(fallen_back, "Release")["APPROVER"] == "cloudtrail"
