"""What an adopter decides: `catalog.yaml`, checked as a whole before anything runs."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

import catalog_file
from catalog_file import CatalogError, CatalogFile
from names import MAXIMUM_PREFIX, PlatformNames
from registry.functions.model_registry.card_schema import has_field

__all__ = ["CATALOG", "CatalogError", "Settings", "load"]

CATALOG = Path(__file__).with_name("catalog.yaml")


def _matching(pattern: str, expected: str) -> AfterValidator:
    """Accept what matches a pattern, and say in words what was expected of what does not."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise ValueError(f"'{value}' is not {expected}")
        return value

    return AfterValidator(check)


def _field_of_a_model_card(value: str) -> str:
    if not has_field(value):
        raise ValueError(
            f"'{value}' is not the path of a field of a model card, such as 'intended_uses.risk_rating' "
            "(https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema)"
        )
    return value


# Forms of the identifiers: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html,
# API_OrganizationalUnit.html, https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
AccountId = Annotated[str, _matching(r"\d{12}", "an account id of 12 digits")]
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
RoleName = Annotated[
    str, _matching(r"[\w+=,.@-]{1,64}", "the exact name of a role, without an ARN, a path or a wildcard")
]
PolicyName = Annotated[
    str, _matching(r"[\w+=,.@-]{1,128}", "the name of an IAM managed policy, without its ARN")
]
ConnectionArn = Annotated[
    str,
    _matching(
        r"arn:aws[\w-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[0-9a-f-]{36}",
        "the ARN of a connection (aws codeconnections list-connections)",
    ),
]
CardField = Annotated[str, AfterValidator(_field_of_a_model_card)]
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
TagKey = Annotated[
    str,
    _matching(
        r"(?!(?i:aws):)[\w .:/=+@-]{1,128}",
        "a tag key: 1 to 128 characters, not starting with 'aws:'",
    ),
]
TagValue = Annotated[str, _matching(r"[\w .:/=+@-]{0,256}", "a tag value of at most 256 characters")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganizationalUnits(_Section):
    """The organisational units that the platform serves."""

    workloads: OrganizationalUnitId
    development: OrganizationalUnitId
    test: OrganizationalUnitId
    production: OrganizationalUnitId


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


class Accounts(_Section):
    """The accounts that the platform names."""

    management: AccountId
    shared_services: AccountId
    development: AccountId
    test: AccountId
    production: AccountId


class Repository(_Section):
    """Where teams keep their code."""

    provider: Literal["codecommit", "github", "gitlab", "bitbucket"] = "codecommit"
    connection_arn: ConnectionArn | None = None
    default_branch: Annotated[
        str, _matching(r"(?!-)[\w./-]{1,100}", "the name of a branch, such as 'main'")
    ] = "main"

    @model_validator(mode="after")
    def _connection_fits_provider(self) -> Self:
        if self.provider == "codecommit" and self.connection_arn is not None:
            raise ValueError("CodeCommit needs no connection: remove connection_arn, or name its provider")
        if self.provider != "codecommit" and self.connection_arn is None:
            raise ValueError(f"{self.provider} is reached through AWS CodeConnections: add connection_arn")
        return self


class PortfolioSettings(_Section):
    """Who may launch the products of a portfolio, and how what they launch is tagged.

    A portfolio takes at most 10 principals by name
    (https://docs.aws.amazon.com/servicecatalog/latest/adminguide/limits.html).
    """

    principals: Annotated[tuple[RoleName, ...], Field(min_length=1, max_length=10)]
    tag_options: dict[TagKey, Annotated[tuple[TagValue, ...], Field(min_length=1)]] = {}


class Portfolios(_Section):
    """What both portfolios show, and to whom."""

    provider_name: Annotated[str, _matching(r".{1,50}", "a name of 1 to 50 characters")]
    support_email: Annotated[str, _matching(r"[^@\s]{1,64}@[^@\s]{1,189}", "an email address")]
    ml_admin: PortfolioSettings
    sagemaker_projects: PortfolioSettings


class ModelCards(_Section):
    """Where model cards are written, and what they must say before production.

    Attributes:
        layout: ``central``: one card a model, in the shared services account, shared with the accounts that
            write it. ``hub_and_spoke``: teams write cards of their own accounts, and promotion brings what
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


class Settings(_Section):
    """The whole of `catalog.yaml`."""

    name_prefix: Annotated[
        str,
        _matching(
            rf"[a-z][a-z0-9-]{{0,{MAXIMUM_PREFIX - 2}}}[a-z0-9]",
            f"2 to {MAXIMUM_PREFIX} lower-case letters, digits and hyphens, starting with a letter",
        ),
    ]
    region: Annotated[str, _matching(r"[a-z]{2}(-[a-z]+)+-\d", "a Region such as 'eu-west-1'")]
    organization: Organization
    accounts: Accounts
    repository: Repository = Repository()
    portfolios: Portfolios
    model_cards: ModelCards = ModelCards()
    tags: Annotated[dict[TagKey, TagValue], Field(max_length=40)] = {}
    permissions_boundary: PolicyName | None = None

    @property
    def names(self) -> PlatformNames:
        """Names that follow from these settings."""
        return PlatformNames(
            prefix=self.name_prefix, region=self.region, shared_services_account=self.accounts.shared_services
        )

    @model_validator(mode="after")
    def _nothing_is_named_twice(self) -> Self:
        _refuse_repetition("accounts", self.accounts, "each role of the platform has an account of its own")
        _refuse_repetition(
            "organization.organizational_units",
            self.organization.organizational_units,
            "the three units stand below the workloads unit",
        )
        return self


def _refuse_repetition(where: str, section: _Section, reason: str) -> None:
    first: dict[str, str] = {}
    for name, value in section:
        if value in first:
            raise catalog_file.Misplaced(
                f"{where}.{name}", f"'{value}' is already {where}.{first[value]}: {reason}"
            )
        first[value] = name


def load(path: Path = CATALOG) -> Settings:
    """Read and check a catalog file.

    Args:
        path: The YAML file.

    Raises:
        CatalogError: With one sentence for each mistake: its line, what is wrong, and what to do.
    """
    file = CatalogFile.read(path)
    try:
        return Settings.model_validate(file.content)
    except ValidationError as error:
        raise CatalogError(path, file.explain(error, Settings)) from None
