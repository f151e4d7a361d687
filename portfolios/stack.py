"""Both portfolios, their products, and who may launch them."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_servicecatalog as servicecatalog
from constructs import Construct

from names import PORTFOLIO_NAMES
from pipelines.assets import AssetLocation
from portfolios.foundation import asset_synthesizer
from products.product import ASSET_EXCLUDE, Portfolio, Product, Template, render_all
from settings import Settings

# Studio shows a product in the form for new projects if the product itself carries this tag
# (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html).
STUDIO_VISIBILITY = ("sagemaker:studio-visibility", "true")


_DESCRIPTIONS: Mapping[Portfolio, str] = {
    "ml_admin": "What a team's administrator sets up once in an account, before the first project.",
    "sagemaker_projects": "Projects that Amazon SageMaker Studio offers: train a model, deploy a model.",
}


class PortfoliosStack(cdk.Stack):
    """The portfolios, to be shared with the organisation's accounts.

    Sharing them with an organisational unit has no resource in CloudFormation: `scripts` does it.

    Attributes:
        assets: Where the seeds and functions of each product are published, by the product's identifier.
        templates: The rendered template of each product, by the product's identifier.
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
        self.assets: Mapping[str, Mapping[str, AssetLocation]] = {
            product.identifier: self._publish(product) for product in products
        }
        self.templates: Mapping[str, Template] = render_all(products, settings, self.assets)
        portfolios: dict[Portfolio, servicecatalog.Portfolio] = {
            "ml_admin": self._add_portfolio("ml_admin", settings, settings.portfolios.ml_admin.principals),
            "sagemaker_projects": self._add_portfolio(
                "sagemaker_projects", settings, settings.portfolios.sagemaker_projects.principals
            ),
        }
        self._add_tag_options(portfolios.values(), settings)
        for product in products:
            self._add_product(product, portfolios[product.portfolio], settings)

    def _publish(self, product: Product) -> dict[str, AssetLocation]:
        locations = {}
        for name, folder in product.assets.items():
            asset = s3_assets.Asset(
                self,
                f"{_camel(product.identifier)}{_camel(name)}",
                path=str(folder),
                exclude=list(ASSET_EXCLUDE),
                ignore_mode=cdk.IgnoreMode.GIT,
            )
            locations[name] = AssetLocation(bucket=asset.s3_bucket_name, key=asset.s3_object_key)
        return locations

    def _add_portfolio(
        self, key: Portfolio, settings: Settings, principals: Iterable[str]
    ) -> servicecatalog.Portfolio:
        construct_id = _camel(key)
        portfolio = servicecatalog.Portfolio(
            self,
            construct_id,
            display_name=PORTFOLIO_NAMES[key],
            provider_name=settings.portfolios.provider_name,
            description=_DESCRIPTIONS[key],
        )
        for name in principals:
            # A name without an account id holds in whichever account the portfolio is shared with. Whoever
            # may create a role of this name there may launch: hence exact names, and no patterns
            # (https://docs.aws.amazon.com/servicecatalog/latest/adminguide/catalogs_portfolios_sharing_how-to-share.html).
            servicecatalog.CfnPortfolioPrincipalAssociation(
                self,
                f"{construct_id}Principal{_camel(name)}",
                portfolio_id=portfolio.portfolio_id,
                principal_arn=f"arn:aws:iam:::role/{name}",
                principal_type="IAM_PATTERN",
            )
        return portfolio

    def _add_tag_options(self, portfolios: Iterable[servicecatalog.Portfolio], settings: Settings) -> None:
        if settings.portfolios.tag_options:
            values = {key: list(choice) for key, choice in settings.portfolios.tag_options.items()}
            options = servicecatalog.TagOptions(self, "TagOptions", allowed_values_for_tags=values)
            for portfolio in portfolios:
                portfolio.associate_tag_options(options)

    def _publish_template(self, product: Product) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"{product.identifier}.template.json")
            path.write_text(json.dumps(self.templates[product.identifier], indent=1), encoding="utf-8")
            return s3_assets.Asset(self, f"{_camel(product.identifier)}Template", path=str(path)).http_url

    def _add_product(self, product: Product, portfolio: servicecatalog.Portfolio, settings: Settings) -> None:
        construct_id = _camel(product.identifier)
        offered = servicecatalog.CloudFormationProduct(
            self,
            construct_id,
            product_name=product.name,
            description=product.description,
            owner=settings.portfolios.provider_name,
            distributor=settings.portfolios.provider_name,
            support_email=settings.portfolios.support_email,
            support_description=f"Questions about {product.name}",
            product_versions=[
                servicecatalog.CloudFormationProductVersion(
                    # `from_asset` would name a construct after the path of the file, which is a passing one.
                    cloud_formation_template=servicecatalog.CloudFormationTemplate.from_url(
                        self._publish_template(product)
                    ),
                    product_version_name=product.version,
                    description=f"Version {product.version}",
                )
            ],
        )
        if product.portfolio == "sagemaker_projects":
            cdk.Tags.of(offered).add(*STUDIO_VISIBILITY)
        association = servicecatalog.CfnPortfolioProductAssociation(
            self,
            f"{construct_id}Association",
            portfolio_id=portfolio.portfolio_id,
            product_id=offered.product_id,
        )
        constraint = servicecatalog.CfnLaunchRoleConstraint(
            self,
            f"{construct_id}LaunchRole",
            portfolio_id=portfolio.portfolio_id,
            product_id=offered.product_id,
            local_role_name=settings.names.launch_role(product.identifier),
            description="The role of this name in the account that launches",
        )
        constraint.add_resource_dependency(association)


def _camel(text: str) -> str:
    return "".join(word[0].upper() + word[1:] for word in text.replace("-", "_").split("_") if word)
