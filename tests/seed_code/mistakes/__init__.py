"""Seeds that are wrong on purpose: a module for each product, with what its seed's own checks must notice.

A mistake in a layer that several seeds share is tried in one of them.
"""

from collections.abc import Mapping, Sequence

from tests.seed_code.mistakes import (
    build_from_feature_group,
    build_from_lake,
    build_from_s3,
    build_from_subscription,
    build_neural_network,
    build_own_container,
    deploy_batch,
    deploy_realtime,
)
from tests.seed_code.mistakes.mistake import Mistake

__all__ = ["MISTAKES", "Mistake"]

MISTAKES: Mapping[str, Sequence[Mistake]] = {
    "build_from_feature_group": build_from_feature_group.MISTAKES,
    "build_from_lake": build_from_lake.MISTAKES,
    "build_from_s3": build_from_s3.MISTAKES,
    "build_neural_network": build_neural_network.MISTAKES,
    "build_own_container": build_own_container.MISTAKES,
    "build_from_subscription": build_from_subscription.MISTAKES,
    "deploy_batch": deploy_batch.MISTAKES,
    "deploy_realtime": deploy_realtime.MISTAKES,
}
"""By the product's identifier."""
