"""What is derived for a template, against what the emulator asks for, which knows nothing of the derivation.

Each template runs under exactly the role derived for it, and once more with one action taken away.
"""

import dataclasses
import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from emulator.cloudformation.actions import asked_besides
from portfolios.dependent_actions import dependents
from portfolios.handler_actions import actions_for
from portfolios.permissions import Statement, derive
from portfolios.template_values import TemplateValues
from products.product import LaunchAccount
from tests.emulator.launch_support import (
    PRODUCT_TAG,
    REGION,
    Template,
    add_boundary,
    launch,
    parameters_of,
)
from tests.emulator.support import Emulator
from tests.emulator.try_command import main
from tests.emulator.try_product import Failure, TryError, try_product
from tests.products.launches import CONNECTION, PRODUCTS, PROVIDERS, templates


def topic(name: str, text: Any, **sections: Any) -> Template:
    properties = {"TopicName": name, "DisplayName": text}
    return {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}}, **sections}


def parameter(name: str, kind: str, default: str) -> Template:
    return topic(name, {"Ref": "P"}, Parameters={"P": {"Type": kind, "Default": default}})


def zones(name: str) -> Template:
    return topic(name, {"Fn::Select": [0, {"Fn::GetAZs": ""}]})


def reference(name: str) -> Template:
    return topic(name, f"{{{{resolve:ssm:/{name}}}}}")


def secret(name: str) -> Template:
    return topic(name, f"{{{{resolve:secretsmanager:{name}}}}}")


def stored(name: str) -> Template:
    return parameter(name, "AWS::SSM::Parameter::Value<String>", f"/{name}")


def network(name: str) -> Template:
    return parameter(name, "AWS::EC2::VPC::Id", "vpc-1")


def rule(name: str) -> Template:
    listed = {"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::Subnet::Id"}, "subnet-1"]}
    return topic(name, "x", Rules={"Known": {"Assertions": [{"Assert": {"Fn::Not": [listed]}}]}})


def snippet(name: str) -> Template:
    included = {"Name": "AWS::Include", "Parameters": {"Location": f"s3://{name}/snippet.json"}}
    return topic(name, "x") | {"Mappings": {"Included": {"Fn::Transform": included}}}


def endpoint(name: str) -> Template:
    tags = [{"Key": "owner", "Value": name}]
    return {
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.2.0.0/24", "Tags": tags}},
            "Endpoint": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {
                    "VpcId": {"Ref": "Vpc"},
                    "ServiceName": "com.amazonaws.eu-west-1.sts",
                    "VpcEndpointType": "Interface",
                    "PrivateDnsEnabled": True,
                    "Tags": tags,
                },
            },
        }
    }


def group(name: str) -> Template:
    tags = [{"Key": "owner", "Value": name}]
    return {
        "Resources": {
            "W": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name, "Tags": tags}}
        }
    }


READS = [
    (zones, "ec2:DescribeAvailabilityZones"),
    (zones, "ec2:DescribeAccountAttributes"),
    (zones, "ec2:DescribeSubnets"),
    (reference, "ssm:GetParameters"),
    (secret, "secretsmanager:GetSecretValue"),
    (stored, "ssm:GetParameters"),
    (network, "ec2:DescribeVpcs"),
    (rule, "ec2:DescribeSubnets"),
    (snippet, "s3:GetObject"),
    (endpoint, "route53:AssociateVPCWithHostedZone"),
    (group, "logs:TagResource"),
]


@pytest.fixture
def name(emulator: Emulator) -> Iterator[str]:
    """A name under which a parameter, a secret and a snippet are there to be read."""
    name = f"derived-{uuid.uuid4().hex[:10]}"
    ssm, secrets, s3 = map(emulator.client, ("ssm", "secretsmanager", "s3"))
    ssm.put_parameter(Name=f"/{name}", Value="text", Type="String")
    secrets.create_secret(Name=name, SecretString="text")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=name, Key="snippet.json", Body=b'{"Key": {"Name": "value"}}')
    yield name
    ssm.delete_parameter(Name=f"/{name}")


def without(statements: Iterable[Statement], action: str) -> list[Statement]:
    return [
        dataclasses.replace(statement, actions=tuple(each for each in statement.actions if each != action))
        for statement in statements
        if statement.actions != (action,)
    ]


@pytest.mark.parametrize(("compose", "action"), READS, ids=lambda value: getattr(value, "__name__", value))
def test_the_derived_role_is_enough_and_each_action_is_asked_for(
    emulator: Emulator, name: str, compose: Any, action: str
) -> None:
    template = compose(name)
    statements = derive(template, region=REGION)
    (refusal, *_) = launch(emulator, f"{name}-less", template, without(statements, action))
    assert f"is not authorized to perform: {action} on resource: " in refusal
    assert launch(emulator, name, template, statements) == []


# SageMaker makes a domain's file system under its own service-linked role, which asks nobody.
NOT_ASKED = {"elasticfilesystem:CreateFileSystem"}


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("provider", ["codecommit", "github"])
def test_both_sources_know_the_dependent_actions_of_each_product(product: str, provider: str) -> None:
    template = templates(provider)[product]
    used = {action for statement in derive(template, region=REGION) for action in statement.actions}
    values = TemplateValues(template, region=REGION)
    for resource in values.resources.values():
        kinds = resource.type
        listed = kinds.create | kinds.read | kinds.update | kinds.delete
        for action in actions_for(resource, kinds.create):
            if action.name in used - NOT_ASKED:
                asked = {besides for besides, _ in asked_besides(action.name, resource.properties)}
                assert asked == set(dependents(resource, action, listed)), resource.logical_id


def up_to_the_first_push(template: Template) -> Template:
    """A product as it is launched with a connection, but for the seeding, which needs a provider of code."""
    resources = dict(template["Resources"])
    gone = {
        logical_id
        for logical_id, resource in resources.items()
        if resource["Type"] in ("Custom::RepositorySeed", "AWS::Lambda::Function")
    }
    left = {logical_id: resource for logical_id, resource in resources.items() if logical_id not in gone}
    for resource in left.values():
        resource["DependsOn"] = [each for each in resource.get("DependsOn", []) if each not in gone]
    return {
        **template,
        "Resources": {
            logical_id: resource
            for logical_id, resource in left.items()
            if not any(f'"{each}"' in json.dumps(resource) for each in gone)
        },
        "Outputs": {},
    }


@pytest.mark.parametrize("service", ["codeconnections", "codestar-connections"])
@pytest.mark.parametrize("provider", [each for each in PROVIDERS if each != "codecommit"])
def test_a_project_with_a_connection_launches_only_if_the_connection_may_be_passed(
    emulator: Emulator, provider: str, service: str
) -> None:
    own = CONNECTION.replace("222222222222", emulator.development).replace("codeconnections", service)
    rendered = json.dumps(templates(provider)["build_from_s3"]).replace(CONNECTION, own)
    template = up_to_the_first_push(json.loads(rendered))
    types = [resource["Type"] for resource in template["Resources"].values()]
    assert "AWS::CodePipeline::Pipeline" in types
    statements = derive(template, region=REGION, product_tag=PRODUCT_TAG)
    identifier = f"p-{uuid.uuid4().hex[:12]}"
    add_boundary(emulator)
    parameters = parameters_of(template, identifier)
    action = f"{service}:PassConnection"
    (refusal, *_) = launch(emulator, f"{identifier}-less", template, without(statements, action), parameters)
    assert f"is not authorized to perform: {action} on resource: {own}" in refusal
    parameters["SageMakerProjectId"] = f"{identifier}x"
    assert launch(emulator, identifier, template, statements, parameters) == []


# They need a data account in the organisation, and each other: `test_lake_products`, `test_feature_products`
# and `test_subscription_products` launch them.
NOT_EMULATED = {
    "build_from_feature_group",
    "build_from_lake",
    "build_from_subscription",
    "data_lake",
    "data_subscriptions",
    "feature_group",
    "published_data",
}

LAUNCHES = [
    (name, place)
    for name, product in sorted(PRODUCTS.items())
    if name not in NOT_EMULATED
    for place in product.launched_in
]


@pytest.mark.parametrize(("product", "place"), LAUNCHES)
def test_each_product_launches_changes_and_leaves_under_its_derived_role(
    emulator: Emulator, product: str, place: LaunchAccount
) -> None:
    """Where it may be launched, as `make try-product` does for one product."""
    try_product(emulator, PRODUCTS[product], place, beside=templates().values())


REFUSED = {
    "the launch role": (
        "sagemaker:CreateModelPackageGroup",
        (
            r"Group\w* \(AWS::SageMaker::ModelPackageGroup\) failed: the launch role "
            r"mlplatform-x-launch-build-from-s3 may not sagemaker:CreateModelPackageGroup on arn:aws:"
        ),
    ),
}


@pytest.mark.parametrize(("action", "says"), REFUSED.values(), ids=REFUSED)
def test_a_launch_that_is_refused_says_which_action_resource_and_role(
    emulator: Emulator, action: str, says: str
) -> None:
    with pytest.raises(TryError, match=says):
        try_product(
            emulator, PRODUCTS["build_from_s3"], "development", beside=templates().values(), without=[action]
        )


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (
            (
                "User: arn:aws:sts::333333333333:assumed-role/project/s is not authorized to perform: "
                "s3:GetObject on resource: arn:aws:s3:::data/1 because no policy allows it"
            ),
            "may not s3:GetObject on arn:aws:s3:::data/1: allow it in the role that the product makes",
        ),
        ("Bucket names are lower-case", "Bucket (AWS::S3::Bucket) failed: Bucket names are lower-case"),
    ],
    ids=["another role", "another reason"],
)
def test_what_else_fails_is_not_blamed_on_the_launch_role(reason: str, says: str) -> None:
    failure = Failure(logical_id="Bucket", kind="AWS::S3::Bucket", reason=reason)
    assert says in failure.sentence("mlplatform-x-launch-build-from-s3")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["nowhere"], "There is no product nowhere: "), ([""], "No product is named: ")],
    ids=["unknown", "none"],
)
def test_the_program_names_the_products_that_it_takes(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == (
        f"{says}make try-product PRODUCT= takes one of {', '.join(PRODUCTS)}.\n"
    )
