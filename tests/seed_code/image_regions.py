"""Prints each Region of its arguments in which AWS publishes the image of the build seed, as its SDK knows it."""

import sys

from pipelines.jobs import XGBOOST_VERSION  # type: ignore[import-not-found]
from sagemaker.core import image_uris  # type: ignore[import-not-found]

for region in sys.argv[1:]:
    try:
        image_uris.retrieve("xgboost", region, version=XGBOOST_VERSION)
    except ValueError:
        continue
    print(region)  # noqa: T201
