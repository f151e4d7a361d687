"""What an adopter decides: `catalog.yaml`, checked as a whole before anything runs."""

from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from names import PlatformNames

CATALOG = Path(__file__).with_name("catalog.yaml")

AccountId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^[\w+=,.@-]{1,64}$")]
OrganizationalUnitId = Annotated[str, StringConstraints(pattern=r"^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$")]


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

    id: Annotated[str, StringConstraints(pattern=r"^o-[a-z0-9]{10,32}$")]
    organizational_units: OrganizationalUnits


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
    connection_arn: str | None = None
    default_branch: Annotated[str, StringConstraints(pattern=r"^[\w./-]{1,100}$")] = "main"

    @model_validator(mode="after")
    def _connection_fits_provider(self) -> Self:
        if self.provider == "codecommit" and self.connection_arn is not None:
            raise ValueError("a connection_arn goes with github, gitlab or bitbucket; CodeCommit needs none")
        if self.provider != "codecommit" and self.connection_arn is None:
            raise ValueError(f"{self.provider} needs the connection_arn of an AWS CodeConnections connection")
        return self


class PortfolioSettings(_Section):
    """Who may launch the products of a portfolio."""

    principals: Annotated[tuple[RoleName, ...], Field(min_length=1, max_length=10)]


class Portfolios(_Section):
    """What both portfolios show and to whom."""

    provider_name: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    support_email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    ml_admin: PortfolioSettings
    sagemaker_projects: PortfolioSettings
    tag_options: dict[str, tuple[str, ...]] = {}


class Settings(_Section):
    """The whole of `catalog.yaml`."""

    name_prefix: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,10}[a-z0-9]$")]
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    organization: Organization
    accounts: Accounts
    repository: Repository = Repository()
    portfolios: Portfolios
    tags: dict[str, str] = {}
    permissions_boundary: Annotated[str, StringConstraints(pattern=r"^[\w+=,.@-]{1,128}$")] | None = None

    @property
    def names(self) -> PlatformNames:
        """Names that follow from these settings."""
        return PlatformNames(
            prefix=self.name_prefix, region=self.region, shared_services_account=self.accounts.shared_services
        )


def load(path: Path = CATALOG) -> Settings:
    """Read and check a catalog file.

    Args:
        path: The YAML file.
    """
    return Settings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
