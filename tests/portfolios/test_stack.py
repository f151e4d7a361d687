"""What the portfolios offer, and that releases leave alone what is offered already."""

import dataclasses
from typing import Any

import pytest

from base.names import PORTFOLIO_NAMES
from base.settings import Settings, load
from products.discovery import discover
from products.product import Product, on_offer
from tests.portfolios.conftest import Synthesize
from tests.portfolios.small import GROUP, Templates, changed, offers, resources

OFFERED = on_offer(discover(), load())
PRODUCT = "AWS::ServiceCatalog::CloudFormationProduct"


@pytest.fixture(scope="module")
def offered(platform: Templates) -> dict[str, Any]:
    return platform["mlplatform-portfolios"]


def by_name(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {product["Name"]: product for product in resources(template, PRODUCT).values()}


def test_every_product_is_offered_in_its_version(offered: dict[str, Any]) -> None:
    versions = {
        name: [version["Name"] for version in product["ProvisioningArtifactParameters"]]
        for name, product in by_name(offered).items()
    }
    assert versions == {product.name: [product.version] for product in OFFERED}


def test_studio_shows_projects_only(offered: dict[str, Any]) -> None:
    visible = {
        name
        for name, product in by_name(offered).items()
        if {"Key": "sagemaker:studio-visibility", "Value": "true"} in product["Tags"]
    }
    assert visible == {product.name for product in OFFERED if product.portfolio == "sagemaker_projects"}


def test_every_product_has_a_launch_role_by_local_name(offered: dict[str, Any], settings: Settings) -> None:
    constraints = resources(offered, "AWS::ServiceCatalog::LaunchRoleConstraint").values()
    assert {constraint["LocalRoleName"] for constraint in constraints} == {
        settings.names.launch_role(product.identifier) for product in OFFERED
    }
    assert not any("RoleArn" in constraint for constraint in constraints)


def test_constraint_follows_association_and_role(offered: dict[str, Any]) -> None:
    """Service Catalog refuses a constraint for a product that is not in the portfolio yet, or without a role.

    The role must exist in the account that creates the constraint, also where nothing is launched
    (https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreateConstraint.html).
    """
    associations = resources(offered, "AWS::ServiceCatalog::PortfolioProductAssociation")
    named = {role["RoleName"]: key for key, role in resources(offered, "AWS::IAM::Role").items()}
    for key, constraint in resources(offered, "AWS::ServiceCatalog::LaunchRoleConstraint").items():
        before = set(offered["Resources"][key]["DependsOn"])
        assert named[constraint["LocalRoleName"]] in before
        assert len(before & set(associations)) == 1


@pytest.mark.parametrize("product", OFFERED, ids=lambda product: product.identifier)
def test_launch_role_of_the_hub_is_empty_where_nothing_is_launched(
    offered: dict[str, Any], settings: Settings, product: Product
) -> None:
    (role,) = (
        role
        for role in resources(offered, "AWS::IAM::Role").values()
        if role["RoleName"] == settings.names.launch_role(product.identifier)
    )
    powerless = not role.get("Policies") and not role.get("ManagedPolicyArns")
    assert powerless == ("shared_services" not in product.launched_in)


def test_principals_are_exact_names_without_an_account(offered: dict[str, Any], settings: Settings) -> None:
    principals = resources(offered, "AWS::ServiceCatalog::PortfolioPrincipalAssociation").values()
    expected = (*settings.principals("ml_admin"), *settings.principals("sagemaker_projects"))
    assert {principal["PrincipalARN"] for principal in principals} == {
        f"arn:aws:iam:::role/{name}" for name in expected
    }
    assert {principal["PrincipalType"] for principal in principals} == {"IAM_PATTERN"}


def test_each_portfolio_offers_its_tag_options(offered: dict[str, Any], settings: Settings) -> None:
    wanted = [
        (key, value)
        for portfolio, portfolios in (
            (settings.portfolios.ml_admin, 1),
            # Shared with development accounts, and launched here.
            (settings.portfolios.sagemaker_projects, 2),
        )
        for _ in range(portfolios)
        for key, values in portfolio.tag_options.items()
        for value in values
    ]
    options = resources(offered, "AWS::ServiceCatalog::TagOption").values()
    # An account has but one TagOption for a key and a value, whoever offers it.
    assert sorted((option["Key"], option["Value"]) for option in options) == sorted(set(wanted))
    assert len(resources(offered, "AWS::ServiceCatalog::TagOptionAssociation")) == len(wanted) > len(options)


def test_people_are_shown_only_what_they_can_launch_where_they_work(
    offered: dict[str, Any], settings: Settings
) -> None:
    """A data scientist is not shown the deploy project, nor an ML engineer the build project."""
    names = settings.names
    places = {
        names.ml_administrator_role: {"development", "shared_services"},
        names.data_scientist_role: {"development"},
        names.lead_data_scientist_role: {"development"},
        names.ml_engineer_role: {"shared_services"},
    }
    launched_in = {product.name: set(product.launched_in) for product in OFFERED}
    seen: set[str] = set()
    for person, accounts in places.items():
        shown = set().union(*(names for names, people in offers(offered).values() if person in people))
        assert shown, person
        assert {name for name in shown if not accounts <= launched_in[name]} == set(), person
        seen |= shown
    assert seen == set(launched_in)


def test_only_what_is_launched_in_development_is_shared(offered: dict[str, Any]) -> None:
    """Sharing finds portfolios by their names, and each is shared as a whole."""
    shared = set().union(*(offers(offered)[name][0] for name in PORTFOLIO_NAMES.values()))
    assert shared == {product.name for product in OFFERED if "development" in product.launched_in}


def test_every_product_says_where_it_is_launched(offered: dict[str, Any]) -> None:
    descriptions = {name: product["Description"] for name, product in by_name(offered).items()}
    for product in OFFERED:
        sentence = descriptions[product.name].removeprefix(product.description)
        assert ("development accounts" in sentence) is ("development" in product.launched_in)
        assert ("shared services account" in sentence) is ("shared_services" in product.launched_in)


def test_templates_lie_in_the_asset_bucket(offered: dict[str, Any], settings: Settings) -> None:
    for product in by_name(offered).values():
        (version,) = product["ProvisioningArtifactParameters"]
        assert f"/{settings.names.asset_bucket}/" in str(version["Info"]["LoadTemplateFromURL"])


# Releases: https://github.com/aws/aws-cdk/issues/24561. CloudFormation recognises a product by its logical
# id, and a version by the address of its template and its name (ReplaceProvisioningArtifacts in
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicecatalog-cloudformationproduct.html).


@pytest.fixture(scope="module")
def before(synthesize: Synthesize) -> dict[str, Any]:
    return synthesize([GROUP])["mlplatform-portfolios"]


def test_new_version_keeps_logical_ids(synthesize: Synthesize, before: dict[str, Any]) -> None:
    after = synthesize([changed(GROUP, "1.1.0")])["mlplatform-portfolios"]
    assert set(after["Resources"]) == set(before["Resources"])
    assert resources(after, PRODUCT) != resources(before, PRODUCT)


def test_other_products_leave_versions_alone(synthesize: Synthesize, before: dict[str, Any]) -> None:
    second = dataclasses.replace(GROUP, identifier="another_group", name="Another group")
    after = synthesize([second, GROUP])["mlplatform-portfolios"]
    for logical_id, product in resources(before, PRODUCT).items():
        assert after["Resources"][logical_id]["Properties"] == product
