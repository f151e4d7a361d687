"""Train a neural network."""

from pipelines.algorithms.tensorflow import TENSORFLOW
from pipelines.registration import CENTRAL, RegistrationChoice
from pipelines.sources.s3_data import S3Data
from products.project import build_product

PRODUCT = build_product(
    identifier="build_neural_network",
    name="Train a neural network (TensorFlow)",
    description=(
        "A repository with a tested training pipeline, which trains a neural network on tabular data in S3 "
        "whenever code is pushed, and registers it in the central model registry."
    ),
    version="1.0.0",
    source=S3Data(),
    algorithm=TENSORFLOW,
    registration=RegistrationChoice(places=(CENTRAL,)),
)
