"""What holds for every IAM policy and role of every template."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from portfolios import iam_actions
from products.product import Template
from tests.gates.everything import Everything


def resources(templates: Mapping[str, Template], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == kind:
                yield f"{name}/{logical_id}", resource.get("Properties", {})


def statements(templates: Mapping[str, Template]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The statements of all policies of roles, inline and managed."""
    for kind in ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for where, properties in resources(templates, kind):
            documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
            if "PolicyDocument" in properties:
                documents.append(properties["PolicyDocument"])
            for document in documents:
                for statement in document["Statement"]:
                    yield where, statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_actions_are_named_one_by_one(everything: Everything) -> None:
    wildcards = [
        f"{where}: {action}"
        for where, statement in statements(everything.templates)
        for action in listed(statement["Action"])
        if "*" in action
    ]
    assert wildcards == []


def test_actions_exist(everything: Everything) -> None:
    unknown = {
        action
        for _, statement in statements(everything.templates)
        for action in listed(statement["Action"])
        if iam_actions.find(action) is None
    }
    assert unknown == set()


def test_everything_is_allowed_only_without_resources_to_name(everything: Everything) -> None:
    """An action on ``*`` knows no resources, or a condition bounds it; a boundary grants nothing."""
    unbounded = [
        f"{where}: {action}"
        for where, statement in statements(everything.templates)
        if statement["Effect"] == "Allow"
        and "*" in listed(statement["Resource"])
        and not where.endswith("/ProjectBoundary")
        for action in listed(statement["Action"])
        if "Condition" not in statement and iam_actions.find(action).required  # type: ignore[union-attr]
    ]
    assert unbounded == []


def test_roles_are_bounded_when_asked_for_and_those_of_products_always(everything: Everything) -> None:
    settings = everything.settings
    offered = {product.replace("_", "-") for product in everything.offered}
    own = settings.permissions_boundary or settings.names.project_boundary
    bounds = {
        where: properties.get("PermissionsBoundary")
        for where, properties in resources(everything.templates, "AWS::IAM::Role")
    }
    of_products = {where: bound for where, bound in bounds.items() if where.partition("/")[0] in offered}
    assert of_products
    assert [where for where, bound in of_products.items() if f":policy/{own}" not in json.dumps(bound)] == []
    asked_for = settings.permissions_boundary
    assert {
        where: bound
        for where, bound in bounds.items()
        if where not in of_products and (asked_for is None) != (bound is None)
    } == {}
