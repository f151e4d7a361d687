"""Prints each Region of its arguments in which AWS publishes the build seed's image, as its SDK knows it."""

import sys

from pipelines.image import FRAMEWORK, VERSION  # type: ignore[import-not-found]
from sagemaker.core import image_uris  # type: ignore[import-not-found]

for region in sys.argv[1:]:
    try:
        image_uris.retrieve(FRAMEWORK, region, version=VERSION)
    except ValueError:
        continue
    print(region)
