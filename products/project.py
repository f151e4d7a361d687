"""Products that are projects, declared by their parts.

A product of this kind is its ``product.py`` alone, with a ``README.md`` beside it: what every project has
comes from `pipelines.context`, and the rest from the parts that the declaration names.
"""

from collections.abc import Callable, Mapping

import aws_cdk as cdk
from constructs import Construct

from base.seeds import Seed
from base.settings import Settings
from pipelines import model_build, model_deploy
from pipelines.algorithms.algorithm import Algorithm
from pipelines.assets import CUSTOM_RESOURCES, SEED, SEEDING, AssetLocation
from pipelines.context import ProjectContext
from pipelines.deliveries.delivery import Delivery
from pipelines.registration import CENTRAL, TEAM_OR_CENTRAL, RegistrationChoice
from pipelines.sources.source import DataSource
from products.product import LaunchAccount, Product, ProductError, StackFactory


def build_product(
    *,
    identifier: str,
    name: str,
    description: str,
    version: str,
    source: DataSource,
    algorithm: Algorithm,
    registration: RegistrationChoice = TEAM_OR_CENTRAL,
    note: str = "",
    needs: tuple[LaunchAccount, ...] = (),
) -> Product:
    """A product that trains models in development accounts.

    Args:
        identifier: As in `Product`, and so the next three.
        name: What the catalog calls it.
        description: One or two sentences below the name.
        version: A semantic version.
        source: Where the data comes from.
        algorithm: What trains.
        registration: Where versions may be registered.
        note: As in `Product`.
        needs: As in `Product`.

    Raises:
        ProductError: The algorithm's projects cannot register where the product lets them.
    """
    if algorithm.central_registration and CENTRAL in registration.places:
        raise ProductError(
            f"{identifier} cannot register in the central registry itself, because "
            f"{algorithm.central_registration}: give it registration=RegistrationChoice(places=(TEAM,))."
        )

    def define(project: ProjectContext) -> None:
        model_build.ModelBuild(project, source=source, algorithm=algorithm, registration=registration)

    return Product(
        identifier=identifier,
        name=name,
        description=description,
        version=version,
        note=note,
        needs=needs,
        portfolio="sagemaker_projects",
        launched_in=("development",),
        stack=project_stack(define),
        seeds={SEED: Seed(*model_build.LAYERS, *algorithm.layers, *source.layers)},
        functions={SEEDING: CUSTOM_RESOURCES},
    )


def deploy_product(
    *, identifier: str, name: str, description: str, version: str, delivery: Delivery, note: str = ""
) -> Product:
    """A product that deploys approved versions to the target accounts.

    Args:
        identifier: As in `Product`, and so the next three.
        name: What the catalog calls it.
        description: One or two sentences below the name.
        version: A semantic version.
        delivery: How a version is put to use.
        note: As in `Product`.
    """

    def define(project: ProjectContext) -> None:
        model_deploy.ModelDeploy(project, delivery=delivery)

    return Product(
        identifier=identifier,
        name=name,
        description=description,
        version=version,
        note=note,
        portfolio="sagemaker_projects",
        launched_in=("shared_services",),
        stack=project_stack(define),
        seeds={SEED: Seed(*model_deploy.LAYERS, *delivery.layers)},
        functions={SEEDING: CUSTOM_RESOURCES},
        delivery=delivery,
    )


def project_stack(define: Callable[[ProjectContext], None]) -> StackFactory:
    """What makes the stack of a project.

    Args:
        define: Adds the parts to what every project has.
    """

    def make(
        scope: Construct,
        construct_id: str,
        /,
        *,
        settings: Settings,
        assets: Mapping[str, AssetLocation],
        synthesizer: cdk.IStackSynthesizer,
    ) -> cdk.Stack:
        stack = cdk.Stack(scope, construct_id, synthesizer=synthesizer)
        define(ProjectContext(stack, settings=settings, assets=assets))
        return stack

    return make
