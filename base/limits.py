"""How long AWS lets policies become, and what else of the platform grows."""

import json
from dataclasses import dataclass
from typing import Any, Literal

NEAR = 0.9
"""From this share of a limit on, a check warns."""

_ONE_CONDITION = "let one condition on the organisation, its units or a role's name stand for a list"
_SPLIT = "split it in two"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A limit of AWS.

    Attributes:
        name: What it limits.
        maximum: The most that AWS takes.
        unit: What is counted: IAM leaves out white space, other services count the text as it is sent.
        source: The page of AWS that says so.
        remedy: What to do when it comes near.
    """

    name: str
    maximum: int
    unit: Literal["characters", "bytes", "entries"]
    source: str
    remedy: str

    def size(self, *documents: Any) -> int:
        """How much of the limit documents use up together.

        Args:
            documents: Policies, as mappings; lists, where entries count.
        """
        if self.unit == "entries":
            return sum(map(len, documents))
        texts = [json.dumps(document, separators=(",", ":"), ensure_ascii=False) for document in documents]
        return sum(len(text.encode() if self.unit == "bytes" else text) for text in texts)


BUCKET_POLICY = Limit(
    name="a bucket policy",
    maximum=20 * 1024,
    unit="bytes",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html",
    remedy=_ONE_CONDITION,
)
KEY_POLICY = Limit(
    name="a key policy",
    maximum=32 * 1024,
    unit="bytes",
    source="https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
    remedy=_ONE_CONDITION,
)
GROUP_POLICY = Limit(
    name="a model package group policy",
    maximum=20_480,
    unit="characters",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PutModelPackageGroupPolicy.html",
    remedy=_ONE_CONDITION,
)
EVENT_BUS_POLICY = Limit(
    name="an event bus policy",
    maximum=10_240,
    unit="characters",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
    remedy=_ONE_CONDITION,
)
REPOSITORY_POLICY = Limit(
    name="an image repository policy",
    maximum=10_240,
    unit="characters",
    source="https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html",
    remedy=_ONE_CONDITION,
)
TOPIC_POLICY = Limit(
    name="a topic policy",
    maximum=30 * 1024,
    unit="bytes",
    source="https://docs.aws.amazon.com/general/latest/gr/sns.html",
    remedy=_ONE_CONDITION,
)
QUEUE_POLICY = Limit(
    name="a queue policy",
    maximum=8_192,
    unit="bytes",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
    remedy=_ONE_CONDITION,
)
TRUST_POLICY = Limit(
    name="the trust policy of a role",
    maximum=2_048,
    unit="characters",
    source=_IAM,
    remedy=f"{_ONE_CONDITION}, or ask AWS for up to 4,096 characters in the account",
)
INLINE_POLICIES = Limit(
    name="the inline policies of a role",
    maximum=10_240,
    unit="characters",
    source=_IAM,
    remedy="move a part into a managed policy",
)
MANAGED_POLICY = Limit(name="a managed policy", maximum=6_144, unit="characters", source=_IAM, remedy=_SPLIT)
MANAGED_POLICIES = Limit(
    name="the managed policies of a role",
    maximum=10,
    unit="entries",
    source=_IAM,
    remedy="put the statements of several policies into one",
)
SERVICE_CONTROL_POLICY = Limit(
    name="a service control policy",
    maximum=5_120,
    unit="characters",
    source="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
    remedy=_SPLIT,
)
MODEL_CARD = Limit(
    name="the content of a model card",
    maximum=100_000,
    unit="characters",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelCard.html",
    remedy="keep reports in S3 and name their address in the card",
)
CUSTOMER_METADATA = Limit(
    name="the customer metadata of a model version",
    maximum=50,
    unit="entries",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html",
    remedy="keep a document in S3 and name its address in the metadata",
)


LIMITS = (
    BUCKET_POLICY,
    KEY_POLICY,
    GROUP_POLICY,
    EVENT_BUS_POLICY,
    REPOSITORY_POLICY,
    TOPIC_POLICY,
    QUEUE_POLICY,
    TRUST_POLICY,
    INLINE_POLICIES,
    MANAGED_POLICY,
    MANAGED_POLICIES,
    SERVICE_CONTROL_POLICY,
    MODEL_CARD,
    CUSTOMER_METADATA,
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """How much of a limit something uses up.

    Attributes:
        where: What it is, for people to find.
        limit: The limit.
        size: How much of it is used.
        is_packed: Whether our code fills it up, and begins another one when it is full.
    """

    where: str
    limit: Limit
    size: int
    is_packed: bool = False

    @property
    def share(self) -> float:
        """The share of the limit that is used."""
        return self.size / self.limit.maximum

    @property
    def is_too_large(self) -> bool:
        """Whether AWS would refuse it."""
        return self.size > self.limit.maximum

    @property
    def is_near(self) -> bool:
        """Whether it is above the limit, or will be before long."""
        return self.is_too_large or (not self.is_packed and self.share >= NEAR)

    @property
    def sentence(self) -> str:
        """What somebody reads who is to do something about it."""
        limit = self.limit
        how = "where" if self.is_too_large else "near the limit where"
        return (
            f"{self.where}: {self.size:,} {limit.unit}, {how} AWS takes {limit.maximum:,} for {limit.name}: "
            f"{limit.remedy} ({limit.source})."
        )
