"""Say in a sentence why a call to AWS failed: on this machine, on the way, or at AWS."""

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

SIGN_IN = "sign in (aws sso login), or name a profile (AWS_PROFILE), and run the command again"

# What botocore raises itself, by the first kind that fits, and how it is told.
_LOCAL: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (exceptions.NoCredentialsError, exceptions.NoAuthTokenError),
        f"There are no AWS credentials on this machine: {SIGN_IN}.",
    ),
    (
        (
            exceptions.CredentialRetrievalError,
            exceptions.LoginError,
            exceptions.PartialCredentialsError,
            exceptions.ProfileNotFound,
            exceptions.RefreshWithMFAUnsupportedError,
            exceptions.SSOError,
            exceptions.TokenRetrievalError,
            exceptions.UnknownCredentialError,
        ),
        f"The AWS credentials on this machine cannot be used ({{reason}}): {SIGN_IN}.",
    ),
    (
        (exceptions.ConfigNotFound, exceptions.ConfigParseError, exceptions.InvalidConfigError),
        "The AWS configuration on this machine cannot be used ({reason}): correct it.",
    ),
    (
        (exceptions.ConnectionError, exceptions.HTTPClientError),
        "AWS cannot be reached from this machine ({reason}): look at the network and its proxy.",
    ),
    ((BotoCoreError,), "The call did not reach AWS: {reason}."),
)

# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, and how S3 and EC2 spell the same
_NOT_ACCEPTED = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


def sentence(error: ClientError | BotoCoreError) -> str:
    """One sentence: what failed, and what to do where that is known.

    Args:
        error: What boto3 raised.
    """
    reason = " ".join(str(error).split()).removesuffix(".")
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        if code in _NOT_ACCEPTED:
            return f"AWS does not accept these credentials ({code}): {SIGN_IN}."
        return f"AWS refused: {reason}."
    return next(text for kinds, text in _LOCAL if isinstance(error, kinds)).replace("{reason}", reason)
