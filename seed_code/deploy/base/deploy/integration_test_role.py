"""The role that the test account keeps for integration tests."""

from collections.abc import Mapping
from typing import Any

import boto3

from deploy.project import required


def assume(environment: Mapping[str, str]) -> Any:
    """A session under the role, which may use what this project has deployed and write into the model's card.

    Raises:
        ConfigurationError: The environment does not name the role or the Region.
    """
    region, role = required(environment, ("AWS_REGION", "INTEGRATION_TEST_ROLE_ARN"))
    credentials = boto3.client("sts", region_name=region).assume_role(
        RoleArn=role, RoleSessionName="integration-test"
    )["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=region,
    )
