"""What the questions have in common: the things of the example, and requests about them."""

from dataclasses import dataclass

from access.access import Keys, Request
from access.example import CREATED, DIRECT, TEAM, Example
from base.contracts.objects import registered


@dataclass(frozen=True, kw_only=True, eq=False)
class Ability:
    """Something that a role may be able to do.

    Attributes:
        name: The head of its column.
        meaning: What exactly is asked, for the legend.
        requests: What a role asks for, all of which must be allowed.
    """

    name: str
    meaning: str
    requests: tuple[Request, ...]


@dataclass(frozen=True, kw_only=True)
class Topic:
    """Abilities that are shown together.

    Attributes:
        title: The heading.
        abilities: The columns.
    """

    title: str
    abilities: tuple[Ability, ...]


class Asked:
    """Requests about the things of the example."""

    def __init__(self, example: Example) -> None:
        """Name the things.

        Args:
            example: The accounts, and what is in them.
        """
        self.example = example
        self.names = example.names
        self.accounts = example.settings.accounts
        self.region = example.settings.region
        self.bucket = f"arn:aws:s3:::{self.names.registry_bucket}"
        self.key = example.key(self.names.registry_stack)
        team, direct = example.project(TEAM), example.project(DIRECT)
        self.promoted = f"{self.bucket}/models/{self.accounts.development}/{team.title}/1/{CREATED}"
        self.direct = f"{self.bucket}/{registered(self.accounts.development)}/{direct.project_id}/run"
        self.team_version = example.sagemaker(self.accounts.development, f"model-package/{team.title}/1")
        self.central_version = example.sagemaker(
            self.accounts.shared_services, f"model-package/{team.title}/1"
        )
        self.direct_version = example.sagemaker(
            self.accounts.shared_services, f"model-package/{direct.title}/1"
        )
        self.card = self.names.model_card_arn(team.title)

    def through_s3(self, action: str, key: str, alias: str, bucket: str) -> Request:
        """The use of a key that S3 makes for whoever reads or writes an object of a bucket."""
        return Request(
            action=action,
            resource=key,
            keys={
                "kms:ViaService": f"s3.{self.region}.amazonaws.com",
                "kms:EncryptionContext:aws:s3:arn": bucket,
                "kms:ResourceAliases": [alias],
            },
        )

    def read(self, object_arn: str, tags: Keys | None = None) -> tuple[Request, ...]:
        """To read an object of the central bucket."""
        existing = {f"s3:ExistingObjectTag/{name}": value for name, value in (tags or {}).items()}
        return (
            Request(action="s3:GetObject", resource=object_arn, keys=existing),
            self.through_s3("kms:Decrypt", self.key, self.names.registry_key_alias, self.bucket),
        )

    def write(self, object_arn: str, *, once: bool = False) -> tuple[Request, ...]:
        """To write an object of the central bucket."""
        keys = {"s3:if-none-match": "*"} if once else {}
        return (
            Request(action="s3:PutObject", resource=object_arn, keys=keys),
            self.through_s3("kms:GenerateDataKey", self.key, self.names.registry_key_alias, self.bucket),
        )

    def central(self, action: str, **keys: str) -> tuple[Request, ...]:
        """To do something with a central version."""
        return (
            Request(
                action=f"sagemaker:{action}",
                resource=self.central_version,
                keys={f"sagemaker:{key}": value for key, value in keys.items()},
            ),
        )
