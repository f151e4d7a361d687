"""Build a model in a container image of the team's own."""

from pipelines.algorithms.own_container import OWN_CONTAINER
from pipelines.registration import TEAM, RegistrationChoice
from pipelines.sources.s3_data import S3Data
from products.project import build_product

PRODUCT = build_product(
    identifier="build_own_container",
    name="Build a model in a container of your own",
    description=(
        "A repository with a Dockerfile and a tested training pipeline, which builds the image, then trains, "
        "evaluates, registers and documents a model in it whenever code is pushed."
    ),
    version="1.0.0",
    source=S3Data(),
    algorithm=OWN_CONTAINER,
    registration=RegistrationChoice(places=(TEAM,)),
)
