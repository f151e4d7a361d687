"""Files that a product needs at launch."""

from dataclasses import dataclass
from pathlib import Path

CUSTOM_RESOURCES = Path(__file__).with_name("functions")
"""Code of the functions that CloudFormation invokes for custom resources, to be bundled."""

SEED = "seed"
"""A project's asset: the first commit of its repository."""

SEEDING = "seeding"
"""A project's asset: the bundle of `CUSTOM_RESOURCES`, which starts the first commit."""


@dataclass(frozen=True)
class AssetLocation:
    """Where an asset of a product lies once the portfolios are published."""

    bucket: str
    key: str


FEATURE_FUNCTIONS = Path(__file__).parent / "features" / "functions"
"""Code of the function that fills a feature group, to be bundled."""

INGESTION = "ingestion"
"""A feature group's asset: the bundle of `FEATURE_FUNCTIONS`."""
