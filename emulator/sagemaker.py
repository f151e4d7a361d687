"""Amazon SageMaker: the service with all its operations, each group of which is a file of its own.

What none of them answers is moto's to answer.
"""

from emulator import (  # noqa: F401 (imported for the operations that they add)
    sagemaker_card_resource,
    sagemaker_cards,
    sagemaker_domains,
    sagemaker_groups,
    sagemaker_hosting,
    sagemaker_jobs,
    sagemaker_lineage,
    sagemaker_pipelines,
    sagemaker_projects,
    sagemaker_registry,
    sagemaker_resources,
    sagemaker_runtime,
    sagemaker_tags,
)
from emulator.sagemaker_service import sagemaker

__all__ = ["sagemaker"]
