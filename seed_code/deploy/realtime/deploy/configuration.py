"""What a stage of the endpoint is configured with."""

from typing import Annotated

from pydantic import Field, StringConstraints

from deploy.project import StageFile


class StageConfiguration(StageFile):
    """The content of `config/<stage>.json`."""

    instance_type: Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]
    instance_count: Annotated[int, Field(ge=1, le=100)]
    # Share of the requests that are kept with their answers; 0 keeps none.
    data_capture_percentage: Annotated[int, Field(ge=0, le=100)]
    # Whether the container reaches no network and gets no credentials; SageMaker itself fetches the model and
    # captures the data. False for a model whose code calls AWS or a package index.
    # https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
    network_isolation: bool
