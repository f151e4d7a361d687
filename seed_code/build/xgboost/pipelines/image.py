"""The image of AWS that every step and the endpoint run in, by its names in the SageMaker SDK."""

from sagemaker.core import image_uris

from pipelines.configuration import Project
from pipelines.images import Images

# Python 3.12 with pandas 2.2.3 and scikit-learn 1.8.0.
VERSION = "3.2-0"

WITHOUT_INDEX = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
"""For training and serving, where the image installs the scripts with pip at each start. Without these, pip
downloads its build tools: every start, production's scaling out included, would need PyPI. `0` switches
isolation off (https://github.com/pypa/pip/issues/5735). Remove them if you give the scripts a
`requirements.txt` of packages that the image lacks, and name your index in `PIP_INDEX_URL`."""


def images(project: Project) -> Images:
    """The image, in the registry of the project's Region."""
    image = image_uris.retrieve("xgboost", project.aws_region, version=VERSION)
    return Images(
        jobs=image,
        endpoint=image,
        job_environment=WITHOUT_INDEX,
        endpoint_environment={
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            **WITHOUT_INDEX,
        },
    )
