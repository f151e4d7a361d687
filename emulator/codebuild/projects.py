"""Projects of AWS CodeBuild."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.codebuild.build import Build
from emulator.core.names import RegionalName
from emulator.core.store import Store

DEFAULT_TIMEOUT_MINUTES = 60


DEFAULT_QUEUED_TIMEOUT_MINUTES = 480
"""https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html"""


class ProjectName(RegionalName):
    """A project of any account."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """ARN of the project."""
        return f"arn:aws:codebuild:{self.region}:{self.account}:project/{self.name}"


@dataclass
class CodeBuildProject:
    """A project and its builds by id, the oldest first."""

    name: ProjectName
    description: dict[str, Any]
    builds: dict[str, Build] = field(default_factory=dict)


projects: Store[CodeBuildProject] = Store(
    "arn:aws:codebuild:{region}:{account}:project/{name}",
    missing="The specified project could not be found: {arn}",
    missing_code="ResourceNotFoundException",
    duplicate="Project already exists: {arn}",
    duplicate_code="ResourceAlreadyExistsException",
)


def create(name: ProjectName, parameters: Mapping[str, Any]) -> CodeBuildProject:
    """Create a project.

    Args:
        name: Its name.
        parameters: Those of CreateProject.

    Raises:
        ServiceError: The name is taken.
    """
    return projects.add(*name, CodeBuildProject(name, _described(name, parameters)))


def replace(name: ProjectName, parameters: Mapping[str, Any]) -> None:
    """Describe a project anew.

    Args:
        name: Its name.
        parameters: Those of CreateProject.
    """
    find(name).description = _described(name, parameters)


def delete(name: ProjectName) -> None:
    """Delete a project; nothing happens if there is none."""
    projects.discard(*name)


def _described(name: ProjectName, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a project as BatchGetProjects does, with the defaults of what was not said."""
    now = time.time()
    return {
        "cache": {"type": "NO_CACHE"},
        "timeoutInMinutes": DEFAULT_TIMEOUT_MINUTES,
        "queuedTimeoutInMinutes": DEFAULT_QUEUED_TIMEOUT_MINUTES,
        "encryptionKey": f"arn:aws:kms:{name.region}:{name.account}:alias/aws/s3",
        "badge": {"badgeEnabled": False},
        **parameters,
        "name": name.name,
        "arn": name.arn,
        "created": now,
        "lastModified": now,
    }


def find(name: ProjectName) -> CodeBuildProject:
    """Return a project.

    Raises:
        ServiceError: There is none of that name.
    """
    return projects.get(*name)
