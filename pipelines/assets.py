"""Files that a product needs at launch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AssetLocation:
    """Where an asset of a product lies once the portfolios are published."""

    bucket: str
    key: str
