"""Find and launch products as the people of an account do: by the name they read."""

from dataclasses import dataclass
from typing import Any

from base.names import ProjectNames
from rehearsal import commands
from rehearsal.people import Person
from rehearsal.processes import ProcessError
from rehearsal.story import ActError, Project, Story
from rehearsal.waiting import provisioned

STUDIO_DOMAIN = "SageMaker Studio domain"
BUILD_PROJECT = "Build a model from S3 data"
DEPLOY_PROJECT = "Deploy a real-time endpoint, test and production"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The newest version of a product, as it is offered to a person."""

    product_id: str
    artifact_id: str
    path_id: str


def find(story: Story, person: Person, name: str) -> Offer:
    """Find a product by its name.

    Raises:
        ActError: The person is not offered such a product; the message names what is offered.
    """
    catalog = story.acting_as(person, "servicecatalog")
    offered = {
        summary["Name"]: summary["ProductId"] for summary in catalog.search_products()["ProductViewSummaries"]
    }
    if name not in offered:
        raise ActError(
            f"{person.role} is not offered '{name}' but {', '.join(sorted(offered)) or 'nothing at all'}"
        )
    return offer(catalog, offered[name])


def offer(catalog: Any, product_id: str) -> Offer:
    """Return the newest version of a product and the path to launch it by.

    Args:
        catalog: A Service Catalog client of whoever wants to launch it.
        product_id: The product.
    """
    artifacts = catalog.describe_product(Id=product_id)["ProvisioningArtifacts"]
    newest = max(artifacts, key=lambda artifact: artifact["CreatedTime"])
    paths = catalog.list_launch_paths(ProductId=product_id)["LaunchPathSummaries"]
    return Offer(product_id=product_id, artifact_id=newest["Id"], path_id=paths[0]["Id"])


def begin(story: Story, person: Person, name: str, title: str, parameters: dict[str, str]) -> str:
    """Begin to launch a product.

    Args:
        story: The story.
        person: Who launches it.
        name: Name of the product.
        title: Name of what is provisioned.
        parameters: The product's parameters.

    Returns:
        The id of the launch's record.
    """
    found = find(story, person, name)
    record = story.acting_as(person, "servicecatalog").provision_product(
        ProductId=found.product_id,
        ProvisioningArtifactId=found.artifact_id,
        PathId=found.path_id,
        ProvisionedProductName=title,
        ProvisioningParameters=[{"Key": key, "Value": value} for key, value in parameters.items()],
    )["RecordDetail"]
    return str(record["RecordId"])


def finish(story: Story, person: Person, record_id: str) -> dict[str, Any]:
    """Wait for a launch, and return the outputs of the product."""
    return provisioned(story, person, record_id)


def create_project(
    story: Story, person: Person, product: str, name: str, parameters: dict[str, str]
) -> Project:
    """Create a SageMaker project from a product by the command for it, and wait for it.

    Args:
        story: The story.
        person: Who creates it.
        product: Name of the product.
        name: Name of the project.
        parameters: The product's parameters beside the project's name and id.

    Raises:
        ActError: It was not created; the message is what the command says.
    """
    options = [part for key, value in parameters.items() for part in ("--set", f"{key}={value}")]
    try:
        commands.catalog(story, person, "project", "create", name, "--product", product, *options)
    except ProcessError as error:
        raise ActError(f"project {name} was not created: {' '.join(error.lines)}") from error
    identifier = story.acting_as(person, "sagemaker").describe_project(ProjectName=name)["ProjectId"]
    settings = story.accounts.settings
    return Project(
        name=name,
        id=identifier,
        names=ProjectNames(
            prefix=settings.name_prefix,
            project_name=name,
            project_id=identifier,
            account=story.accounts.account_id(person.account),
            region=settings.region,
        ),
    )
