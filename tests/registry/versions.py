"""Central versions as promotion or a project leaves them."""

from collections.abc import Mapping
from typing import Any

from registry.functions.model_registry.artifacts import CentralArtifacts
from registry.functions.model_registry.receipts import ReceiptBook
from registry.functions.model_registry.records import Receipt, receipt_content
from tests.registry.cloud import HUB, REGISTRY_BUCKET, TEAM, Cloud, client

GROUP = "churn-p-abc"
PROMOTED = f"models/{TEAM}/{GROUP}/1/20261121T091500Z/"
REGISTERED = f"registered/{TEAM}/p-abc/run-1/"
ML_ENGINEER = "mlplatform-ml-engineer"
APPROVER = f"arn:aws:sts::{HUB}:assumed-role/{ML_ENGINEER}/session"
METRICS = {"rmse": 2.5}
IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"


def book() -> ReceiptBook:
    """The receipts of the cloud in use."""
    return ReceiptBook(s3=client("s3"), bucket=REGISTRY_BUCKET, account=HUB)


def artifacts() -> CentralArtifacts:
    """The artifacts of the cloud in use."""
    return CentralArtifacts(s3=client("s3"), bucket=REGISTRY_BUCKET, account=HUB)


def promoted_version(
    cloud: Cloud, folder: str = PROMOTED, metrics: Mapping[str, float] = METRICS, **fields: Any
) -> str:
    """A promoted version with one artifact, one report, and a receipt."""
    team = cloud.register(TEAM, GROUP, CustomerMetadataProperties={"commit": "4f2c9d1e"})
    cloud.approve(team)
    arn = _version(cloud, folder, source_model_package_arn=team, **fields)
    sha256 = book().write(
        folder,
        receipt_content(
            source=cloud.versions[team],
            central_model_package_arn=arn,
            artifacts=artifacts().measured(cloud.versions[arn]),
            images=[],
            metrics=metrics,
            model_card=None,
        ),
    )
    cloud.versions[arn]["CustomerMetadataProperties"] |= book().metadata(folder, sha256)
    cloud.calls.clear()
    return arn


def registered_version(cloud: Cloud, folder: str = REGISTERED, **fields: Any) -> str:
    """A version that a project registered in the central group itself."""
    arn = _version(cloud, folder, **fields)
    cloud.groups[HUB, GROUP].tags = {"source-account": TEAM, "registers-directly": "mlplatform-training-p"}
    return arn


def receipt(cloud: Cloud, arn: str) -> Receipt:
    """The receipt of a version."""
    return book().read(cloud.versions[arn])


def tags(cloud: Cloud, name: str = "model.tar.gz", folder: str = PROMOTED) -> dict[str, str]:
    """The tags of an object of a version."""
    return cloud.objects[REGISTRY_BUCKET, f"{folder}{name}"].tags


def _version(cloud: Cloud, folder: str, **fields: Any) -> str:
    artifact = cloud.put(REGISTRY_BUCKET, f"{folder}model.tar.gz", b"weights")
    report = cloud.put(REGISTRY_BUCKET, f"{folder}evaluation.json", b'{"metrics": {"rmse": {"value": 2.5}}}')
    source = fields.pop("source_model_package_arn", None)
    statistics = {"ContentType": "application/json", "S3Uri": report}
    given = {
        "InferenceSpecification": {"Containers": [{"Image": IMAGE, "ModelDataUrl": artifact}]},
        "ModelMetrics": {"ModelQuality": {"Statistics": statistics}},
        "CustomerMetadataProperties": {"source_model_package_arn": source} if source else {},
    }
    return cloud.register(HUB, GROUP, **given | fields)
