"""What `catalog.yaml` says: its sections, and the form of each value."""

from collections.abc import Generator
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from base.configuration.values import (
    AccountId,
    Branch,
    CardField,
    ConnectionArn,
    EmailAddress,
    OrganizationalUnitId,
    OrganizationId,
    OwnRole,
    PlatformRole,
    PolicyName,
    Prefix,
    ProviderName,
    Region,
    TagKey,
    TagValue,
    Truth,
)
from base.names import PlatformNames


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Places(_Section):
    """Ids by what each is for; iterating over them leaves out what the file does not name."""

    def __iter__(self) -> Generator[tuple[str, Any], None, None]:
        yield from ((name, place) for name, place in super().__iter__() if place is not None)


class OrganizationalUnits(_Places):
    """The organisational units that the platform serves.

    Attributes:
        data: Holds the data account; there need not be one.
    """

    workloads: OrganizationalUnitId
    development: OrganizationalUnitId
    test: OrganizationalUnitId
    production: OrganizationalUnitId
    data: OrganizationalUnitId | None = None


class Organization(_Section):
    """The AWS organisation."""

    id: OrganizationId
    organizational_units: OrganizationalUnits

    def path_pattern(self, unit: str) -> str:
        """What the path of each account in a unit looks like, and of each in the units below it.

        A path is that of the account's unit: the organisation, the root and all units on the way, each with a
        slash. Between organisation and unit an asterisk stands for what need not be known: the root's id, and
        the units between (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).

        Args:
            unit: The unit's id.
        """
        return f"{self.id}/*/{unit}/*"


class Accounts(_Places):
    """The accounts that the platform names.

    Attributes:
        data: Governs the data that teams share; there need not be one.
    """

    management: AccountId
    shared_services: AccountId
    development: AccountId
    test: AccountId
    production: AccountId
    data: AccountId | None = None


class Repository(_Section):
    """Where teams keep their code."""

    provider: Literal["codecommit", "github", "gitlab", "bitbucket"] = "codecommit"
    connection_arn: ConnectionArn | None = None
    default_branch: Branch = "main"

    @model_validator(mode="after")
    def _connection_fits_provider(self) -> Self:
        if self.provider == "codecommit" and self.connection_arn is not None:
            raise ValueError("CodeCommit needs no connection: remove connection_arn, or name its provider")
        if self.provider != "codecommit" and self.connection_arn is None:
            raise ValueError(f"{self.provider} is reached through AWS CodeConnections: add connection_arn")
        return self


class PortfolioSettings(_Section):
    """Who may launch the products of a portfolio, and how what they launch is tagged.

    Attributes:
        principals: Roles of the platform; left out, those that have the work of the portfolio.
        own_roles: Roles that the adopter provides, with their paths.
        tag_options: Values to choose from at the launch, by the tag's key.
    """

    principals: Annotated[tuple[PlatformRole, ...], Field(min_length=1)] | None = None
    own_roles: tuple[OwnRole, ...] = ()
    tag_options: dict[TagKey, Annotated[tuple[TagValue, ...], Field(min_length=1)]] = {}


class Portfolios(_Section):
    """What the portfolios show, and to whom.

    Attributes:
        data: The part of ML Admin that is launched in data accounts.
    """

    provider_name: ProviderName
    support_email: EmailAddress
    ml_admin: PortfolioSettings = PortfolioSettings()
    sagemaker_projects: PortfolioSettings = PortfolioSettings()
    data: PortfolioSettings = PortfolioSettings()


class ModelCards(_Section):
    """Where model cards are written, and what they must say before production.

    Attributes:
        layout: ``central``: one card a model, in the shared services account, shared with the accounts that
            write it. ``hub_and_spoke``: teams write cards of their own accounts, and promotion copies what
            they say into the central one.
        required_fields: Paths into the card's content, such as ``intended_uses.risk_rating``.
    """

    layout: Literal["central", "hub_and_spoke"] = "central"
    required_fields: Annotated[tuple[CardField, ...], Field(min_length=1)] = (
        "business_details.business_problem",
        "intended_uses.purpose_of_model",
        "intended_uses.intended_uses",
        "intended_uses.risk_rating",
        "training_details.training_job_details.training_arn",
        "evaluation_details",
    )


class AssumptionSettings(_Section):
    """What to do where AWS is not as it is hoped to be; `docs/assumptions.md` explains each.

    Attributes:
        approver: Who says who approved a central version: the version itself, or CloudTrail.
        build_compute: The compute of CodeBuild projects, each of which has a quota of its own.
        cloudformation_trust: Whether the role of CloudFormation in target accounts asks for
            ``aws:SourceAccount``, or trusts the service.
        group_policy: Whether the policy of a group names the organisation, or each account.
        key_access: Whether aliases tell roles of other accounts which keys to use, or the keys' policies do.
        lake_location_trust: Whether the role under which Lake Formation reads the data lake asks for
            ``aws:SourceAccount``, or trusts the service.
        model_card_permission: The managed permission of accounts that only read a model card.
        pipeline_start: What starts a deploy pipeline: a rule of EventBridge, or the release function.
    """

    approver: Literal["version", "cloudtrail"] = "version"
    build_compute: Literal["small", "medium", "large"] = "small"
    cloudformation_trust: Literal["source_account", "service"] = "source_account"
    group_policy: Literal["organization", "accounts"] = "organization"
    key_access: Literal["alias", "key_policy"] = "alias"
    lake_location_trust: Literal["source_account", "service"] = "source_account"
    model_card_permission: Literal["customer_managed", "aws_managed"] = "customer_managed"
    pipeline_start: Literal["rule", "release_function"] = "rule"


class Settings(_Section):
    """The whole of `catalog.yaml`.

    Attributes:
        example: The file describes nobody's organisation, and its ids are made up.
    """

    example: Truth = False
    name_prefix: Prefix
    region: Region
    organization: Organization
    accounts: Accounts
    repository: Repository = Repository()
    portfolios: Portfolios
    model_cards: ModelCards = ModelCards()
    assumptions: AssumptionSettings = AssumptionSettings()
    tags: dict[TagKey, TagValue] = {}
    permissions_boundary: PolicyName | None = None

    @property
    def names(self) -> PlatformNames:
        """Names that follow from these settings."""
        return PlatformNames(
            prefix=self.name_prefix, region=self.region, shared_services_account=self.accounts.shared_services
        )

    @property
    def stack_sets(self) -> tuple[str, ...]:
        """The StackSets that prepare accounts."""
        names = self.names
        data = (names.data_stack_set,) if self.accounts.data else ()
        return (names.launch_stack_set, names.deployment_target_stack_set, *data)

    def principals(self, portfolio: Literal["ml_admin", "sagemaker_projects", "data"]) -> tuple[str, ...]:
        """Roles that launch the products of a portfolio, with their paths and without an account.

        Args:
            portfolio: The portfolio.
        """
        names = self.names
        at_work = {
            "ml_admin": (names.ml_administrator_role,),
            "sagemaker_projects": (
                names.data_scientist_role,
                names.lead_data_scientist_role,
                names.ml_engineer_role,
            ),
            "data": (names.data_engineer_role,),
        }
        chosen: PortfolioSettings = getattr(self.portfolios, portfolio)
        return (*(chosen.principals or at_work[portfolio]), *chosen.own_roles)
