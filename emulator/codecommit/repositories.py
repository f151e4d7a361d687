"""Repositories of AWS CodeCommit, and the events of their branches.

Events: https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html.
"""

import shutil
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.codecommit.git import BranchMovedError, Commit, Entry, GitRepository, Person
from emulator.core import archives, resource_tags, state
from emulator.core.names import RegionalName
from emulator.core.service import ServiceError
from emulator.core.store import Store
from emulator.core.switches import feared
from emulator.services import events


class RepositoryName(RegionalName):
    """A repository of any account."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """ARN of the repository."""
        return f"arn:aws:codecommit:{self.region}:{self.account}:{self.name}"


@dataclass
class Repository:
    """A repository and what CodeCommit knows about it."""

    name: RepositoryName
    identifier: str
    git: GitRepository
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)

    def metadata(self) -> dict[str, Any]:
        """Describe the repository as GetRepository does."""
        account, region, name = self.name
        return {
            "accountId": account,
            "repositoryId": self.identifier,
            "repositoryName": name,
            "repositoryDescription": self.description,
            "defaultBranch": self.default_branch(),
            "lastModifiedDate": self.modified,
            "creationDate": self.created,
            "cloneUrlHttp": f"https://git-codecommit.{region}.amazonaws.com/v1/repos/{name}",
            "cloneUrlSsh": f"ssh://git-codecommit.{region}.amazonaws.com/v1/repos/{name}",
            "Arn": self.name.arn,
        }

    def default_branch(self) -> str | None:
        """Return `main`, or else the first branch, or None in an empty repository."""
        branches = self.git.branches()
        return "main" if "main" in branches else next(iter(branches), None)


repositories: Store[Repository] = Store(
    "arn:aws:codecommit:{region}:{account}:{name}",
    missing="{name} does not exist",
    missing_code="RepositoryDoesNotExistException",
    duplicate="Repository named {name} already exists",
    duplicate_code="RepositoryNameExistsException",
)


def tags_of(repository_arn: str) -> Mapping[str, str] | None:
    """Return the tags of a repository, or None if there is none of that ARN."""
    _, _, _, region, account, name = repository_arn.split(":", 5)
    repository = repositories.find(account, region, name)
    return repository.tags if repository else None


resource_tags.register("codecommit", tags_of)


def find(name: RepositoryName) -> Repository:
    """Return a repository.

    Raises:
        ServiceError: There is none of that name.
    """
    return repositories.get(*name)


def create(
    name: RepositoryName, *, description: str = "", tags: Mapping[str, str] | None = None
) -> Repository:
    """Create an empty repository.

    Raises:
        ServiceError: The name is taken, or the account may have no repository.
    """
    if feared("codecommit-closed"):
        raise ServiceError(
            "OperationNotAllowedException",
            "CreateRepository request is not allowed because there is no existing repository in this AWS "
            "account or AWS Organization",
            403,
        )
    repositories.check_free(*name)
    identifier = str(uuid.uuid4())
    git = GitRepository.create(state.folder("codecommit", name.account, name.region) / f"{identifier}.git")
    repository = Repository(
        name=name, identifier=identifier, git=git, description=description, tags=dict(tags or {})
    )
    return repositories.add(*name, repository)


def delete(name: RepositoryName) -> Repository | None:
    """Delete a repository with all its commits; nothing happens if there is none."""
    repository = repositories.discard(*name)
    if repository is not None:
        shutil.rmtree(repository.git.folder)
    return repository


def rename(repository: Repository, name: str) -> None:
    """Give a repository another name.

    Raises:
        ServiceError: The name is taken.
    """
    renamed = repository.name._replace(name=name)
    if renamed == repository.name:
        return
    repositories.add(*renamed, repository)
    repositories.remove(*repository.name)
    repository.name = renamed


def identified(identifier: str) -> Repository | None:
    """Return the repository of an id, if there is one."""
    return next((each for each in repositories.everywhere() if each.identifier == identifier), None)


def seed(repository: Repository, branch: str, archive: bytes) -> None:
    """Make the first commit of a repository from a zip archive."""
    files = {}
    for path, content in archives.read(archive).items():
        files[path] = Entry(path=path, mode="NORMAL", identifier=repository.git.store(content))
    author = Person(name="AWS CodeCommit", email="noreply-awscodecommit@amazon.com", date=now())
    commit(repository, branch, files, parent=None, author=author, message="Initial commit by AWS CodeCommit")


def now() -> str:
    """Return this moment as git writes it."""
    return f"{int(time.time())} +0000"


def commit(
    repository: Repository,
    branch: str,
    files: Mapping[str, Entry],
    *,
    parent: str | None,
    author: Person,
    message: str,
    caller: str | None = None,
) -> Commit:
    """Commit to a branch and tell EventBridge that the branch has moved.

    Args:
        repository: The repository.
        branch: The branch; created if `parent` is None.
        files: All files of the new commit by their path.
        parent: The commit that the branch must point at.
        author: The author.
        message: The message.
        caller: ARN of who commits; None for AWS itself.

    Raises:
        ServiceError: The branch points at another commit.
    """
    try:
        identifier = repository.git.write(branch, files, parent=parent, author=author, message=message)
    except BranchMovedError:
        raise outdated(branch) from None
    repository.modified = time.time()
    account, region, name = repository.name
    detail = {
        "callerUserArn": caller or f"arn:aws:iam::{account}:root",
        "commitId": identifier,
        "event": "referenceUpdated" if parent else "referenceCreated",
        "referenceFullName": f"refs/heads/{branch}",
        "referenceName": branch,
        "referenceType": "branch",
        "repositoryId": repository.identifier,
        "repositoryName": name,
    }
    if parent:
        detail["oldCommitId"] = parent
    events.put_service_event(
        account,
        region,
        "aws.codecommit",
        "CodeCommit Repository State Change",
        detail,
        [repository.name.arn],
    )
    return repository.git.commit(identifier)


def outdated(branch: str) -> ServiceError:
    """Return what says that somebody else has committed meanwhile."""
    return ServiceError(
        "ParentCommitIdOutdatedException",
        f"The parent commit ID is not the tip of {branch}: fetch the branch and commit again",
    )
