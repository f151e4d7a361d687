"""What a stage of the batch transform is configured with."""

from typing import Annotated

from pydantic import Field, StringConstraints

from deploy.project import StageFile

Folder = Annotated[
    str, StringConstraints(pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S*$", max_length=1024)
]
ContentType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$")]


class StageConfiguration(StageFile):
    """The content of `config/<stage>.json`."""

    # When transforms start: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    schedule: Annotated[str, StringConstraints(pattern=r"^(rate|cron)\([^()]+\)$", max_length=256)]
    time_zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$", max_length=50)]
    # Whether the schedule starts transforms; the integration test starts its own in any case.
    enabled: bool
    # Where the input lies and the output goes; null for the project's folders in the account's own bucket.
    input_uri: Folder | None
    output_uri: Folder | None
    content_type: ContentType
    accept: ContentType
    instance_type: Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]
    instance_count: Annotated[int, Field(ge=1, le=100)]
    # Whether the container reaches no network and gets no credentials; SageMaker itself reads and writes S3.
    # https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
    network_isolation: bool
