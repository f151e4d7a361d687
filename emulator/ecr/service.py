"""The service object of Amazon ECR. Repositories and their policies are ministack's.

What ministack does with layers and manifests differs from AWS (digests are not compared, and what is there is
overwritten), so that images are the emulator's own.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/Welcome.html
"""

from typing import Any

from ministack.services import ecr as ministack_ecr

from emulator.core.authorization import ResourcePolicy
from emulator.core.service import Request, Service, ServiceError
from emulator.ecr.store import Repository, RepositoryName, contents

ecr = Service("ecr", ministack=True)


def name_of(request: Request) -> RepositoryName:
    """Which repository a request is about: of its own registry, or of the one it names."""
    given = request.parameters
    return RepositoryName(
        given.get("registryId", request.account), request.region, str(given["repositoryName"])
    )


def repository_arn(request: Request) -> str:
    """ARN of the repository that a request is about."""
    return name_of(request).arn


def described(name: RepositoryName) -> dict[str, Any] | None:
    """What ministack keeps of a repository; None if there is none."""
    found: dict[str, Any] | None = ministack_ecr._repositories.get_scoped(*name)
    return found


def policy_of(name: RepositoryName) -> ResourcePolicy:
    """The policy of a repository, if it has one, and the account that owns it."""
    return ministack_ecr._repo_policies.get_scoped(*name), name.account


def resource_policy(request: Request, _: str) -> ResourcePolicy:
    """The policy of the repository that a request is about, for `Service.operation`."""
    return policy_of(name_of(request))


def find(request: Request) -> Repository:
    """What the repository of a request holds.

    Raises:
        ServiceError: There is no such repository.
    """
    name = name_of(request)
    settings = described(name)
    if settings is None:
        raise ServiceError(
            "RepositoryNotFoundException",
            f"The repository with name '{name.name}' does not exist in the registry with id '{name.account}'",
        )
    return contents(name, settings)
