"""What the tests of the registry share."""

import pytest

from registry.functions.model_registry.promotion.central import CentralGroups
from registry.functions.model_registry.promotion.copying import Copier
from registry.functions.model_registry.promotion.promote import CentralStorage, Promotion
from registry.functions.model_registry.release.release import Release
from tests.registry.cloud import HUB, REGION, REGISTRY_BUCKET, Cloud, client, use

KEY_ARN = f"arn:aws:kms:{REGION}:{HUB}:key/11111111-2222-4333-8444-555555555555"


@pytest.fixture
def cloud() -> Cloud:
    """An empty cloud, which the clients of `promotion` and `release` reach."""
    made = Cloud()
    use(made)
    return made


@pytest.fixture(scope="session")
def promotion() -> Promotion:
    """Promotion into the cloud in use."""
    return Promotion(
        sagemaker=client("sagemaker"),
        copier=Copier(s3=client("s3")),
        groups=CentralGroups(
            sagemaker=client("sagemaker"),
            organization_id="o-mlplatform1",
            reader_roles=("mlplatform-deployment-cloudformation", "mlplatform-endpoint"),
        ),
        storage=CentralStorage(bucket=REGISTRY_BUCKET, account=HUB, key_arn=KEY_ARN),
    )


@pytest.fixture(scope="session")
def release() -> Release:
    """Release from the cloud in use."""
    return Release(
        sagemaker=client("sagemaker"),
        s3=client("s3"),
        events=client("events"),
        bucket=REGISTRY_BUCKET,
        account=HUB,
        event_source="mlplatform.registry",
    )
