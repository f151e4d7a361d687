"""The project's own image, in which every step and the endpoint run: by its digest, as its build says."""

import re

from pipelines.configuration import ConfigurationError, Project
from pipelines.images import Images

_BY_DIGEST = re.compile(
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/[a-z0-9._/-]+@sha256:[0-9a-f]{64}", re.ASCII
)


def images(project: Project) -> Images:
    """The image.

    Raises:
        ConfigurationError: `IMAGE_URI` is not set, or names no image of Amazon ECR by its digest.
    """
    image = project.image_uri
    if not image or not _BY_DIGEST.fullmatch(image):
        raise ConfigurationError(
            f'IMAGE_URI is "{image or ""}": give an image of Amazon ECR by its digest, as the build of '
            "the image does (buildspec-image.yml)."
        )
    return Images(jobs=image, endpoint=image, toolkit=False)
