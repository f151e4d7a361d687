"""Prints each Region of its arguments in which AWS publishes the build seed's image, as its SDK knows it."""

import sys
from types import SimpleNamespace

from pipelines.image import images  # type: ignore[import-not-found]

for region in sys.argv[1:]:
    try:
        images(SimpleNamespace(aws_region=region))
    except ValueError:
        continue
    print(region)
