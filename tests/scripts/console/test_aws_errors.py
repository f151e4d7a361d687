"""What never reached AWS is not said to be AWS's word, and each failure is one sentence."""

import inspect

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from scripts.console.aws_errors import sentence


def refusal(code: str, message: str = "No.") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeOrganization")


SAID = {
    "no credentials": (
        exceptions.NoCredentialsError(),
        "There are no AWS credentials on this machine: sign in",
    ),
    "expired sign-in": (
        exceptions.UnauthorizedSSOTokenError(),
        "The AWS credentials on this machine cannot be used (The SSO session",
    ),
    "no such profile": (
        exceptions.ProfileNotFound(profile="acme"),
        "The AWS credentials on this machine cannot be used (The config profile (acme) could not be found): ",
    ),
    "half of a key": (
        exceptions.PartialCredentialsError(provider="env", cred_var="aws_secret_access_key"),
        "The AWS credentials on this machine cannot be used (Partial credentials found in env",
    ),
    "configuration": (
        exceptions.ConfigParseError(path="/home/ada/.aws/config"),
        "The AWS configuration on this machine cannot be used (Unable to parse config file",
    ),
    "no network": (
        exceptions.EndpointConnectionError(endpoint_url="https://sts.eu-west-1.amazonaws.com/"),
        "AWS cannot be reached from this machine (Could not connect to the endpoint URL",
    ),
    "proxy": (
        exceptions.ProxyConnectionError(proxy_url="http://proxy:3128"),
        "AWS cannot be reached from this machine (Failed to connect to proxy URL",
    ),
    "expired credentials": (
        refusal("ExpiredToken"),
        "AWS does not accept these credentials (ExpiredToken): sign",
    ),
    "refusal": (
        refusal("AccessDeniedException", "You are\nnot authorised."),
        "AWS refused: An error occurred (AccessDeniedException) when calling the DescribeOrganization ",
    ),
    "mistake of ours": (
        exceptions.ParamValidationError(report="Missing required parameter"),
        "The call did not reach AWS: Parameter validation failed: Missing required parameter.",
    ),
}


@pytest.mark.parametrize(("error", "expected"), SAID.values(), ids=SAID)
def test_a_failure_is_told_by_where_it_happened(error: ClientError | BotoCoreError, expected: str) -> None:
    said = sentence(error)
    assert said.startswith(expected)
    assert said.endswith(".")
    assert "\n" not in said


def test_only_what_aws_answered_is_a_refusal_of_aws() -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "x"

    local = [
        kind
        for _, kind in inspect.getmembers(exceptions, inspect.isclass)
        if issubclass(kind, BotoCoreError) and kind is not exceptions.StubAssertionError
    ]
    assert len(local) > 50
    for kind in local:
        error = kind.__new__(kind)
        Exception.__init__(error, kind.fmt.format_map(Anything()))
        assert "AWS refused" not in sentence(error), kind
