"""The images of AWS that steps and endpoint run in, by their names in the SageMaker SDK."""

from sagemaker.core import image_uris

from pipelines.configuration import Project
from pipelines.images import Images

# Python 3.12. AWS publishes no image that trains with an earlier version and is patched as long, and none yet
# that serves with this one: TensorFlow Serving reads what an earlier or a later version of the same major
# version saved, and tests/test_serving.py holds what it relies on.
TRAINING, SERVING = "2.21", "2.20"
# The images of processors; another kind of instance has its own.
INSTANCE = "ml.m5.large"


def images(project: Project) -> Images:
    """The images, in the registry of the project's Region."""

    def image(version: str, scope: str) -> str:
        found: str = image_uris.retrieve(
            "tensorflow", project.aws_region, version=version, instance_type=INSTANCE, image_scope=scope
        )
        return found

    return Images(
        jobs=image(TRAINING, "training"),
        endpoint=image(SERVING, "inference"),
        # TensorFlow otherwise tells what it finds of a machine.
        job_environment={"TF_CPP_MIN_LOG_LEVEL": "2"},
    )
