"""Promotion into the cloud in use, and versions to promote."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.events import ModelVersionArn
from registry.functions.model_registry.promotion.central import CentralGroups
from registry.functions.model_registry.promotion.copying import Copier
from registry.functions.model_registry.promotion.drafts import Drafts
from registry.functions.model_registry.promotion.fields import carried_fields
from registry.functions.model_registry.promotion.image_copying import ImageCopier
from registry.functions.model_registry.promotion.leftovers import Leftovers
from registry.functions.model_registry.promotion.promote import Promotion
from registry.functions.model_registry.promotion.refusals import Refusals
from registry.functions.model_registry.promotion.repositories import CentralRepositories
from registry.functions.model_registry.promotion.time_limit import TimeLimit
from registry.functions.model_registry.promotion.transfer import CentralStorage, Transfer
from registry.functions.model_registry.readers import Readers
from registry.functions.model_registry.receipts import ReceiptBook
from tests.registry.cloud import (
    HUB,
    REGION,
    REGISTRY_BUCKET,
    TEAM,
    TEAM_BUCKET,
    Cloud,
    Downloads,
    client,
)

KEY_ARN = f"arn:aws:kms:{REGION}:{HUB}:key/11111111-2222-4333-8444-555555555555"
ROLE_ARN = f"arn:aws:iam::{HUB}:role/mlplatform-promotion"
AWS_IMAGE = f"141502667606.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:3.2-0"
READERS = Readers(
    organization_id="o-mlplatform1",
    organization_paths=("o-mlplatform1/*/ou-ml01-test0001/*",),
    roles=("mlplatform-deployment-cloudformation", "mlplatform-endpoint"),
)
GROUP = "Churn-p-abc"
EVALUATION = b'{"regression_metrics": {"rmse": {"value": 2.5}}}'
OWN_FILES = re.compile(r"^models/[^/]+/[^/]+/[^/]+/[^/]+/receipt(-draft)?\.json$")
STARTED = datetime(2026, 11, 21, 9, tzinfo=UTC)


def make_promotion() -> Promotion:
    """Promotion into the cloud in use."""
    sagemaker, s3, ecr = client("sagemaker"), client("s3"), client("ecr")
    refusals = Refusals(role_arn=ROLE_ARN, region=REGION)
    cards = Cards(sagemaker=sagemaker)
    leftovers = Leftovers(s3=s3, bucket=REGISTRY_BUCKET, account=HUB)
    return Promotion(
        sagemaker=sagemaker,
        refusals=refusals,
        transfer=Transfer(
            copier=Copier(s3=s3, refusals=refusals),
            image_copier=ImageCopier(
                ecr=ecr,
                http=Downloads(),
                repositories=CentralRepositories(
                    ecr=ecr,
                    account=HUB,
                    region=REGION,
                    prefix="mlplatform-models",
                    key_arn=KEY_ARN,
                    readers=READERS,
                ),
                refusals=refusals,
            ),
            storage=CentralStorage(bucket=REGISTRY_BUCKET, account=HUB, region=REGION, key_arn=KEY_ARN),
            leftovers=leftovers,
            fields=carried_fields(sagemaker),
            card=lambda source: cards.describing(source.group, {source.arn.arn}),
        ),
        groups=CentralGroups(sagemaker=sagemaker, account=HUB, readers=READERS),
        receipts=ReceiptBook(s3=s3, bucket=REGISTRY_BUCKET, account=HUB),
        drafts=Drafts(s3=s3, bucket=REGISTRY_BUCKET, account=HUB),
        leftovers=leftovers,
    )


def time_limit(started: datetime = STARTED, remaining_ms: Callable[[], int] = lambda: 900_000) -> TimeLimit:
    """The time of one invocation; plenty, unless something else is said."""
    return TimeLimit(started=started, remaining_ms=remaining_ms)


def promote(promotion: Promotion, arn: str, time: TimeLimit | None = None) -> str:
    """Run promotion on a version of a team."""
    return promotion.follow(ModelVersionArn.parse(arn), time or time_limit())


def container(uri: str, **more: Any) -> dict[str, Any]:
    """A container with an image of AWS, unless it is given another."""
    return {"Image": AWS_IMAGE, "ModelDataUrl": uri, **more}


def inference(*containers: dict[str, Any]) -> dict[str, Any]:
    """An inference specification."""
    return {
        "Containers": list(containers),
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["application/json"],
    }


def uncompressed(prefix: str) -> dict[str, Any]:
    """A container whose model is all objects below a prefix of the team's bucket."""
    source = {"S3Uri": f"s3://{TEAM_BUCKET}/{prefix}", "S3DataType": "S3Prefix", "CompressionType": "None"}
    return {"Image": AWS_IMAGE, "ModelDataSource": {"S3DataSource": source}}


def central_objects(cloud: Cloud) -> dict[str, bytes]:
    """What is in the central bucket, by key, without what the registry itself writes."""
    return {
        key: item.body
        for (bucket, key), item in cloud.objects.items()
        if bucket == REGISTRY_BUCKET and not OWN_FILES.match(key)
    }


def simple_version(cloud: Cloud, body: bytes = b"the model", group: str = GROUP, **fields: Any) -> str:
    """A version as the build project registers it, approved."""
    uri = cloud.put(TEAM_BUCKET, "models/run-1/model.tar.gz", body)
    report = cloud.put(TEAM_BUCKET, "runs/run-1/evaluation.json", EVALUATION)
    metrics = {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": report}}}
    given = {
        "InferenceSpecification": inference(container(uri)),
        "ModelMetrics": metrics,
        "CustomerMetadataProperties": {"commit": "abc123"},
    }
    arn = cloud.register(TEAM, group, **given | fields)
    cloud.approve(arn)
    return arn


def only_central_version(cloud: Cloud, group: str = GROUP) -> dict[str, Any]:
    """The one version that a central group has."""
    (version,) = cloud.versions_of(HUB, group)
    return version
