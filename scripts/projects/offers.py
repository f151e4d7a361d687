"""Products that the caller is offered for projects, and their versions.

https://docs.aws.amazon.com/servicecatalog/latest/dg/API_SearchProducts.html shows what the caller may launch;
a product is for projects if it takes the name and the id of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from base.names import PORTFOLIO_NAMES
from scripts.console.change import OperatorError
from scripts.projects.form import FILLED_IN_BY_SAGEMAKER, Form
from scripts.projects.template import Template, read

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_servicecatalog.client import ServiceCatalogClient
    from mypy_boto3_servicecatalog.type_defs import ProvisioningArtifactParameterTypeDef


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a product that may be launched."""

    identifier: str
    name: str
    created: "datetime"


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product as the caller is offered it.

    Attributes:
        identifier: Its id.
        name: What people call it.
        path_id: The launch path, by which AWS finds the portfolio.
        versions: Its versions, oldest first.
    """

    identifier: str
    name: str
    path_id: str
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        """The version that a launch takes by itself."""
        return self.versions[-1]

    def version(self, name: str | None) -> Version:
        """A version by its name; the newest without a name.

        Raises:
            OperatorError: There is none of that name.
        """
        if name is None:
            return self.newest
        for version in self.versions:
            if version.name == name:
                return version
        raise OperatorError(
            f"'{self.name}' has no version {name}: there are "
            f"{', '.join(version.name for version in self.versions)}."
        )


class Catalog:
    """What the caller is offered."""

    def __init__(self, *, service_catalog: "ServiceCatalogClient", s3: "S3Client", caller: str) -> None:
        """Look with somebody's credentials.

        Args:
            service_catalog: A client with the caller's credentials.
            s3: Likewise.
            caller: The caller's ARN, for messages.
        """
        self._service_catalog = service_catalog
        self._s3 = s3
        self._caller = caller

    def names(self) -> dict[str, str]:
        """The name of each product that the caller may launch, by its id."""
        # botocore has no paginator for this operation.
        page = self._service_catalog.search_products()
        found: dict[str, str] = {}
        while True:
            found |= {each["ProductId"]: each["Name"] for each in page["ProductViewSummaries"]}
            if not page.get("NextPageToken"):
                return found
            page = self._service_catalog.search_products(PageToken=page["NextPageToken"])

    def find(self, wanted: str | None) -> Product:
        """The product that somebody means: by id, by name, or by words of its name.

        Args:
            wanted: What they say; None if there is but one to choose.

        Raises:
            OperatorError: There is none, or several.
        """
        offered = self.names()
        if not offered:
            raise OperatorError(
                f"{self._caller} is offered no product in this Region: use a role that catalog.yaml names as "
                f"a principal of '{PORTFOLIO_NAMES['sagemaker_projects']}', and see that the portfolio is "
                "deployed and shared."
            )
        fitting = [each for each in offered if _fits(wanted, each, offered[each])]
        exact = [each for each in fitting if wanted in (each, offered[each])]
        if len(exact or fitting) != 1:
            fault = "is none of" if not fitting else "may be any of"
            said = f"'{wanted}' {fault}" if wanted is not None else "Name one with --product:"
            listed = ", ".join(f"'{offered[each]}'" for each in (fitting or offered))
            raise OperatorError(f"{said} the products that {self._caller} is offered: {listed}.")
        (identifier,) = exact or fitting
        return self.product(identifier)

    def product(self, identifier: str) -> Product:
        """A product by its id.

        Raises:
            OperatorError: The caller is offered no version of it.
        """
        described = self._service_catalog.describe_product(Id=identifier)
        name = described["ProductViewSummary"]["Name"]
        versions = sorted(
            (
                Version(identifier=each["Id"], name=each["Name"], created=each["CreatedTime"])
                for each in described["ProvisioningArtifacts"]
                if each.get("Guidance") != "DEPRECATED"
            ),
            key=lambda version: version.created,
        )
        paths = self._service_catalog.list_launch_paths(ProductId=identifier)["LaunchPathSummaries"]
        if not versions or not paths:
            raise OperatorError(
                f"No version of '{name}' can be launched by {self._caller}: ask the platform engineer."
            )
        return Product(identifier=identifier, name=name, path_id=paths[0]["Id"], versions=tuple(versions))

    def template(self, product: Product, version_id: str) -> Template | None:
        """The template of a version, if the caller may read it."""
        return read(self._service_catalog, self._s3, product_id=product.identifier, artifact_id=version_id)

    def form(self, product: Product, version: Version) -> Form:
        """The form of a version.

        Raises:
            OperatorError: The product is none for projects.
        """
        described: Sequence[ProvisioningArtifactParameterTypeDef] = (
            self._service_catalog.describe_provisioning_parameters(
                ProductId=product.identifier,
                ProvisioningArtifactId=version.identifier,
                PathId=product.path_id,
            )["ProvisioningArtifactParameters"]
        )
        names = {parameter["ParameterKey"] for parameter in described}
        if not names.issuperset(FILLED_IN_BY_SAGEMAKER):
            raise OperatorError(
                f"'{product.name}' is no product for projects: launch it in the console of Service Catalog."
            )
        return Form.of(list(described), self.template(product, version.identifier))


def _fits(wanted: str | None, identifier: str, name: str) -> bool:
    if wanted is None or wanted == identifier:
        return True
    return all(word in name.lower() for word in wanted.lower().replace("_", " ").split())
