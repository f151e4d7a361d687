"""Model cards: who starts one, who reads it, and what other accounts may do with it."""

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ram as ram
from constructs import Construct

from base.contracts import tags
from base.grants.models import CARDS_OF_ALL, READ_CARD, read_cards
from base.grants.reasons import NOTHING_NARROWER
from base.names import PlatformNames
from base.pseudo_parameters import PARTITION
from base.roles import Permission, arn, role
from base.settings import Organization
from registry.parties import Parties, both

SHAREABLE = "sagemaker:ModelCard"
"""What RAM calls a model card: https://docs.aws.amazon.com/ram/latest/userguide/shareable.html."""

_OWN_ACCOUNT = f"${{aws:PrincipalTag/{tags.SOURCE_ACCOUNT}}}"


class CardPermissionStack(cdk.Stack):
    """The managed permission of accounts that only read a card.

    A stack of its own: whether AWS RAM takes such a permission for model cards is not documented, and its
    refusal takes nothing else with it. Where AWS refuses, `assumptions.model_card_permission: aws_managed`
    leaves the stack out, and shares cards with AWS's own permission; the roles of the readers allow reading
    alone (`docs/assumptions.md`).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        env: cdk.Environment,
        synthesizer: cdk.IStackSynthesizer | None = None,
    ) -> None:
        """Define the managed permission.

        Args:
            scope: The app.
            construct_id: The id and the name of the stack.
            names: The platform's names.
            env: The shared services account and the Region.
            synthesizer: How it becomes a template.
        """
        super().__init__(
            scope,
            construct_id,
            env=env,
            synthesizer=synthesizer,
            description="Central model registry: the permission of accounts that read model cards.",
        )
        ram.CfnPermission(
            self,
            "Reader",
            name=names.card_reader_permission,
            resource_type=SHAREABLE,
            policy_template={"Effect": "Allow", "Action": list(READ_CARD)},
        )


class ModelCards(Construct):
    """What lets a card live in the hub and be written by the accounts that know the model.

    Accounts that write a card get it with the managed permission of AWS, those that only read it with that of
    `CardPermissionStack`. The leads of all teams start cards under one role: their session carries the
    account they come from, which the trust policy compares, and they change the cards of that account only.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, names: PlatformNames, organization: Organization
    ) -> None:
        """Define the role.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            organization: The organisation whose leads start cards.
        """
        super().__init__(scope, construct_id)
        self.author = role(
            self,
            "Author",
            name=names.model_card_author_role,
            description="Lead data scientists start the cards of their account's models under this role.",
            trusts=_leads(names, organization),
            permissions=[
                read_cards(),
                *_authoring(),
                *sharing_permissions(names, account=_OWN_ACCOUNT),
            ],
        )


def _leads(names: PlatformNames, organization: Organization) -> iam.IPrincipal:
    """The leads of the accounts that launch products, each for the account it comes from.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    """
    leads = Parties(names=names, organization=organization).leads
    own_account = {"StringEquals": {f"aws:RequestTag/{tags.SOURCE_ACCOUNT}": "${aws:PrincipalAccount}"}}
    return iam.SessionTagsPrincipal(iam.AnyPrincipal().with_conditions(both(leads, own_account)))


def _authoring() -> list[Permission]:
    """To start cards of the session's account, and to change these."""
    cards = (arn("sagemaker", "model-card/*"),)
    requested = {f"aws:RequestTag/{tags.SOURCE_ACCOUNT}": _OWN_ACCOUNT}
    return [
        Permission(
            actions=("sagemaker:CreateModelCard",),
            resources=cards,
            conditions={"StringEquals": requested},
            because=CARDS_OF_ALL,
        ),
        Permission(
            actions=("sagemaker:AddTags",),
            resources=cards,
            conditions={"StringEquals": {**requested, "sagemaker:TaggingAction": "CreateModelCard"}},
            because=CARDS_OF_ALL,
        ),
        Permission(
            actions=("sagemaker:UpdateModelCard",),
            resources=cards,
            conditions={"StringEquals": {f"aws:ResourceTag/{tags.SOURCE_ACCOUNT}": _OWN_ACCOUNT}},
            because=f"{CARDS_OF_ALL} The condition keeps to those of the session's account.",
        ),
    ]


def sharing_permissions(names: PlatformNames, *, account: str | None = None) -> list[Permission]:
    """To share cards of the account within the organisation.

    IAM has no condition on the managed permission that a share is made with
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourceaccessmanagerram.html).

    Args:
        names: The platform's names.
        account: The only account to share with, if there is one.
    """
    one_account = {"ram:Principal": account} if account else {}
    return [
        Permission(
            actions=("ram:GetResourceShareAssociations", "ram:GetResourceShares"),
            resources=("*",),
            because=NOTHING_NARROWER,
        ),
        Permission(
            actions=("ram:CreateResourceShare",),
            resources=("*",),
            conditions={
                "StringEquals": {"ram:RequestedResourceType": SHAREABLE},
                "Bool": {"ram:RequestedAllowsExternalPrincipals": "false"},
            },
            # RAM judges each account of a request by itself, without a resource type: none passes here.
            because=f"{NOTHING_NARROWER} The conditions keep to model cards and to the organisation.",
        ),
        Permission(
            actions=("ram:AssociateResourceShare",),
            resources=(arn("ram", "resource-share/*"),),
            conditions={
                "StringLike": {
                    "ram:ResourceShareName": [names.card_authors_share("*"), names.card_readers_share("*")]
                },
                "Bool": {"ram:AllowsExternalPrincipals": "false"},
                # A request names accounts or resources, and each is judged by itself.
                "StringEqualsIfExists": {"ram:RequestedResourceType": SHAREABLE, **one_account},
            },
            because="AWS chooses the ids of shares; the condition names those of model cards.",
        ),
        Permission(
            # RAM asks SageMaker in the caller's name to put the card's resource policy. No condition binds it
            # to RAM: the actions carry no key of their own, and that RAM's calls carry `aws:CalledVia` is not
            # documented, so a condition on it could deny every share.
            actions=("sagemaker:GetResourcePolicy", "sagemaker:PutResourcePolicy"),
            resources=("*",),
            because="AWS offers these actions neither resources nor conditions; RAM's statement bounds them.",
        ),
    ]


def aggregation_permissions(names: PlatformNames) -> list[Permission]:
    """To copy what the cards of the teams' accounts say into the central cards.

    Args:
        names: The platform's names.
    """
    central = (arn("sagemaker", "model-card/*"),)
    teams = f"arn:{PARTITION}:sagemaker:{names.region}:*:model-card/*"
    return [
        read_cards(teams, because="Each card's own share decides."),
        Permission(
            actions=("sagemaker:CreateModelCard", "sagemaker:UpdateModelCard"),
            resources=central,
            because=CARDS_OF_ALL,
        ),
        Permission(
            actions=("sagemaker:AddTags",),
            resources=central,
            conditions={"StringEquals": {"sagemaker:TaggingAction": "CreateModelCard"}},
            because=CARDS_OF_ALL,
        ),
    ]
