"""Probes about the account itself: its quotas, its repositories, and whom CloudFormation says it acts for."""

import json
import time
import tomllib
from typing import Any

from base.places import REPOSITORY
from pipelines.compute import COMPUTE
from scripts.probe.scene import Answer, NotKnownError, Probe, Scene, judged, refusal

_SEEDS = REPOSITORY / "seed_code"
# IAM takes some seconds until everybody knows a new role
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 5.0


def _ask_for_repositories(scene: Scene) -> list[Answer]:
    refused = refusal(scene.client("codecommit").create_repository, repositoryName=scene.name())
    return [judged("codecommit-closed", refused, "The repository was made.")]


def _quotas(scene: Scene, service: str) -> dict[str, float]:
    pages = scene.client("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode=service)
    return {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"]}


def _ask_for_builds(scene: Scene) -> list[Answer]:
    quotas = _quotas(scene, "codebuild")
    allowed = {
        compute: quotas.get(f"Concurrently running builds for Linux/{compute.capitalize()} environment", 0.0)
        for compute in COMPUTE
    }
    listed = ", ".join(f"{value:.0f} on {compute}" for compute, value in allowed.items())
    return [
        Answer(
            key="build-quota",
            holds=allowed["small"] >= 1,
            says=f"Builds that may run at once: {listed}.",
            fallback=next((compute for compute, value in allowed.items() if value >= 1), None),
        )
    ]


def instances() -> dict[str, set[str]]:
    """The instance types that the seeds name, by the use that quotas have a name for."""
    trained = [
        tomllib.loads(file.read_text(encoding="utf-8"))["instances"]
        for file in sorted(_SEEDS.glob("build/*/config.toml"))
    ]
    served = [
        json.loads(file.read_text(encoding="utf-8"))["instance_type"]
        for file in sorted(_SEEDS.glob("deploy/*/config/*.json"))
    ]
    return {
        "processing job usage": {each["processing"] for each in trained},
        "training job usage": {each["training"] for each in trained},
        "endpoint usage": set(served),
    }


def _ask_for_instances(scene: Scene) -> list[Answer]:
    quotas = _quotas(scene, "sagemaker")
    wanted = [f"{kind} for {use}" for use, kinds in instances().items() for kind in sorted(kinds)]
    listed = ", ".join(f"{quotas.get(name, 0.0):.0f} {name}" for name in wanted)
    return [
        Answer(
            key="instance-quota",
            holds=all(quotas.get(name, 0.0) >= 1 for name in wanted),
            says=f"Instances that may run: {listed}.",
        )
    ]


def _ask_for_trust(scene: Scene) -> list[Answer]:
    """Create a stack under a role with the condition; another, without it, shows that roles are known."""
    told = {"StringEquals": {"aws:SourceAccount": scene.account}}
    roles = {"plain": _role(scene, "plain", {}), "told": _role(scene, "told", told)}
    if refused := _stack(scene, "plain", roles["plain"]):
        raise NotKnownError(f"CloudFormation assumes no throw-away role ({refused})")
    refused = _stack(scene, "told", roles["told"])
    return [judged("cloudformation-trust", refused, "CloudFormation told the account.")]


def _role(scene: Scene, purpose: str, condition: dict[str, Any]) -> str:
    name = scene.name(purpose)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudformation.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **({"Condition": condition} if condition else {}),
    }
    parameters = {
        "Effect": "Allow",
        "Action": [
            *("ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParameter", "ssm:GetParameters"),
            *("ssm:ListTagsForResource", "ssm:PutParameter", "ssm:RemoveTagsFromResource"),
        ],
        "Resource": f"arn:aws:ssm:{scene.settings.region}:{scene.account}:parameter/{scene.prefix}*",
    }
    boundary = scene.settings.permissions_boundary
    bounded = {"PermissionsBoundary": f"arn:aws:iam::{scene.account}:policy/{boundary}"} if boundary else {}
    iam = scene.client("iam")
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(statement), **bounded)["Role"][
        "Arn"
    ]
    iam.put_role_policy(RoleName=name, PolicyName="probe", PolicyDocument=_policy(parameters))
    return arn


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _stack(scene: Scene, purpose: str, role: str) -> str | None:
    """Create a stack under a role, and say why it did not come up; None if it did."""
    cloudformation, name = scene.client("cloudformation"), scene.name(purpose)
    parameter = {"Name": f"/{name}", "Type": "String", "Value": "probe"}
    template = {"Resources": {"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": parameter}}}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while refused := refusal(
        cloudformation.create_stack, StackName=name, RoleARN=role, TemplateBody=json.dumps(template)
    ):
        if time.monotonic() > deadline:
            return refused
        time.sleep(PAUSE_SECONDS)
    while True:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
        time.sleep(min(PAUSE_SECONDS, 1.0))
    if stack["StackStatus"] == "CREATE_COMPLETE":
        return None
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if "FAILED" in event["ResourceStatus"]]
    reasons = [str(event["ResourceStatusReason"]) for event in failed if event.get("ResourceStatusReason")]
    # The oldest is the cause of the others.
    return reasons[-1] if reasons else str(stack["StackStatus"])


ACCOUNTS = (
    Probe(keys=("codecommit-closed",), makes="an empty CodeCommit repository", ask=_ask_for_repositories),
    Probe(keys=("build-quota",), makes="", ask=_ask_for_builds),
    Probe(keys=("instance-quota",), makes="", ask=_ask_for_instances),
    Probe(
        keys=("cloudformation-trust",),
        makes="two roles for CloudFormation, and two stacks with a parameter of Systems Manager each",
        ask=_ask_for_trust,
    ),
)
