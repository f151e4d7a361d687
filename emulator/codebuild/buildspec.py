"""The buildspec: what it may say, and what it means.

Reference: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html (version 0.2).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

PhaseName = Literal["install", "pre_build", "build", "post_build"]
PHASES: tuple[PhaseName, ...] = ("install", "pre_build", "build", "post_build")


class BuildspecError(Exception):
    """The buildspec cannot be used; CodeBuild reports it as ``YAML_FILE_ERROR``."""


class NoArtifactsError(Exception):
    """The artifacts section matches no file; CodeBuild reports it as ``CLIENT_ERROR``."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_OneOrMore = Annotated[list[str], BeforeValidator(_as_list)]


class _Section(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=lambda name: name.rstrip("_").replace("_", "-")),
        extra="forbid",
        frozen=True,
    )


class Variables(_Section):
    """`env`: variables of the shell, and where their values come from."""

    shell: Literal["bash", "sh"] = "sh"
    variables: dict[str, str] = {}
    parameter_store: dict[str, str] = {}
    secrets_manager: dict[str, str] = {}
    exported_variables: list[str] = []
    git_credential_helper: str = "no"


class Phase(_Section):
    """A phase: its commands, and what follows when one of them fails."""

    run_as: str | None = None
    on_failure: Literal["ABORT", "CONTINUE"] | None = None
    runtime_versions: dict[str, str] = {}
    commands: list[str] = []
    finally_: list[str] = []


class Phases(_Section):
    """The phases, in their order."""

    install: Phase = Phase()
    pre_build: Phase = Field(default=Phase(), validation_alias="pre_build")
    build: Phase = Phase()
    post_build: Phase = Field(default=Phase(), validation_alias="post_build")


class Artifact(_Section):
    """Files that a build hands on."""

    files: _OneOrMore = []
    name: str | None = None
    base_directory: str = "."
    exclude_paths: _OneOrMore = []
    discard_paths: str = "no"
    enable_symlinks: str = "no"
    s3_prefix: str | None = None

    def select(self, source: Path) -> dict[str, Path]:
        """Return the matching files by their path inside the artifact.

        Args:
            source: The folder of the build's source, to which `base-directory` is relative.

        Raises:
            NoArtifactsError: A base directory is missing, or no file matches.
        """
        base = (source / self.base_directory).resolve()
        if not base.is_dir():
            raise NoArtifactsError(f"no matching base directory path found for {self.base_directory}")
        excluded = {path for pattern in self.exclude_paths for path in _matches(base, pattern)}
        found = sorted(
            {path for pattern in self.files for path in _matches(base, pattern)} - excluded, key=str
        )
        if not found:
            raise NoArtifactsError(f"no matching artifact paths found for {', '.join(self.files)} in {base}")
        flat = self.discard_paths == "yes"
        return {path.name if flat else path.relative_to(base).as_posix(): path for path in found}


class Artifacts(Artifact):
    """`artifacts`: the primary artifact, and secondary ones by identifier."""

    secondary_artifacts: dict[str, Artifact] = {}


class Cache(_Section):
    """`cache`: folders that outlive the build."""

    paths: list[str] = []
    key: str | None = None
    fallback_keys: list[str] = []
    action: str | None = None


class Buildspec(_Section):
    """A buildspec. Sections without a meaning outside AWS are accepted and left alone."""

    version: Literal["0.2"]
    run_as: str | None = None
    env: Variables = Variables()
    proxy: dict[str, str] = {}
    phases: Phases
    artifacts: Artifacts = Artifacts()
    cache: Cache = Cache()
    reports: dict[str, Any] = {}
    batch: dict[str, Any] = {}

    def phase(self, name: PhaseName) -> Phase:
        """Return a phase; an empty one if the buildspec does not mention it."""
        phase: Phase = getattr(self.phases, name)
        return phase


def parse(text: str) -> Buildspec:
    """Read a buildspec.

    Args:
        text: YAML, or JSON, which is YAML as well.

    Raises:
        BuildspecError: With one sentence for the first mistake.
    """
    try:
        # Every scalar is a string to CodeBuild (`yes`, `0.2`, `3.10`), which is what BaseLoader returns;
        # it constructs no other objects.
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise BuildspecError(f"the buildspec is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise BuildspecError("the buildspec is empty or not a mapping")
    try:
        return Buildspec.model_validate(content)
    except ValidationError as error:
        raise BuildspecError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "extra_forbidden":
            return f"{where}: a buildspec has no such key"
        case "missing":
            return f"{where}: missing from the buildspec"
        case "string_type":
            return f"{where}: expected text and found {first['input']!r}; quote it if it contains a colon"
        case _:
            return f"{where}: {first['msg']}, and found {first['input']!r}"


def _matches(base: Path, pattern: str) -> Iterator[Path]:
    """Return the files of a folder that match a pattern of the artifacts section."""
    cleaned = pattern.removeprefix("./")
    return (path for path in base.glob(cleaned) if path.is_file())
