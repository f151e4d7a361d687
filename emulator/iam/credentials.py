"""Temporary credentials: what a service obtains for a role, and clients that use them.

Nothing here is faster than the real way: a role is used only if its trust policy lets the service or the
caller, and every client speaks HTTP to the emulator, where it is authorised like any other.
"""

import json
import threading
import time
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError
from ministack.core import iam_evaluator
from ministack.services import iam, sts

from emulator.core.service import ServiceError
from emulator.core.switches import ROOT_SECRET_ACCESS_KEY
from emulator.machine.isolation import LoopbackSession

SESSION_SECONDS = 3600
CLIENTS = 100
"""How many clients are kept: a build asks for that of its log with every few lines."""

_endpoint: str | None = None
_sessions: dict[str, LoopbackSession] = {}
_making_client = threading.Lock()  # boto3 sessions make one client at a time.
_registering = threading.Lock()
_register_session = sts.register_session


def install() -> None:
    """Give functions that start at once their credentials one after the other.

    ministack looks through all sessions for those that have expired whenever it adds one.
    """
    sts.register_session = _register_one_at_a_time


def _register_one_at_a_time(access_key: str, session: dict[str, Any]) -> None:
    with _registering:
        _register_session(access_key, session)


def serve_at(endpoint: str) -> None:
    """Say where the emulator answers; the server calls this once, at its start."""
    global _endpoint  # noqa: PLW0603  one process serves one endpoint
    _endpoint = endpoint


def endpoint() -> str:
    """Return the URL of the emulator."""
    if _endpoint is None:
        raise RuntimeError("the server has not said where it answers")
    return _endpoint


def service_role_credentials(
    role_arn: str,
    service_principal: str,
    session_name: str,
    *,
    source_arn: str | None = None,
    source_account: str | None = None,
    seconds: int = SESSION_SECONDS,
) -> dict[str, Any]:
    """Return credentials of a role as a service obtains them for itself.

    Args:
        role_arn: The role.
        service_principal: The service, such as `codebuild.amazonaws.com`.
        session_name: Name of the session.
        source_arn: The resource on whose behalf the service acts (`aws:SourceArn`).
        source_account: The account of that resource (`aws:SourceAccount`); that of the role by default.
        seconds: How long they hold.

    Returns:
        `AccessKeyId`, `SecretAccessKey`, `SessionToken` and `Expiration`, as STS gives them.

    Raises:
        ServiceError: AccessDenied if the role does not exist or its trust policy does not let the service.
    """
    account, name = _parts(role_arn)
    role = iam._roles.get_scoped(account, None, name)
    keys = {"aws:sourcearn": source_arn, "aws:sourceaccount": source_account or account}
    if role is None or not trusts_service(role["AssumeRolePolicyDocument"], service_principal, keys):
        raise ServiceError(
            "AccessDenied",
            f"{service_principal} is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
        )
    access_key, secret = iam._gen_session_access_key(), iam._gen_secret()
    token, expiration = iam._gen_session_token(), time.time() + seconds
    sts.register_session(
        access_key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session_name[:64]}",
            "UserId": f"{role['RoleId']}:{session_name[:64]}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": expiration,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
        },
    )
    return {
        "AccessKeyId": access_key,
        "SecretAccessKey": secret,
        "SessionToken": token,
        "Expiration": expiration,
    }


def trusts_service(
    trust_policy: str | dict[str, Any], service_principal: str, condition_keys: dict[str, Any]
) -> bool:
    """Tell whether a trust policy lets a service assume its role.

    Args:
        trust_policy: The document.
        service_principal: The service.
        condition_keys: In lower case; None for a key that the request does not have.
    """
    context = iam_evaluator.EvalContext(
        principal_arn=service_principal,
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn="*",
        region="",
        service_context={
            "aws:principalservicename": service_principal,
            "aws:principalisawsservice": "true",
            **condition_keys,
        },
    )
    decision: str = iam_evaluator.evaluate_resource_policy(
        _without_role(trust_policy), context, service=service_principal
    ).decision
    return decision == "Allow"


def assume_role(role_arn: str, source_credentials: dict[str, Any], session_name: str) -> dict[str, Any]:
    """Return credentials of a role that the holder of other credentials may assume.

    Args:
        role_arn: The role, of any account.
        source_credentials: As the functions here return them.
        session_name: Name of the session.

    Raises:
        ServiceError: AccessDenied, with the reason of STS.
    """
    sts_client = client("sts", source_credentials, "us-east-1")
    try:
        answer = sts_client.assume_role(RoleArn=role_arn, RoleSessionName=session_name[:64])
    except ClientError as error:
        raise ServiceError(error.response["Error"]["Code"], error.response["Error"]["Message"]) from None
    credentials: dict[str, Any] = answer["Credentials"]
    return credentials


def client(service: str, credentials: dict[str, Any], region: str) -> Any:
    """Return a boto3 client at the emulator.

    Args:
        service: Name of the service.
        credentials: As the functions here return them.
        region: The Region.
    """
    return _client(
        service,
        region,
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials.get("SessionToken"),
    )


@lru_cache(maxsize=CLIENTS)
def _client(service: str, region: str, access_key: str, secret_key: str, token: str | None) -> Any:
    with _making_client:
        if region not in _sessions:
            _sessions[region] = LoopbackSession(endpoint(), region)
        return _sessions[region].client(service, access_key, secret_key, token)


def credentials_of_key(access_key: str, account: str) -> dict[str, Any]:
    """Return the credentials an access key belongs to, for what a service does in its caller's name.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
    """
    session = sts._sessions.get(access_key)
    if session is not None:
        return {
            "AccessKeyId": access_key,
            "SecretAccessKey": session["SecretAccessKey"],
            "SessionToken": session["SessionToken"],
        }
    key = iam._access_keys.get_scoped(account, None, access_key)
    if key is None:
        return root_credentials(account)
    return {"AccessKeyId": access_key, "SecretAccessKey": key["SecretAccessKey"]}


def root_credentials(account: str) -> dict[str, Any]:
    """Return credentials of an account's root, for what a service does without a role of the account's."""
    return {"AccessKeyId": account, "SecretAccessKey": ROOT_SECRET_ACCESS_KEY}


def environment(credentials: dict[str, Any], region: str) -> dict[str, str]:
    """Return the variables with which a child process uses credentials at the emulator."""
    variables = {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint(),
    }
    if credentials.get("SessionToken"):
        variables["AWS_SESSION_TOKEN"] = credentials["SessionToken"]
    return variables


def _parts(role_arn: str) -> tuple[str, str]:
    fields = role_arn.split(":", 5)
    if len(fields) < 6 or fields[2] != "iam" or not fields[5].startswith("role/"):
        raise ServiceError("ValidationException", f"{role_arn} is not the ARN of a role.")
    return fields[4], fields[5].rpartition("/")[2]


def _without_role(trust_policy: str | dict[str, Any]) -> dict[str, Any]:
    """A trust policy as a resource policy, which names the resource: the role itself."""
    document = json.loads(trust_policy) if isinstance(trust_policy, str) else trust_policy
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    return {**document, "Statement": [{**statement, "Resource": "*"} for statement in statements]}
