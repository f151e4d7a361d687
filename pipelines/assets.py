"""Files that a product needs at launch."""

from dataclasses import dataclass
from pathlib import Path

CUSTOM_RESOURCES = Path(__file__).with_name("functions")
"""Code of the functions that CloudFormation invokes for custom resources, to be bundled."""


@dataclass(frozen=True)
class AssetLocation:
    """Where an asset of a product lies once the portfolios are published."""

    bucket: str
    key: str
