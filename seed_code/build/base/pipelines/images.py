"""What an algorithm says of the containers that its jobs and its endpoint run in."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Images:
    """The images of a project, which `pipelines/image.py` names.

    Attributes:
        jobs: URI of the image in which every step runs.
        endpoint: URI of the image that serves the model.
        job_environment: Variables of the training job.
        endpoint_environment: Variables of the container that serves.
        toolkit: Whether the image of the jobs runs the script of a step, as SageMaker's images do. Any other
            has a program of its own, which trains when it is started with ``train``.
    """

    jobs: str
    endpoint: str
    job_environment: Mapping[str, str] = field(default_factory=dict)
    endpoint_environment: Mapping[str, str] = field(default_factory=dict)
    toolkit: bool = True
