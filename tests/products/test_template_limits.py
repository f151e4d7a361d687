"""What CloudFormation would refuse is refused when a product is rendered, with the page that says so."""

from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import pytest

from base.settings import load
from products.discovery import discover
from products.product import ProductError, render_all
from products.template_limits import LIMITS, mistakes, text
from tests.portfolios.small import GROUP, with_stack
from tests.products.launches import templates

TOPIC = {"Type": "AWS::SNS::Topic"}


def parameters(number: int = 1, **attributes: Any) -> dict[str, Any]:
    return {f"P{index}": {"Type": "String", **attributes} for index in range(number)}


def outputs(number: int = 1, **attributes: Any) -> dict[str, Any]:
    return {f"O{index}": {"Value": "x", **attributes} for index in range(number)}


def numbered(number: int, value: Any) -> dict[str, Any]:
    return {f"N{index}": value for index in range(number)}


AT_THE_LIMIT: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "parameters": lambda more: {"Parameters": parameters(200 + more)},
    "mappings": lambda more: {"Mappings": numbered(200 + more, {"a": {"b": "c"}})},
    "resources": lambda more: {"Resources": numbered(500 + more, TOPIC)},
    "outputs": lambda more: {"Outputs": outputs(200 + more)},
    "attributes": lambda more: {"Mappings": {"Map": numbered(200 + more, {"b": "c"})}},
    "dynamic references": lambda more: {"Outputs": outputs(Value="{{resolve:ssm:/a}}" * (60 + more))},
    "bytes of description": lambda more: {"Description": "é" * 512 + "x" * more},
    "characters of description": lambda more: {"Parameters": parameters(Description="é" * (4000 + more))},
    "bytes in a value": lambda more: {"Parameters": parameters(Default="é" * 2048 + "x" * more)},
    "bytes in an allowed value": lambda more: {"Parameters": parameters(AllowedValues=["x" * (4096 + more)])},
    "bytes of description of an output": lambda more: {
        "Outputs": outputs(Description="é" * 512 + "x" * more)
    },
    "bytes in S3": lambda more: {"Metadata": "x" * (1_000_000 - len(text({"Metadata": ""})) + more)},
}


@pytest.mark.parametrize("limit", AT_THE_LIMIT)
def test_a_template_may_reach_a_limit_and_not_exceed_it(limit: str) -> None:
    compose = AT_THE_LIMIT[limit]
    assert list(mistakes(compose(0))) == []
    (mistake,) = mistakes(compose(1))
    assert limit.removesuffix(" of an output").replace("an allowed", "a") in mistake
    assert "https://docs.aws.amazon.com/AWSCloudFormation/" in mistake


def test_each_limit_is_in_the_table() -> None:
    assert len(AT_THE_LIMIT) == len(LIMITS) + 1  # default and allowed values are one limit


NAMES = {
    "space": ({"Resources": {"My Topic": TOPIC}}, ['the logical id "My Topic" of a resource']),
    "hyphen": ({"Outputs": {"my-output": {"Value": "x"}}}, ['the logical id "my-output" of an output']),
    "no ASCII": ({"Mappings": {"Größe": {}}}, ['the logical id "Größe" of a mapping']),
    "empty": ({"Parameters": {"": {"Type": "String"}}}, ['the logical id "" of a parameter']),
    "long": ({"Resources": {"x" * 256: TOPIC}}, ["of a resource is not 1 to 255 letters"]),
    "as long as it may be": ({"Resources": {"x" * 255: TOPIC}}, []),
    "twice": (
        {"Parameters": {"Data": {"Type": "String"}}, "Resources": {"Data": TOPIC}},
        ['"Data" names a parameter and a resource'],
    ),
    # CloudFormation takes these, as AWS's own examples show: nothing refers to an output.
    "an output of a resource's name": ({"Resources": {"A": TOPIC}, "Outputs": {"A": {"Value": "x"}}}, []),
}


@pytest.mark.parametrize(("template", "says"), NAMES.values(), ids=NAMES)
def test_names(template: Any, says: list[str]) -> None:
    found = list(mistakes(template))
    assert len(found) == len(says)
    assert all(part in mistake for part, mistake in zip(says, found, strict=True))


def test_the_products_exceed_nothing() -> None:
    assert {name: list(mistakes(each)) for name, each in templates().items()} == {
        product.identifier: [] for product in discover()
    }


REFUSED = {
    "a parameter and a resource of one name": (
        lambda stack: cdk.CfnParameter(stack, "P").override_logical_id("Group"),
        'the logical id "Group" names a parameter and a resource',
    ),
    "two resources of one name": (
        lambda stack: topic(stack).override_logical_id("Group"),
        "already contains 'Group'",
    ),
    "a name with a space": (lambda stack: topic(stack).override_logical_id("My Topic"), '"My Topic"'),
    "a long description": (
        lambda stack: cdk.CfnParameter(stack, "P", description="x" * 4001),
        "the parameter P has 4,001 characters of description",
    ),
    "many resources": (
        lambda stack: [cdk.CfnResource(stack, f"N{number}", type="AWS::SNS::Topic") for number in range(500)],
        "501 is greater than allowed maximum of 500",
    ),
    "what a construct itself validates": (
        lambda stack: cdk.aws_iam.ManagedPolicy(stack, "Empty"),
        "Managed Policy is empty",
    ),
}


def topic(stack: cdk.Stack) -> cdk.CfnResource:
    return cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")


@pytest.mark.parametrize(("add", "says"), REFUSED.values(), ids=REFUSED)
def test_a_template_that_nobody_could_launch_is_one_sentence(add: Any, says: str) -> None:
    """Whichever of several products it belongs to, the sentence names it."""
    broken = with_stack(GROUP, add, identifier="broken")
    with pytest.raises(ProductError) as refusal:
        render_all((GROUP, broken), load(), {"group": {}, "broken": {}})
    assert says in str(refusal.value)
    assert str(refusal.value).startswith(("The template of broken cannot be written: ", "broken: "))
    assert "\n" not in str(refusal.value)
