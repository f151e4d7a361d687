"""Both portfolios, their products, who may launch them, and under which role."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_servicecatalog as servicecatalog
from constructs import Construct

from base.configuration.rules import PortfolioKey
from base.names import DATA_PORTFOLIO, OWN_PROJECTS_PORTFOLIO, PORTFOLIO_NAMES
from base.published import published
from base.settings import PortfolioSettings, Settings
from pipelines.assets import AssetLocation
from portfolios import releases
from portfolios.boundary import add_project_boundary
from portfolios.foundation import asset_synthesizer
from portfolios.launch_role import add_launch_role
from portfolios.releases import Release
from products.product import LaunchAccount, Product, Template, render_all
from products.template_limits import text

# Studio shows a product in the form for new projects if the product itself carries this tag
# (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html).
STUDIO_VISIBILITY = ("sagemaker:studio-visibility", "true")


_DESCRIPTIONS: Mapping[PortfolioKey, str] = {
    "ml_admin": "What a team's administrator sets up once in an account, before the first project.",
    "sagemaker_projects": "Projects that Amazon SageMaker Studio offers: train a model, deploy a model.",
    "data": "What a data engineer sets up in an account that governs data.",
}


# Completes "Launched in".
_PLACES: Mapping[LaunchAccount, str] = {
    "development": "development accounts",
    "shared_services": "the shared services account",
    "data": "data accounts",
}


@dataclass(frozen=True, kw_only=True)
class LaunchRoleHere:
    """The launch role of a product in this account: its name in each, and its construct here."""

    name: str
    construct: Construct


class PortfoliosStack(cdk.Stack):
    """The portfolios, to be shared with the organisation's accounts.

    Sharing them with an organisational unit has no resource in CloudFormation: `scripts` does it.

    Attributes:
        assets: Where the seeds and functions of each product are published, by the product's identifier.
        templates: The rendered template of each product, by the product's identifier.
        offered: All versions of each product on offer, the newest last, by the product's identifier.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, products: Iterable[Product]
    ) -> None:
        """Define the stack.

        Args:
            scope: The app.
            construct_id: Also the stack's name.
            settings: What the adopter decided.
            products: What the portfolios offer.
        """
        super().__init__(
            scope,
            construct_id,
            env=cdk.Environment(account=settings.accounts.shared_services, region=settings.region),
            description="Service Catalog portfolios of the ML platform, and their products",
            synthesizer=asset_synthesizer(settings),
        )
        products = tuple(products)
        # Logical ids follow from the paths of constructs, and these from identifiers alone: a release never
        # replaces a product that another account has launched.
        shelves = {
            product.identifier: Construct(self, f"Product-{product.identifier}") for product in products
        }
        self.assets: Mapping[str, Mapping[str, AssetLocation]] = {
            product.identifier: _publish_assets(shelves[product.identifier], product) for product in products
        }
        self.templates: Mapping[str, Template] = render_all(products, settings, self.assets)
        self.offered: Mapping[str, tuple[Release, ...]] = {
            product.identifier: (
                *releases.earlier(product, settings),
                releases.of(product, self.templates[product.identifier]),
            )
            for product in products
        }
        self._tag_options = Construct(self, "TagOptions")
        portfolios = {
            "ml_admin": self._add_portfolio("Portfolio-ml_admin", "ml_admin", "development", settings),
            "sagemaker_projects": self._add_portfolio(
                "Portfolio-sagemaker_projects", "sagemaker_projects", "development", settings
            ),
        }
        # A portfolio is shared as a whole. What is launched here would be shown in Studio's form wherever it
        # is shared, and fail there: so it has a portfolio of its own, which nobody shares.
        own_projects = self._add_portfolio(
            "Portfolio-own_projects", "sagemaker_projects", "shared_services", settings
        )
        # Shared with the data accounts alone, for the same reason.
        data = (
            self._add_portfolio("Portfolio-data", "data", "data", settings)
            if settings.accounts.data
            else None
        )
        for product in products:
            shelf = shelves[product.identifier]
            offered = self._add_product(shelf, product, settings)
            launch_role = self._add_launch_role(shelf, product, settings)
            is_project = product.portfolio == "sagemaker_projects"
            if "development" in product.launched_in or (
                not is_project and "shared_services" in product.launched_in
            ):
                _offer(shelf, "", portfolios[product.portfolio], offered, launch_role)
            if is_project and "shared_services" in product.launched_in:
                _offer(shelf, "Own", own_projects, offered, launch_role)
            if data is not None and "data" in product.launched_in:
                _offer(shelf, "Data", data, offered, launch_role)
        launched_here = [product for product in products if "shared_services" in product.launched_in]
        add_project_boundary(
            self,
            settings=settings,
            templates=[
                release.template for product in launched_here for release in self.offered[product.identifier]
            ],
        )

    def _add_portfolio(
        self, construct_id: str, key: PortfolioKey, launched_in: LaunchAccount, settings: Settings
    ) -> servicecatalog.Portfolio:
        offer: PortfolioSettings = getattr(settings.portfolios, key)
        names: Mapping[LaunchAccount, str] = {
            "development": PORTFOLIO_NAMES.get(key, ""),
            "shared_services": OWN_PROJECTS_PORTFOLIO,
            "data": DATA_PORTFOLIO,
        }
        portfolio = servicecatalog.Portfolio(
            self,
            construct_id,
            display_name=names[launched_in],
            provider_name=settings.portfolios.provider_name,
            description=_DESCRIPTIONS[key],
        )
        for name in settings.principals(key):
            if name in _people_elsewhere(settings, launched_in):
                continue
            # A name without an account id holds in whichever account the portfolio is shared with. Whoever
            # may create a role of this name there may launch: hence exact names, and no patterns
            # (https://docs.aws.amazon.com/servicecatalog/latest/adminguide/catalogs_portfolios_sharing_how-to-share.html).
            servicecatalog.CfnPortfolioPrincipalAssociation(
                portfolio,
                _construct_id(name),
                portfolio_id=portfolio.portfolio_id,
                principal_arn=f"arn:aws:iam:::role/{name}",
                principal_type="IAM_PATTERN",
            )
        for tag_key, values in offer.tag_options.items():
            for value in values:
                option = self._tag_option(tag_key, value)
                servicecatalog.CfnTagOptionAssociation(
                    portfolio,
                    _construct_id(tag_key, value),
                    tag_option_id=option.ref,
                    resource_id=portfolio.portfolio_id,
                )
        return portfolio

    def _tag_option(self, key: str, value: str) -> servicecatalog.CfnTagOption:
        """A TagOption, of which an account has but one for a key and a value."""
        construct_id = _construct_id(key, value)
        option = self._tag_options.node.try_find_child(construct_id)
        if isinstance(option, servicecatalog.CfnTagOption):
            return option
        return servicecatalog.CfnTagOption(self._tag_options, construct_id, key=key, value=value, active=True)

    def _add_product(
        self, scope: Construct, product: Product, settings: Settings
    ) -> servicecatalog.CloudFormationProduct:
        places = " and ".join(_PLACES[account] for account in product.launched_in)
        offered = servicecatalog.CloudFormationProduct(
            scope,
            "Product",
            product_name=product.name,
            description=f"{product.description} Launched in {places}.",
            owner=settings.portfolios.provider_name,
            distributor=settings.portfolios.provider_name,
            support_description=f"Questions about {product.name}",
            product_versions=[
                servicecatalog.CloudFormationProductVersion(
                    # `from_asset` would name a construct after the path of the file, which is a passing one.
                    cloud_formation_template=servicecatalog.CloudFormationTemplate.from_url(
                        _publish_template(scope, product, release)
                    ),
                    product_version_name=release.version,
                    description=release.note or f"Version {release.version}",
                )
                for release in self.offered[product.identifier]
            ],
        )
        # The CDK's own pattern of an address knows domains of two to four letters at their end alone.
        resource = offered.node.default_child
        if isinstance(resource, servicecatalog.CfnCloudFormationProduct):
            resource.support_email = settings.portfolios.support_email
        if product.portfolio == "sagemaker_projects":
            cdk.Tags.of(offered).add(*STUDIO_VISIBILITY)
        return offered

    def _add_launch_role(self, scope: Construct, product: Product, settings: Settings) -> LaunchRoleHere:
        # The role must exist in the account that creates the constraint, also where nothing is launched
        # (https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreateConstraint.html).
        launched_here = "shared_services" in product.launched_in
        role = add_launch_role(
            scope,
            "LaunchHere",
            settings=settings,
            product=product,
            templates=[release.template for release in self.offered[product.identifier]]
            if launched_here
            else [],
        )
        return LaunchRoleHere(name=settings.names.launch_role(product.identifier), construct=role)


def _offer(
    scope: Construct,
    suffix: str,
    portfolio: servicecatalog.Portfolio,
    product: servicecatalog.CloudFormationProduct,
    launch_role: LaunchRoleHere,
) -> None:
    """Put a product into a portfolio, to be launched under its role."""
    association = servicecatalog.CfnPortfolioProductAssociation(
        scope, f"{suffix}Association", portfolio_id=portfolio.portfolio_id, product_id=product.product_id
    )
    constraint = servicecatalog.CfnLaunchRoleConstraint(
        scope,
        f"{suffix}LaunchRole",
        portfolio_id=portfolio.portfolio_id,
        product_id=product.product_id,
        local_role_name=launch_role.name,
        description="The role of this name in the account that launches",
    )
    constraint.node.add_dependency(association, launch_role.construct)


def _people_elsewhere(settings: Settings, launched_in: LaunchAccount) -> tuple[str, ...]:
    """The platform's own roles of people who do not work in a kind of account.

    A principal is a name, which holds in every account: whoever works elsewhere would be shown what cannot be
    launched there.
    """
    names = settings.names
    if launched_in == "data":
        return tuple(role for role in names.roles_of_people if role != names.data_engineer_role)
    if launched_in == "development":
        return (names.ml_engineer_role, names.governance_officer_role, names.data_engineer_role)
    return (names.data_scientist_role, names.lead_data_scientist_role, names.data_engineer_role)


def _construct_id(*texts: str) -> str:
    """An id of its own for each of different texts, as they stand wherever they are of the ordinary kind.

    The CDK writes a slash in an id as two hyphens, and a key of a tag may hold the sign that ends it.
    """
    return "=".join(text.replace("%", "%25").replace("/", "%2F").replace("=", "%3D") for text in texts)


def _publish_assets(scope: Construct, product: Product) -> dict[str, AssetLocation]:
    locations = {}
    for name, folder in product.assets.items():
        asset = published(scope, f"Asset-{name}", folder)
        locations[name] = AssetLocation(bucket=asset.s3_bucket_name, key=asset.s3_object_key)
    return locations


def _publish_template(scope: Construct, product: Product, release: Release) -> str:
    is_newest = release.version == product.version
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{product.identifier}.template.json")
        path.write_text(text(release.template), encoding="utf-8")
        construct_id = "Template" if is_newest else f"Template-{release.version}"
        return s3_assets.Asset(scope, construct_id, path=str(path)).http_url
