"""What to say when promotion may not copy something: the statement that a policy lacks, ready to be added."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ..errors import RegistryError, error_code
from ..events import ModelVersionArn

# What a copy needs on the side of the central registry, where this bundle makes the policies.
WRITING = ("s3:PutObject", "kms:GenerateDataKey")


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """Explains refusals to whoever can lift them.

    Attributes:
        role_arn: The promotion role.
        region: The Region of the registry.
    """

    role_arn: str
    region: str

    def to_read(self, uri: str, owner: str, error: ClientError) -> RegistryError:
        """Why an object of a team could not be read.

        S3 reports a refusal by the key of an object as it reports one by the bucket's policy, but where it
        gives a message, this names the action that was denied
        (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).

        Args:
            uri: The object.
            owner: The account that must own its bucket.
            error: What S3 returned.
        """
        bucket = uri.removeprefix("s3://").partition("/")[0]
        message = error.response.get("Error", {}).get("Message", "")
        if any(action in message for action in WRITING):
            return RegistryError(
                f"Promotion may not write its copy of {uri}: deploy the registry again, then replay the "
                "event."
            )
        of_the_key = f"Add this statement to the policy of the KMS key: {self._key_statement('s3')}"
        of_the_bucket = f"Add these statements to the policy of the bucket: {self._bucket_statements(bucket)}"
        if "kms:" in message or error_code(error).startswith("KMS."):
            cause = f"its KMS key does not let promotion decrypt. {of_the_key}"
        elif "s3:" in message:
            cause = f"its bucket does not let promotion read. {of_the_bucket}"
        else:
            cause = (
                f"either its bucket is not account {owner}'s, or the bucket or its KMS key does not let "
                f"promotion read. {of_the_bucket} {of_the_key}"
            )
        return RegistryError(f"Promotion may not read {uri}: {cause} Then replay the event.")

    def to_describe(self, arn: ModelVersionArn, error: ClientError) -> RegistryError:
        """Why a version of a team could not be described.

        A version that was registered with a customer's key asks for that key, because promotion carries the
        model card inside it (`SecurityConfig.KmsKeyId`).

        Args:
            arn: The version.
            error: What SageMaker returned.
        """
        if "kms:" in error.response.get("Error", {}).get("Message", ""):
            return RegistryError(
                f"Promotion may not decrypt the model card of {arn.arn}: add this statement to the policy of "
                f"the KMS key that the version was registered with: {self._key_statement('sagemaker')} Then "
                "replay the event."
            )
        return RegistryError(
            f"Promotion may not describe {arn.arn}: allow sagemaker:DescribeModelPackage to the "
            f"promotion role in the resource policy of the group {arn.group} in account {arn.account}."
        )

    def to_pull(self, repository: str, account: str) -> RegistryError:
        """Why an image of a team could not be read.

        Args:
            repository: The name of the repository.
            account: Its account.
        """
        statement = self._statement(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
        return RegistryError(
            f"Promotion may not pull from the repository {repository} of account {account}. "
            f"Add this statement to the repository's policy: {_written(statement)} Then replay the event."
        )

    def _bucket_statements(self, bucket: str) -> str:
        return _written(
            self._statement(["s3:GetObject"], f"arn:aws:s3:::{bucket}/*"),
            self._statement(["s3:ListBucket"], f"arn:aws:s3:::{bucket}"),
        )

    def _key_statement(self, service: str) -> str:
        through = {"kms:ViaService": f"{service}.{self.region}.amazonaws.com"}
        # In a key's own policy "*" means the key.
        return _written(self._statement(["kms:Decrypt"], "*", {"StringEquals": through}))

    def _statement(
        self, actions: Sequence[str], resource: str | None = None, condition: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """A statement that lets the promotion role do something.

        The role's account is the principal and a condition names the role: a policy that names a role itself
        goes dead when the role is made anew.
        """
        return {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{self.role_arn.split(':')[4]}:root"},
            "Action": list(actions),
            **({"Resource": resource} if resource else {}),
            "Condition": {"ArnEquals": {"aws:PrincipalArn": self.role_arn}, **(condition or {})},
        }


def _written(*statements: dict[str, Any]) -> str:
    return ", ".join(json.dumps(statement) for statement in statements) + "."
