"""What a project gives its builds, and the file in which it configures a stage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

StageName = Literal["test", "production"]
STAGES: tuple[StageName, ...] = get_args(StageName)

FOLDER = Path(__file__).parent.parent / "config"


class ConfigurationError(ValueError):
    """A setting is missing or wrong; the message is one sentence for a person."""


def required(environment: Mapping[str, str], names: Iterable[str]) -> list[str]:
    """The values of environment variables that the project's build sets.

    Raises:
        ConfigurationError: Some are not set.
    """
    names = list(names)
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise ConfigurationError(f"Set {', '.join(missing)}; the project's build does it (README.md).")
    return [environment[name] for name in names]


class StageFile(BaseModel):
    """The content of `config/<stage>.json`; `deploy/configuration.py` says what that is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def load(cls, stage: StageName, folder: Path = FOLDER) -> Self:
        """Read and check the file of a stage.

        Raises:
            ConfigurationError: The file is missing, or a setting is unknown, missing or out of its range.
        """
        path = folder / f"{stage}.json"
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"), strict=True)
        except FileNotFoundError:
            raise ConfigurationError(f"config/{path.name} is missing; each stage has a file.") from None
        except ValidationError as error:
            first = error.errors()[0]
            setting = "".join(f", {part}" for part in first["loc"])
            raise ConfigurationError(f"config/{path.name}{setting}: {first['msg']}.") from None


@dataclass(frozen=True, kw_only=True)
class Project:
    """What the project gives the build, each by the environment variable of the same name in capitals."""

    sagemaker_project_name: str
    sagemaker_project_id: str
    aws_region: str
    name_prefix: str
    test_account_id: str
    production_account_id: str
    model_package_arn: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables that the project's build sets.

        Raises:
            ConfigurationError: Some are not set.
        """
        names = [field.name for field in fields(cls)]
        return cls(**dict(zip(names, required(environment, map(str.upper, names)), strict=True)))

    def account(self, stage: StageName) -> str:
        """The account of a stage."""
        return {"test": self.test_account_id, "production": self.production_account_id}[stage]

    @property
    def title(self) -> str:
        """The name of what serves, the same in both stages: 53 characters at most."""
        return f"{self.sagemaker_project_name}-{self.sagemaker_project_id}"

    @property
    def tags(self) -> dict[str, str]:
        """Tags by which Studio and the bill find what belongs to the project."""
        return {
            "sagemaker:project-name": self.sagemaker_project_name,
            "sagemaker:project-id": self.sagemaker_project_id,
        }
