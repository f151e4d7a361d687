"""What the deployment is configured with: a file for each stage, and the project's environment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

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


class StageConfiguration(BaseModel):
    """The content of `config/<stage>.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instance_type: Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]
    instance_count: Annotated[int, Field(ge=1, le=100)]
    # Share of the requests that are kept with their answers; 0 keeps none.
    data_capture_percentage: Annotated[int, Field(ge=0, le=100)]
    # Whether the container reaches no network and gets no credentials; SageMaker itself fetches the model and
    # captures the data. False for a model whose code calls AWS or a package index.
    # https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
    network_isolation: bool

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
    def endpoint_name(self) -> str:
        """The endpoint's name, the same in both stages: 53 of the 63 characters that it may have."""
        return f"{self.sagemaker_project_name}-{self.sagemaker_project_id}"

    @property
    def tags(self) -> dict[str, str]:
        """Tags by which Studio and the bill find what belongs to the project."""
        return {
            "sagemaker:project-name": self.sagemaker_project_name,
            "sagemaker:project-id": self.sagemaker_project_id,
        }
