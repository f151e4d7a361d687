"""Folders that the CDK publishes."""

from pathlib import Path

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from base.archives import archive


def published(scope: Construct, construct_id: str, folder: Path) -> s3_assets.Asset:
    """Publish a folder as a zip archive, whose key follows from the files alone.

    The CDK would read, copy and zip each file of a folder anew at each synthesis and deployment. It gets one
    file, and takes the folder's name, which carries a digest of the files, for its hash.

    Args:
        scope: The construct that the asset belongs to.
        construct_id: Its id there.
        folder: A folder that `base.trees.assemble` returned.
    """
    return s3_assets.Asset(scope, construct_id, path=str(archive(folder)), asset_hash=folder.name)
