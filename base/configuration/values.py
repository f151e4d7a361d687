"""The form of each single value of the catalog file, and what is said of one that has another."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from base.configuration import regions
from base.configuration.file import NotText, quoted
from base.configuration.git_names import branch_complaint
from base.contracts.model_card import has_card_field
from base.names import MAXIMUM_PREFIX

# Letters and digits are spelled out in all patterns: `\w` and `\d` take those of every script.


def _check(complaint: Callable[[str], str | None]) -> AfterValidator:
    """Refuse a value with what follows it in the sentence."""

    def check(value: str) -> str:
        reason = complaint(value)
        if reason is not None:
            raise ValueError(f"{quoted(value)} {reason}")
        return value

    return AfterValidator(check)


def _matching(pattern: str, expected: str) -> AfterValidator:
    """Accept what matches a pattern, and say in words what was expected of what does not."""
    compiled = re.compile(pattern)
    return _check(lambda value: None if compiled.fullmatch(value) else f"is not {expected}")


def _prefix_complaint(value: str) -> str | None:
    if len(value) > MAXIMUM_PREFIX or re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value) is None:
        return (
            f"is not 2 to {MAXIMUM_PREFIX} lower-case letters, digits and single hyphens between them, "
            "starting with a letter"
        )
    if len(value) < 2:
        return f"is not 2 to {MAXIMUM_PREFIX} characters long"
    if value == "aws":
        # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
        return "is kept by AWS: EventBridge refuses events of a source that begins with 'aws.'"
    if value in ("amzn-s3-demo", "sthree"):
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
        return "is kept by AWS: S3 refuses buckets whose names begin with it"
    return None


def _tag_complaint(value: str, *, maximum: int) -> str | None:
    """Why a text is no key or value of a tag.

    Letters and digits may be those of any script, and of spaces the plain one is allowed
    (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html).
    """
    if not 1 <= len(value) <= maximum:
        return f"has {len(value)} characters, and must have 1 to {maximum}"
    odd = next((each for each in value if not each.isalnum() and each not in " _.:/=+-@"), None)
    if odd is not None:
        return f"holds {quoted(odd)}: use letters, digits, spaces and any of _ . : / = + - @"
    return None


def _tag_key_complaint(value: str) -> str | None:
    if value.lower().startswith("aws:"):
        return "is not a tag key: AWS keeps those that start with 'aws:'"
    if value.lower().startswith("sagemaker:"):
        return "is not a tag key: those that start with 'sagemaker:' say which project a resource belongs to"
    if reason := _tag_complaint(value, maximum=128):
        return f"is not a tag key: it {reason}"
    return None


def _tag_value_complaint(value: str) -> str | None:
    # CloudFormation and Service Catalog take no empty value, unlike other services
    # (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html).
    if reason := _tag_complaint(value, maximum=256):
        return f"is not a tag value: it {reason}"
    return None


def _line_complaint(value: str) -> str | None:
    if not 1 <= len(value) <= 50:
        return "is not a name of 1 to 50 characters"
    if not value.isprintable() or value != value.strip() or "${" in value:
        return "is not a name on one line, without spaces around it and without '${'"
    return None


def _card_field_complaint(value: str) -> str | None:
    if has_card_field(value):
        return None
    return (
        "is not the path of a field of a model card, such as 'intended_uses.risk_rating' "
        "(https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema)"
    )


def _as_truth(value: object) -> object:
    return (
        {"true": True, "false": False}.get(value.written.lower(), value)
        if isinstance(value, NotText)
        else value
    )


Prefix = Annotated[str, _check(_prefix_complaint)]
Region = Annotated[str, _check(regions.complaint)]
Truth = Annotated[bool, BeforeValidator(_as_truth)]

# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html, API_Organization.html and
# API_OrganizationalUnit.html
AccountId = Annotated[str, _matching(r"[0-9]{12}", "an account id of 12 digits")]
OrganizationId = Annotated[
    str,
    _matching(
        r"o-[a-z0-9]{10,32}",
        "an organisation id such as 'o-a1b2c3d4e5' (aws organizations describe-organization)",
    ),
]
OrganizationalUnitId = Annotated[
    str,
    _matching(
        r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}",
        "an organisational unit id such as 'ou-a1b2-c3d4e5f6' "
        "(aws organizations list-organizational-units-for-parent)",
    ),
]

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html. A path takes any printable character but
# the two that Service Catalog reads as wildcards.
_NAME, _PATH = r"[A-Za-z0-9_+=,.@-]", r"(?:[!-)+-.0->@-~]+/)*"
PlatformRole = Annotated[
    str, _matching(rf"{_NAME}{{1,64}}", "the exact name of a role, without an ARN, a path or a wildcard")
]
# IAM Identity Center ends the name of a role otherwise in each account, and anew for each assignment. It
# alone may create roles below its path: there, and nowhere else, a wildcard opens nothing
# (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html).
_SIGN_IN = (
    rf"aws-reserved/sso\.amazonaws\.com/(?:[a-z0-9-]+/)?AWSReservedSSO_{_NAME}{{1,32}}_(?:\*|[0-9a-f]{{16}})"
)
OwnRole = Annotated[
    str,
    _matching(
        rf"(?=.{{1,512}}\Z)(?:{_SIGN_IN}|(?!aws-reserved/|arn:){_PATH}{_NAME}{{1,64}})",
        "the exact name of a role, with its path if it has one, and without an ARN or a wildcard; a role of "
        "IAM Identity Center is 'aws-reserved/sso.amazonaws.com/<Region>/AWSReservedSSO_<permission set>_*'",
    ),
]
PolicyName = Annotated[
    str,
    _matching(
        rf"(?=.{{1,512}}\Z)(?!arn:){_PATH}{_NAME}{{1,128}}",
        "the name of an IAM managed policy, with its path if it has one, and without its ARN",
    ),
]

# https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html
ConnectionArn = Annotated[
    str,
    _matching(
        rf"arn:{regions.PARTITION}:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{{12}}:"
        "connection/[0-9a-f-]{36}",
        "the ARN of a connection (aws codeconnections list-connections)",
    ),
]
Branch = Annotated[str, _check(branch_complaint)]

TagKey = Annotated[str, _check(_tag_key_complaint)]
TagValue = Annotated[str, _check(_tag_value_complaint)]
ProviderName = Annotated[str, _check(_line_complaint)]
# Service Catalog takes 254 characters in all.
EmailAddress = Annotated[
    str, _matching(r"[!-?A-~]{1,64}@(?=.{1,189}\Z)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "an email address")
]
CardField = Annotated[str, _check(_card_field_complaint)]
