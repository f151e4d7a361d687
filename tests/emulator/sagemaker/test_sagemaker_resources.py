"""SageMaker's CloudFormation types: created, updated in place or by replacement, rolled back, deleted."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.emulator.sagemaker_support import (
    IMAGE,
    SAGEMAKER,
    WITHOUT_INDEX,
    archive,
    document,
    execution_role,
    make_bucket,
    put,
    refused,
    settled,
    unique,
)
from tests.emulator.support import Emulator, allow, trust

INFERENCE = """
def model_fn(model_dir):
    return FACTOR

def input_fn(body, content_type):
    return float(body)

def predict_fn(data, model):
    return data * model

def output_fn(prediction, accept):
    return str(prediction), "text/plain"
"""

MOVING = tuple(
    f"{verb}_IN_PROGRESS"
    for verb in ("CREATE", "UPDATE", "DELETE", "ROLLBACK", "UPDATE_ROLLBACK", "UPDATE_COMPLETE_CLEANUP",
                 "UPDATE_ROLLBACK_COMPLETE_CLEANUP")
)  # fmt: skip


class Stacks:
    """Stacks of an account, deleted at the end."""

    def __init__(self, emulator: Emulator) -> None:
        self.account = emulator.production
        self.cloudformation = emulator.client("cloudformation", account=self.account)
        self.sagemaker = emulator.client("sagemaker", account=self.account)
        self.names: list[str] = []

    def create(
        self, resources: Mapping[str, Any], outputs: Mapping[str, Any], role: str | None = None
    ) -> str:
        name = unique("stack")
        self.names.append(name)
        acting = {"RoleARN": role} if role else {}
        self.cloudformation.create_stack(StackName=name, TemplateBody=_template(resources, outputs), **acting)
        return name

    def update(self, name: str, resources: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        self.cloudformation.update_stack(StackName=name, TemplateBody=_template(resources, outputs))

    def delete(self, name: str) -> None:
        stack_id = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=name)
        self.names.remove(name)
        assert self.settled(stack_id)["StackStatus"] == "DELETE_COMPLETE"

    def settled(self, name: str) -> Mapping[str, Any]:
        return settled(
            lambda: self.cloudformation.describe_stacks(StackName=name)["Stacks"][0], "StackStatus", MOVING
        )

    def outputs(self, name: str) -> dict[str, str]:
        stack = self.settled(name)
        assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), self.reasons(name)
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def reasons(self, name: str) -> str:
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return "\n".join(event.get("ResourceStatusReason", "") for event in events)


def _template(resources: Mapping[str, Any], outputs: Mapping[str, Any]) -> str:
    written = {name: {"Value": value} for name, value in outputs.items()}
    return json.dumps({"Resources": resources, "Outputs": written})


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def attribute(name: str, of: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, of]}


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Iterator[Stacks]:
    made = Stacks(emulator)
    yield made
    for name in list(made.names):
        made.delete(name)


@pytest.fixture(scope="module")
def bucket(emulator: Emulator, stacks: Stacks) -> str:
    return make_bucket(emulator, stacks.account)


@pytest.fixture(scope="module")
def role(emulator: Emulator, stacks: Stacks, bucket: str) -> str:
    return execution_role(emulator, bucket, account=stacks.account)


def endpoint_resources(role: str, uri: str, **endpoint: Any) -> dict[str, Any]:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": attribute("Model", "ModelName"),
        "InitialInstanceCount": 1,
    }
    return {
        "Model": {
            "Type": "AWS::SageMaker::Model",
            "Properties": {
                "ExecutionRoleArn": role,
                "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": uri, "Environment": WITHOUT_INDEX},
            },
        },
        "Configuration": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {"ProductionVariants": [variant | {"InstanceType": "ml.m5.large"}]},
        },
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {
                "EndpointConfigName": attribute("Configuration", "EndpointConfigName"),
                **endpoint,
            },
        },
    }


def test_an_endpoint_is_created_updated_rolled_back_and_deleted(
    emulator: Emulator, stacks: Stacks, bucket: str, role: str
) -> None:
    def uri(factor: str) -> str:
        script = INFERENCE.replace("FACTOR", factor)
        return put(
            emulator, bucket, f"{factor}.tar.gz", archive({"code/inference.py": script}), stacks.account
        )

    def ask() -> str:
        runtime = emulator.client("sagemaker-runtime", account=stacks.account)
        answer: bytes = runtime.invoke_endpoint(EndpointName=name, Body="1")["Body"].read()
        return answer.decode()

    name = unique("endpoint")
    outputs = {"Arn": ref("Endpoint"), "Name": attribute("Endpoint", "EndpointName"), "Model": ref("Model")}
    stack = stacks.create(endpoint_resources(role, uri("2"), EndpointName=name), outputs)
    created = stacks.outputs(stack)
    assert created["Name"] == name
    assert created["Arn"].endswith(f":endpoint/{name}")
    assert ask() == "2.0"

    stacks.update(stack, endpoint_resources(role, uri("3"), EndpointName=name), outputs)
    updated = stacks.outputs(stack)
    assert updated["Arn"] == created["Arn"]
    assert updated["Model"] != created["Model"]
    assert ask() == "3.0"
    assert len(stacks.sagemaker.list_models(NameContains=stack[:20])["Models"]) == 1

    stacks.update(stack, endpoint_resources(role, uri("1 / 0"), EndpointName=name), outputs)
    assert stacks.settled(stack)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "ZeroDivisionError" in stacks.reasons(stack)
    assert ask() == "3.0"

    stacks.delete(stack)
    runtime = emulator.client("sagemaker-runtime", account=stacks.account)
    assert "not found" in refused(runtime.invoke_endpoint, EndpointName=name, Body="1")[1]


def test_an_endpoint_that_fails_fails_its_stack(
    emulator: Emulator, stacks: Stacks, bucket: str, role: str
) -> None:
    uri = put(emulator, bucket, "nothing.tar.gz", archive({"code/other.py": ""}), stacks.account)
    stack = stacks.create(endpoint_resources(role, uri), {})
    assert stacks.settled(stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "No module named 'inference'" in stacks.reasons(stack)


def test_a_group_keeps_its_policy_and_tags(stacks: Stacks, emulator: Emulator) -> None:
    name = unique("group")
    arn = f"arn:aws:sagemaker:{emulator.region}:{stacks.account}:model-package-group/{name}"

    def group(action: str, **properties: Any) -> dict[str, Any]:
        policy = json.loads(
            document(allow(action, arn, Principal={"AWS": f"arn:aws:iam::{emulator.hub}:root"}))
        )
        fields = {"ModelPackageGroupName": name, "ModelPackageGroupPolicy": policy, **properties}
        return {"Group": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": fields}}

    def policy_action() -> str:
        found = stacks.sagemaker.get_model_package_group_policy(ModelPackageGroupName=name)["ResourcePolicy"]
        return str(json.loads(found)["Statement"][0]["Action"])

    tags = [{"Key": "team", "Value": "churn"}]
    stack = stacks.create(group("sagemaker:DescribeModelPackageGroup"), {"Arn": ref("Group")})
    assert stacks.outputs(stack) == {"Arn": arn}
    assert policy_action() == "sagemaker:DescribeModelPackageGroup"
    stacks.update(stack, group("sagemaker:DeleteModelPackageGroup", Tags=tags), {"Arn": ref("Group")})
    assert stacks.outputs(stack) == {"Arn": arn}
    assert policy_action() == "sagemaker:DeleteModelPackageGroup"
    assert tags[0] in stacks.sagemaker.list_tags(ResourceArn=arn)["Tags"]


def test_a_domain_with_a_profile_a_repository_and_a_pipeline(stacks: Stacks, emulator: Emulator) -> None:
    role = emulator.role(account=stacks.account, trusting=trust(Service=SAGEMAKER))
    name = unique("studio")
    steps = [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "No"}}]
    definition = {"Version": "2020-12-01", "Steps": steps}

    def resources(groups: list[str]) -> dict[str, Any]:
        return {
            "Domain": {
                "Type": "AWS::SageMaker::Domain",
                "Properties": {
                    "DomainName": name,
                    "AuthMode": "IAM",
                    "DefaultUserSettings": {"ExecutionRole": role, "SecurityGroups": groups},
                    "SubnetIds": ["subnet-12345678"],
                    "VpcId": "vpc-12345678",
                },
            },
            "Profile": {
                "Type": "AWS::SageMaker::UserProfile",
                "Properties": {"DomainId": ref("Domain"), "UserProfileName": "lead"},
            },
            "Repository": {
                "Type": "AWS::SageMaker::CodeRepository",
                "Properties": {"GitConfig": {"RepositoryUrl": "https://git.example.com/team/model"}},
            },
            "Pipeline": {
                "Type": "AWS::SageMaker::Pipeline",
                "Properties": {
                    "PipelineName": name,
                    "RoleArn": role,
                    "PipelineDefinition": {"PipelineDefinitionBody": json.dumps(definition)},
                },
            },
        }

    outputs = {
        "Domain": ref("Domain"),
        "Arn": attribute("Domain", "DomainArn"),
        "Profile": attribute("Profile", "UserProfileArn"),
        "Repository": attribute("Repository", "CodeRepositoryName"),
        "Pipeline": ref("Pipeline"),
    }
    stack = stacks.create(resources(["sg-11111111"]), outputs)
    created = stacks.outputs(stack)
    assert created["Arn"].endswith(f":domain/{created['Domain']}")
    assert created["Profile"].endswith(f":user-profile/{created['Domain']}/lead")
    assert created["Pipeline"] == name
    stacks.sagemaker.describe_code_repository(CodeRepositoryName=created["Repository"])

    stacks.update(stack, resources(["sg-22222222"]), outputs)
    assert stacks.outputs(stack) == created
    described = stacks.sagemaker.describe_domain(DomainId=created["Domain"])
    assert described["DefaultUserSettings"]["SecurityGroups"] == ["sg-22222222"]

    stacks.delete(stack)
    for describe, key in (
        ("describe_domain", {"DomainId": created["Domain"]}),
        ("describe_pipeline", {"PipelineName": name}),
    ):
        assert refused(getattr(stacks.sagemaker, describe), **key)[0] == "ResourceNotFound"


@pytest.mark.parametrize(
    "missing", ["sagemaker:CreateModel", "iam:PassRole", "sagemaker:DescribeModelPackage"]
)
def test_a_stack_has_no_more_rights_than_its_role(
    emulator: Emulator, stacks: Stacks, bucket: str, role: str, missing: str
) -> None:
    hub = emulator.client("sagemaker", account=emulator.hub)
    group = unique("group")
    hub.create_model_package_group(ModelPackageGroupName=group)
    uri = put(emulator, bucket, "model.tar.gz", archive({"readme.txt": "nothing"}), stacks.account)
    container = {"Image": IMAGE, "ModelDataUrl": uri}
    version = hub.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    hub.put_model_package_group_policy(
        ModelPackageGroupName=group,
        ResourcePolicy=document(
            allow(
                "sagemaker:DescribeModelPackage",
                version,
                Principal={"AWS": f"arn:aws:iam::{stacks.account}:root"},
            )
        ),
    )
    actions = {
        "sagemaker:AddTags",
        "sagemaker:CreateModel",
        "sagemaker:DeleteModel",
        "sagemaker:DescribeModelPackage",
        "iam:PassRole",
    }
    acting = emulator.role(
        allow(sorted(actions - {missing})),
        account=stacks.account,
        trusting=trust(Service="cloudformation.amazonaws.com"),
    )
    model = {
        "Type": "AWS::SageMaker::Model",
        "Properties": {"ExecutionRoleArn": role, "Containers": [{"ModelPackageName": version}]},
    }
    stack = stacks.create({"Model": model}, {}, acting)
    assert stacks.settled(stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"is not authorized to perform: {missing} on resource" in stacks.reasons(stack)
