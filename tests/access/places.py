"""The accounts in which the tables ask: the example of `access`, and how tables write its ARNs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from access.access import Role
from access.example import DEPLOY, DIRECT, OWN_IMAGE, TEAM, Example
from access.platform import synthesize
from base import settings as catalog
from base.settings import ModelCards, Repository, Settings
from tests.data_account import with_data_account
from tests.sharing import made_once

CONNECTION = "arn:aws:codeconnections:eu-west-1:222222222222:connection/00000000-0000-0000-0000-000000000000"


def _with_github(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "repository": Repository(provider="github", connection_arn=CONNECTION),
            "model_cards": ModelCards(layout="hub_and_spoke"),
        }
    )


VARIANTS: Mapping[str, Callable[[Settings], Settings]] = {
    "codecommit": lambda settings: settings,
    "github": _with_github,
    "data": with_data_account,
}
"""What adopters may decide otherwise, as far as it changes a role."""


@dataclass(frozen=True)
class Place:
    """Everything that a table may ask about.

    Attributes:
        example: The accounts, with a project of each kind.
    """

    example: Example

    def role(self, account: str, name: str) -> Role:
        """A role, as tables name it.

        Args:
            account: ``dev``, ``hub``, ``test``, ``prod`` or ``data``.
            name: Its name without the platform's prefix.
        """
        return self.example.estate.role(self.accounts[account], f"{self.example.names.prefix}-{name}")

    def arn(self, text: str) -> str:
        """An ARN as tables write it: service, account and the rest; of an object, the bucket in place of it.

        ``sqs:hub:queue``, ``iam:dev:role/name``, ``s3::bucket/key``; ``kms:churn-p-team`` is the key of the
        template that is deployed under this name. Names in braces are those of `values`.

        Args:
            text: The ARN, short or in full, or ``*``.
        """
        if text == "*" or text.startswith("arn:"):
            return text.format_map(self.values)
        service, account, *rest = text.format_map(self.values).split(":", 2)
        if service == "kms":
            return self.example.key(account)
        if service == "s3":
            return f"arn:aws:s3:::{''.join(rest)}"
        region = "" if service == "iam" else self.example.settings.region
        return f"arn:aws:{service}:{region}:{self.accounts.get(account, account)}:{''.join(rest)}"

    def filled(self, keys: Mapping[str, Any]) -> dict[str, Any]:
        """Condition keys with the names in their values filled in, and short ARNs in full."""
        return {key: self._value(value) for key, value in keys.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value.format_map(self.values)
        if isinstance(value, list | tuple):
            return [self._value(each) for each in value]
        return value

    @cached_property
    def accounts(self) -> Mapping[str, str]:
        """The accounts by the names that tables give them."""
        accounts = self.example.settings.accounts
        return {
            "hub": accounts.shared_services,
            "dev": accounts.development,
            "test": accounts.test,
            "prod": accounts.production,
            **({"data": accounts.data} if accounts.data else {}),
        }

    @cached_property
    def values(self) -> Mapping[str, str]:
        """What stands for a name in braces."""
        return {**self.accounts, "region": self.example.settings.region, **self._seeds}

    @property
    def _seeds(self) -> Mapping[str, str]:
        """The keys of the projects' seeds among the assets, by `seed_of_` and the project's id."""
        return {
            f"seed_of_{project.id.replace('-', '_')}": source["Location"].partition("/")[2]
            for project in (TEAM, DIRECT, OWN_IMAGE, DEPLOY)
            for deployed in self.example.deployed
            if deployed.name == self.example.project(project).title
            for _, build in deployed.resources("AWS::CodeBuild::Project")
            if (source := build["Source"])["Type"] == "S3"
        }


def place(variant: str) -> Place:
    """The accounts under one of `VARIANTS`.

    Args:
        variant: Its name.
    """
    settings = VARIANTS[variant](catalog.load())
    return Place(Example(settings, made_once(f"platform-{variant}", lambda _: synthesize(settings))))
