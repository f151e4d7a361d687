"""What the pipeline is configured with: `config.toml`, `hyperparameters.toml`, the project's environment.

``python -m pipelines.configuration`` checks both files, and says what is wrong in one sentence.
"""

import difflib
import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

import hyperparameters as of_algorithm
from hyperparameter import HyperparameterError, Value, read_all
from hyperparameters import HYPERPARAMETERS

MOST_INSTANCES: int = getattr(of_algorithm, "MOST_INSTANCES", 1)
"""How many instances may train one model, each on its share of the rows; one, if the algorithm is silent."""

DATA_VARIABLE = "INPUT_DATA_"
"""How the variables begin that say something of the data."""

CONFIGURATION_FILE = Path(__file__).parent.parent / "config.toml"
# Beside it, the values of what the algorithm declares.
HYPERPARAMETERS_FILE = "hyperparameters.toml"

Share = Annotated[float, Field(ge=0, le=1)]
Fraction = Annotated[float, Field(ge=0.01, le=0.5)]
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema
CardText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2048)]
InstanceType = Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]


class ConfigurationError(ValueError):
    """A setting is missing or wrong; the message is one sentence for a person."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(_Section):
    """How the data is read and split."""

    problem_type: Literal["auto", "classification", "regression"]
    encoding: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,40}$")]
    decimal_mark: Literal["auto", ".", ","]
    never_missing: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=8)]
    split_seed: int
    validation_fraction: Fraction
    test_fraction: Fraction

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of `src/preprocess.py`, by the names of its options without dashes."""
        return {
            "problem-type": self.problem_type,
            "encoding": self.encoding,
            "decimal-mark": self.decimal_mark,
            "never-missing": json.dumps(self.never_missing, ensure_ascii=False),
            "split-seed": str(self.split_seed),
            "validation-fraction": str(self.validation_fraction),
            "test-fraction": str(self.test_fraction),
        }

    @model_validator(mode="after")
    def _rows_are_left_for_training(self) -> Self:
        if self.validation_fraction + self.test_fraction > 0.8:
            raise ValueError("validation_fraction and test_fraction leave less than 20 % for training")
        return self


class Checks(_Section):
    """How bad data may be before it is refused."""

    maximum_missing: Share
    maximum_explained: Share
    maximum_drift: Annotated[float, Field(ge=0)]
    columns_may_change: bool

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of `src/preprocess.py` that concern the data alone, by the names of its options."""
        return {
            "maximum-missing": str(self.maximum_missing),
            "maximum-explained": str(self.maximum_explained),
        }


class Evaluation(_Section):
    """What else is measured."""

    segment_column: Annotated[str, Field(max_length=127)]

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of `src/preprocess.py` and `src/evaluate.py`, by the names of their options."""
        return {"segment-column": self.segment_column} if self.segment_column else {}


class Quality(_Section):
    """What a model must reach to be registered."""

    minimum_skill_score: Annotated[float, Field(ge=0, lt=1)]
    minimum_change: Annotated[float, Field(ge=-1, le=1)]


class Instances(_Section):
    """The machines of the jobs."""

    processing: InstanceType
    training: InstanceType
    instance_count: Annotated[int, Field(ge=1)]
    volume_gib: Annotated[int, Field(ge=5, le=16_384)]
    maximum_minutes: Annotated[int, Field(ge=5, le=5 * 24 * 60)]
    encrypt_inter_container_traffic: bool

    @model_validator(mode="after")
    def _the_algorithm_takes_as_many(self) -> Self:
        if self.instance_count > MOST_INSTANCES:
            raise ValueError(f"instance_count is at most {MOST_INSTANCES} for this algorithm")
        return self


class ModelCard(_Section):
    """What the team says of the model in its model card: the field ``intended_uses`` of its content."""

    purpose_of_model: CardText
    intended_uses: CardText
    factors_affecting_model_efficiency: CardText
    risk_rating: Literal["High", "Medium", "Low", "Unknown"]
    explanations_for_risk_rating: CardText


class Settings(_Section):
    """The whole of `config.toml`."""

    data: Data
    checks: Checks
    evaluation: Evaluation
    quality: Quality
    instances: Instances
    model_card: ModelCard


class Configuration(Settings):
    """The settings and the hyperparameters."""

    hyperparameters: dict[str, Value]

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read and check the configuration, by default the repository's own.

        Args:
            path: Of `config.toml`; the hyperparameters are beside it.

        Raises:
            ConfigurationError: A setting is unknown, missing or out of its range.
        """
        path = path or CONFIGURATION_FILE
        values = path.with_name(HYPERPARAMETERS_FILE)
        try:
            settings = Settings.model_validate(_read(path))
            hyperparameters = read_all(HYPERPARAMETERS, _read(values))
        except ValidationError as error:
            raise ConfigurationError(f"{path.name}, {_sentence(error)}") from error
        except HyperparameterError as error:
            raise ConfigurationError(f"{values.name}: {error}") from error
        return cls(**dict(settings), hyperparameters=hyperparameters)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path.name} is not valid TOML: {error}.") from error


def _sentence(error: ValidationError) -> str:
    """Say which setting is wrong; of a misspelt one, what is there rather than what is missing."""
    errors = error.errors()
    unknown = [each for each in errors if each["type"] == "extra_forbidden"]
    first = (unknown or errors)[0]
    setting = ".".join(str(part) for part in first["loc"])
    if not unknown:
        return f"{setting}: {first['msg'].removeprefix('Value error, ').removesuffix('.')}."
    missing = [str(each["loc"][-1]) for each in errors if each["type"] == "missing"]
    close = difflib.get_close_matches(str(first["loc"][-1]), missing, n=1)
    hint = f"did you mean {close[0]}?" if close else "remove it."
    return f"{setting}: There is no such setting; {hint}"


@dataclass(frozen=True, kw_only=True)
class Project:
    """What the project gives the pipeline, each by the environment variable of the same name in capitals.

    Attributes:
        model_package_group_name: Name or ARN of the group in which versions are registered.
        model_card_arn: The card in which they are documented; it may not exist yet.
        artifact_location: Where else than in the project's bucket versions are kept, as an S3 URI.
        artifact_kms_key_arn: The key that encrypts them there.
        commit: What the build checked out.
        image_uri: The image of the project's own, by its digest; of a project that has one.
        data_details: What else the project knows of its data, by name: each variable ``INPUT_DATA_…`` but
            the address.
    """

    sagemaker_project_name: str
    sagemaker_project_id: str
    aws_region: str
    pipeline_name: str
    pipeline_role_arn: str
    artifact_bucket: str
    kms_key_arn: str
    model_package_group_name: str
    model_card_arn: str
    input_data_uri: str
    target_column: str
    artifact_location: str | None = None
    artifact_kms_key_arn: str | None = None
    commit: str | None = None
    image_uri: str | None = None
    data_details: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables that the project's build sets.

        Raises:
            ConfigurationError: Some are not set.
        """
        needed = [field.name for field in fields(cls) if field.default is MISSING]
        missing = [name.upper() for name in needed if not environment.get(name.upper())]
        if missing:
            raise ConfigurationError(f"Set {', '.join(missing)}; the project's build does it (README.md).")
        return cls(
            **{name: environment[name.upper()] for name in needed},
            artifact_location=environment.get("ARTIFACT_LOCATION") or None,
            artifact_kms_key_arn=environment.get("ARTIFACT_KMS_KEY_ARN") or None,
            commit=environment.get("CODEBUILD_RESOLVED_SOURCE_VERSION") or None,
            image_uri=environment.get("IMAGE_URI") or None,
            data_details=tuple(
                (name.lower(), value)
                for name, value in sorted(environment.items())
                if name.startswith(DATA_VARIABLE) and name.lower() not in needed and value
            ),
        )

    @property
    def version_location(self) -> str:
        """S3 URI under which everything that makes up a version is kept."""
        return self.artifact_location or f"s3://{self.artifact_bucket}/models"

    @property
    def version_kms_key_arn(self) -> str:
        """The key that encrypts it."""
        return self.artifact_kms_key_arn or self.kms_key_arn

    @property
    def tags(self) -> dict[str, str]:
        """Tags by which Studio and the bill find what belongs to the project."""
        return {
            "sagemaker:project-name": self.sagemaker_project_name,
            "sagemaker:project-id": self.sagemaker_project_id,
        }


def main() -> int:
    """Check the configuration.

    Returns:
        The exit code; 2 when a setting is wrong.
    """
    try:
        Configuration.load()
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
