"""What a person may do in Amazon SageMaker Studio: open it, and keep private spaces of their own.

A profile is called like its persona's role, without the platform's prefix.
https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-spaces-permissions.html
"""

from collections.abc import Mapping
from typing import Any

from base.grants.reasons import NOTHING_NARROWER
from base.roles import Permission, arn

NAMED_LATER = "Domains, apps and spaces get their ids after this role is made."


def profile_of(role_name: str, prefix: str) -> str:
    """The Studio profile of a persona's role.

    Args:
        role_name: The role's name.
        prefix: The platform's prefix.
    """
    return role_name.removeprefix(f"{prefix}-")


def own_profile(
    profile: str, *, key_arn: str, key_conditions: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Permission]:
    """A person's own profile and private spaces, and nobody else's.

    Args:
        profile: The profile.
        key_arn: The key of the domain, or a pattern for it.
        key_conditions: What tells the key where it is a pattern.
    """
    own = arn("sagemaker", f"user-profile/*/{profile}")
    spaces = (arn("sagemaker", "app/*"), arn("sagemaker", "space/*"))
    which_key = dict(key_conditions or {})
    because_of_key = "AWS generates the key's id; its alias tells it." if which_key else ""
    return [
        Permission(
            actions=("sagemaker:CreatePresignedDomainUrl", "sagemaker:DescribeUserProfile"),
            resources=(own,),
            because=NAMED_LATER,
        ),
        Permission(
            actions=("sagemaker:DescribeApp", "sagemaker:DescribeDomain", "sagemaker:DescribeSpace"),
            resources=(*spaces, arn("sagemaker", "domain/*")),
            because=NAMED_LATER,
        ),
        Permission(
            actions=(
                "sagemaker:CreateApp",
                "sagemaker:CreateSpace",
                "sagemaker:DeleteApp",
                "sagemaker:DeleteSpace",
                "sagemaker:UpdateSpace",
            ),
            resources=spaces,
            conditions={
                "ArnLike": {"sagemaker:OwnerUserProfileArn": own},
                "StringEquals": {"sagemaker:SpaceSharingType": "Private"},
            },
            because=f"{NAMED_LATER} The conditions keep to the person's own private spaces.",
        ),
        Permission(
            actions=("sagemaker:AddTags",),
            resources=spaces,
            conditions={"StringEquals": {"sagemaker:TaggingAction": ["CreateApp", "CreateSpace"]}},
            because=NAMED_LATER,
        ),
        Permission(
            # The volumes of spaces are encrypted under a grant.
            actions=("kms:CreateGrant",),
            resources=(key_arn,),
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}, **which_key},
            because=because_of_key,
        ),
        Permission(
            actions=("kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"),
            resources=(key_arn,),
            conditions=which_key,
            because=because_of_key,
        ),
    ]


def look_around() -> Permission:
    """What Studio lists of a domain before it opens."""
    return Permission(
        actions=(
            "sagemaker:ListApps",
            "sagemaker:ListDomains",
            "sagemaker:ListSpaces",
            "sagemaker:ListUserProfiles",
        ),
        resources=("*",),
        because=NOTHING_NARROWER,
    )
