"""Amazon SageMaker: the service with all its operations, each group of which is a file of its own.

What none of them answers is moto's to answer.
"""

# Imported for the operations that they add.
from emulator.sagemaker import resources, runtime, tags  # noqa: F401
from emulator.sagemaker.cards import cards, resource  # noqa: F401
from emulator.sagemaker.features import groups as feature_groups  # noqa: F401
from emulator.sagemaker.features.records import runtime as features
from emulator.sagemaker.hosting import hosting  # noqa: F401
from emulator.sagemaker.jobs import jobs  # noqa: F401
from emulator.sagemaker.lineage import lineage  # noqa: F401
from emulator.sagemaker.pipelines import pipelines  # noqa: F401
from emulator.sagemaker.projects import domains, projects  # noqa: F401
from emulator.sagemaker.registry import groups, versions  # noqa: F401
from emulator.sagemaker.service import sagemaker

sagemaker.add_features(features)

__all__ = ["sagemaker"]
