"""The role of the platform engineer: bootstraps, deploys and shares, and nothing besides."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.settings import Settings
from portfolios.launch_role import DerivedRole
from portfolios.permissions import Statement, derive
from portfolios.platform_view import look
from portfolios.template_values import ACCOUNT

# `cdk bootstrap` names its stack and resources so unless told otherwise
# (https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html).
_TOOLKIT_STACK = "CDKToolkit"
_QUALIFIER = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER
_TOOLKIT_ROLES = ("cfn-exec", "deploy", "file-publishing", "image-publishing", "lookup")
_ASSUMED_ROLES = ("deploy", "file-publishing", "lookup")
_TOOLKIT_POLICIES = ("AdministratorAccess", "AWSCloudFormationReadOnlyAccess", "ReadOnlyAccess")

_SHARES = "orgsdatasync.servicecatalog.amazonaws.com"
_SHARES_ROLE = "AWSServiceRoleForServiceCatalogOrgsDataSync"

_CHANGE_STACK = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplate",
    "cloudformation:UpdateTerminationProtection",
)


class PlatformEngineerStack(cdk.Stack):
    """The one stack that the account's administrator deploys; all others follow under its role.

    What creates their resources is the execution role of `cdk bootstrap`, an administrator unless the
    bootstrap names other policies (`--cloudformation-execution-policies`).
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        """Define the stack.

        Args:
            scope: The app.
            construct_id: Also the stack's name.
            settings: What the adopter decided.
        """
        super().__init__(
            scope,
            construct_id,
            env=cdk.Environment(account=settings.accounts.shared_services, region=settings.region),
            description="Role of the platform engineer; deployed once, by the account's administrator",
            # Nothing is bootstrapped yet: the command line acts on the administrator's own credentials.
            # `BootstraplessSynthesizer` would have it assume the roles of the bootstrap.
            synthesizer=cdk.LegacyStackSynthesizer(),
        )
        DerivedRole(
            self,
            "PlatformEngineer",
            role_name=settings.names.platform_engineer_role,
            description="Bootstraps the account, deploys the ML platform and shares its portfolios",
            # Identities of this account whose own policy allows it.
            trusts=iam.AccountPrincipal(settings.accounts.shared_services),
            statements=(
                *_bootstrap(settings),
                *derive(_toolkit(settings), region=settings.region),
                *_deploy(settings),
                *_share(settings),
                *_take_cards_back(settings),
                *look(settings),
            ),
        )


def _bootstrap(settings: Settings) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="BootstrapStack",
            actions=_CHANGE_STACK,
            resources=(f"arn:aws:cloudformation:{settings.region}:{ACCOUNT}:stack/{_TOOLKIT_STACK}/*",),
        ),
    )


def _toolkit(settings: Settings) -> Mapping[str, Any]:
    """What the bootstrap's template holds, as far as permissions go."""
    place = f"{settings.accounts.shared_services}-{settings.region}"
    bucket = f"cdk-{_QUALIFIER}-assets-{place}"
    managed = [f"arn:aws:iam::aws:policy/{name}" for name in _TOOLKIT_POLICIES]
    resources = {
        "Assets": ("AWS::S3::Bucket", {"BucketName": bucket}),
        "AssetsPolicy": ("AWS::S3::BucketPolicy", {"Bucket": bucket}),
        "Images": (
            "AWS::ECR::Repository",
            {"RepositoryName": f"cdk-{_QUALIFIER}-container-assets-{place}"},
        ),
        "Version": ("AWS::SSM::Parameter", {"Name": f"/cdk-bootstrap/{_QUALIFIER}/version"}),
    } | {
        f"Role{purpose}": (
            "AWS::IAM::Role",
            {"RoleName": f"cdk-{_QUALIFIER}-{purpose}-role-{place}", "ManagedPolicyArns": managed},
        )
        for purpose in _TOOLKIT_ROLES
    }
    return {
        "Resources": {
            name: {"Type": kind, "Properties": properties} for name, (kind, properties) in resources.items()
        }
    }


def _deploy(settings: Settings) -> tuple[Statement, ...]:
    """`cdk deploy` acts under the bootstrap's roles, and publishes under the foundation's."""
    names = settings.names
    place = f"{ACCOUNT}-{settings.region}"
    toolkit_roles = [f"cdk-{_QUALIFIER}-{purpose}-role-{place}" for purpose in _ASSUMED_ROLES]
    return (
        Statement(
            sid="DeploymentRoles",
            actions=("sts:AssumeRole",),
            resources=tuple(
                f"arn:aws:iam::{ACCOUNT}:role/{name}"
                for name in (*toolkit_roles, names.asset_publishing_role)
            ),
        ),
        # The stack of this very role is compared when all stacks are deployed, and changed by others only.
        # The command line deletes a change set that may be left over before it finds the stack unchanged.
        Statement(
            sid="OwnStackIsCompared",
            actions=("cloudformation:DeleteChangeSet",),
            resources=(
                f"arn:aws:cloudformation:{settings.region}:{ACCOUNT}:stack/{names.platform_engineer_stack}/*",
            ),
        ),
    )


def _share(settings: Settings) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="ShareWithUnits",
            actions=(
                "servicecatalog:CreatePortfolioShare",
                "servicecatalog:DeletePortfolioShare",
                "servicecatalog:DescribePortfolioShares",
                "servicecatalog:UpdatePortfolioShare",
            ),
            # AWS chooses the ids of portfolios.
            resources=(f"arn:aws:catalog:{settings.region}:{ACCOUNT}:portfolio/*",),
        ),
        # The first share of an account creates it
        # (https://docs.aws.amazon.com/servicecatalog/latest/adminguide/using-service-linked-roles.html).
        Statement(
            sid="ServiceLinkedRoleOfShares",
            actions=("iam:CreateServiceLinkedRole",),
            resources=(f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{_SHARES}/{_SHARES_ROLE}",),
            condition=(("StringEquals", "iam:AWSServiceName", (_SHARES,)),),
        ),
        Statement(
            sid="PortfoliosKnowNoResourcesHere",
            actions=("servicecatalog:DescribePortfolioShareStatus", "servicecatalog:ListPortfolios"),
            resources=("*",),
        ),
    )


def _take_cards_back(settings: Settings) -> tuple[Statement, ...]:
    """To end the shares of model cards, which use a managed permission of the registry's stack."""
    names = settings.names
    shares = (names.card_authors_share("*"), names.card_readers_share("*"))
    return (
        Statement(
            sid="SharesOfModelCards",
            actions=("ram:DeleteResourceShare",),
            # AWS chooses the ids of shares.
            resources=(f"arn:aws:ram:{settings.region}:{ACCOUNT}:resource-share/*",),
            condition=(("StringLike", "ram:ResourceShareName", shares),),
        ),
        # RAM asks SageMaker in the caller's name to delete the card's policy; neither action knows resources
        # (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html).
        Statement(
            sid="SharesKnowNoResourcesHere",
            actions=("ram:GetResourceShares", "sagemaker:DeleteResourcePolicy"),
            resources=("*",),
        ),
    )
