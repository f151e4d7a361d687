"""What the check of the catalog file calls complete synthesizes, and stays within what AWS takes."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given
from hypothesis import settings as tried

import app
from base.settings import CatalogError, Settings, load
from products.discovery import discover
from products.product import Product
from tests.base.configuration.generated import Content, likely
from tests.base.test_settings import EXAMPLE
from tests.portfolios.small import GROUP, templates_in

# Of the tags of a resource: https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreateProduct.html and
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
FEWER_TAGS = {"AWS::ServiceCatalog::CloudFormationProduct": 20, "AWS::ServiceCatalog::Portfolio": 20}
MOST_TAGS = 50


def settings_of(content: Content) -> Settings | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "catalog.yaml")
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        try:
            return load(path)
        except CatalogError:
            return None


def synthesize(settings: Settings, *products: Product) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        composed = app.new_app(folder)
        app.compose(composed, settings, products)
        composed.synth()
        return templates_in(Path(folder))


@tried(
    max_examples=4,
    deadline=None,
    # To find a smaller one takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(likely())
def test_a_complete_catalog_synthesizes(content: Content) -> None:
    """Few, as each takes seconds; that of the check alone tries hundreds."""
    settings = settings_of(content)
    assume(settings is not None)
    assert settings is not None
    templates = synthesize(settings, GROUP)
    offered = templates[settings.names.portfolios_stack]["Resources"].values()
    principals = [
        each["Properties"]["PrincipalARN"].removeprefix("arn:aws:iam:::role/")
        for each in offered
        if each["Type"] == "AWS::ServiceCatalog::PortfolioPrincipalAssociation"
    ]
    # Projects have a portfolio for the accounts that it is shared with, and one for the hub alone.
    assert set(principals) == {
        *settings.principals("ml_admin"),
        *settings.principals("sagemaker_projects"),
        *(settings.principals("data") if settings.accounts.data else ()),
    }
    (product,) = (each for each in offered if each["Type"] == "AWS::ServiceCatalog::CloudFormationProduct")
    assert product["Properties"]["SupportEmail"] == settings.portfolios.support_email
    options = [
        (each["Properties"]["Key"], each["Properties"]["Value"])
        for each in offered
        if each["Type"] == "AWS::ServiceCatalog::TagOption"
    ]
    portfolios = (
        settings.portfolios.ml_admin,
        settings.portfolios.sagemaker_projects,
        settings.portfolios.data,
    )
    assert sorted(options) == sorted(
        {
            (key, value)
            for portfolio in portfolios
            for key, values in portfolio.tag_options.items()
            for value in values
        }
    )


def test_tag_options_that_the_cdk_would_take_for_one_another() -> None:
    """It writes a slash in an id as two hyphens, and a sign of equality may belong to key or value."""
    content = yaml.safe_load(EXAMPLE)
    options = {"a/b": ["c"], "a--b": ["c"], "a=b": ["c"], "a": ["b=c", "/b=c"]}
    content["portfolios"]["ml_admin"]["tag_options"] = options
    settings = settings_of(content)
    assert settings is not None
    resources = synthesize(settings, GROUP)[settings.names.portfolios_stack]["Resources"].values()
    made = [each["Properties"] for each in resources if each["Type"] == "AWS::ServiceCatalog::TagOption"]
    wanted = [(key, value) for key, values in options.items() for value in values]
    assert sorted((each["Key"], each["Value"]) for each in made) == sorted(
        [*wanted, ("cost-center", "research")]
    )


@pytest.fixture(scope="module")
def fullest() -> tuple[Settings, Mapping[str, Any]]:
    """As much as the catalog file takes, in the longest spelling."""
    content = yaml.safe_load(EXAMPLE)
    content |= {
        "name_prefix": "p" * 12,
        "region": "ap-southeast-1",
        "tags": {f"{number:02}{'k' * 126}": "v" * 256 for number in range(19)},
        "permissions_boundary": "b" * 128,
    }
    for portfolio in ("ml_admin", "sagemaker_projects"):
        content["portfolios"][portfolio] = {
            "own_roles": [f"{'p' * 200}/{number}{'r' * 63}" for number in range(7)],
            "tag_options": {f"{number:02}{'o' * 126}": ["v" * 256] for number in range(25)},
        }
    settings = settings_of(content)
    assert settings is not None
    return settings, synthesize(settings, *discover())


def tagged(template: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Logical id, type and number of the tags of each resource."""
    for logical_id, resource in template["Resources"].items():
        tags = resource.get("Properties", {}).get("Tags", ())
        yield logical_id, resource["Type"], len(tags)


def test_the_fullest_catalog_synthesizes_within_the_limits_of_tags(
    fullest: tuple[Settings, Mapping[str, Any]],
) -> None:
    settings, templates = fullest
    options = len(settings.portfolios.ml_admin.tag_options)
    most = 0
    for name, template in templates.items():
        for logical_id, kind, count in tagged(template):
            # What a launch creates carries the TagOptions as well.
            assert count + options <= MOST_TAGS, f"{name}: {logical_id}"
            assert count <= FEWER_TAGS.get(kind, MOST_TAGS), f"{name}: {logical_id}"
            most = max(most, count)
    # Those of a project's name and id, and the label of its product, come on top.
    assert most == len(settings.tags) + 3


def test_the_templates_of_the_fullest_catalog_fit(fullest: tuple[Settings, Mapping[str, Any]]) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
    _, templates = fullest
    for name, template in templates.items():
        assert len(json.dumps(template).encode()) <= 1_000_000, name
