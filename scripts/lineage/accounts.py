"""The clients of a trace: the operator's own in the hub, and the lineage reader's in every other account."""

import re
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from base.settings import Settings
from registry.functions.model_registry.errors import DENIED, error_code
from scripts.console.caller import Need, caller_of
from scripts.console.command import RETRIES
from scripts.lineage.node import GapError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker.client import SageMakerClient

# Of a session: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
MAXIMUM_SESSION_NAME = 64


class Accounts:
    """Clients by account, each made once, and a count of what is asked of AWS with them.

    Attributes:
        calls: How many requests have been made, repeated ones not counted.
    """

    def __init__(self, session: boto3.Session, settings: Settings) -> None:
        """See whose credentials these are.

        Args:
            session: The operator's credentials.
            settings: The catalog file.

        Raises:
            OperatorError: If they belong to another account, or to a role that traces nothing.
        """
        self.calls = 0
        self._session = session
        self._hub = settings.accounts.shared_services
        self._role = settings.names.lineage_reader_role
        self._made: dict[str, SageMakerClient | GapError] = {}
        self._sts = self._counted(session.client("sts", config=RETRIES))
        names = settings.names
        need = Need.of_hub(
            settings, task="models are traced", roles=(names.governance_officer_role, names.ml_engineer_role)
        )
        caller = caller_of(self._sts)
        need.check(caller, names)
        self._caller = caller.arn

    @property
    def registry(self) -> "S3Client":
        """A client that reads the central bucket."""
        client: S3Client = self._counted(self._session.client("s3", config=RETRIES))
        return client

    def sagemaker(self, account: str) -> "SageMakerClient":
        """A client that describes what an account has in SageMaker.

        Raises:
            GapError: If the account does not let the operator in.
        """
        if account not in self._made:
            try:
                session = self._session if account == self._hub else self._reader(account)
            except GapError as gap:
                self._made[account] = gap
            else:
                self._made[account] = self._counted(session.client("sagemaker", config=RETRIES))
        found = self._made[account]
        if isinstance(found, GapError):
            raise found
        return found

    def _reader(self, account: str) -> boto3.Session:
        role = f"arn:aws:iam::{account}:role/{self._role}"
        # The last part of the caller's ARN is the person, whom CloudTrail in that account then names as well.
        person = re.sub(r"[^\w+=,.@-]", "-", self._caller.rpartition("/")[2], flags=re.ASCII)[
            :MAXIMUM_SESSION_NAME
        ]
        try:
            credentials = self._sts.assume_role(RoleArn=role, RoleSessionName=person)["Credentials"]
        except ClientError as error:
            if error_code(error) not in DENIED:
                raise
            raise GapError(
                f"{self._caller} may not assume {role}: the StackSets create that role in accounts of the "
                "platform's units, and it lets in the hub's governance officer and ML engineer."
            ) from error
        return boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            region_name=self._session.region_name,
        )

    def _counted(self, client: Any) -> Any:
        # A client is counted once, however often it is given out.
        client.meta.events.register("before-parameter-build", self._count, unique_id=f"count-{id(self)}")
        return client

    def _count(self, **_: Any) -> None:
        self.calls += 1
