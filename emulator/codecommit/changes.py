"""What a new commit takes: its parent, its author, and the files that it puts."""

from collections.abc import Mapping
from typing import Any

from emulator.codecommit.git import Entry, Person
from emulator.codecommit.repositories import (
    Repository,
    now,
    outdated,
)
from emulator.core.service import NotOfferedError, Request, ServiceError

MAXIMUM_FILE_BYTES = 6 * 1024 * 1024
"""https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html"""


def checked_parent(repository: Repository, branch: str, parent: str | None) -> str | None:
    """Return the commit that a new one follows: the branch's, which the caller must have seen."""
    tip = repository.git.branch(branch)
    if tip is None:
        if repository.git.branches():
            raise ServiceError("BranchDoesNotExistException", f"Branch {branch} does not exist")
        return None
    if parent is None:
        raise ServiceError("ParentCommitIdRequiredException", "A parent commit ID is required")
    if repository.git.resolve(parent) != parent:
        raise ServiceError("ParentCommitDoesNotExistException", f"The parent commit {parent} does not exist")
    if parent != tip:
        raise outdated(branch)
    return tip


def put_entry(repository: Repository, path: str, put: Mapping[str, Any]) -> Entry:
    """Return the file that an entry of `putFiles` makes.

    Raises:
        ServiceError: The entry is not valid, or its content too large.
    """
    if "sourceFile" in put:
        raise NotOfferedError("sourceFile of CreateCommit")
    if "fileContent" not in put:
        raise ServiceError("SourceFileOrContentRequiredException", f"{path} needs its content")
    content: bytes = put["fileContent"]
    if len(content) > MAXIMUM_FILE_BYTES:
        raise ServiceError(
            "FileContentSizeLimitExceededException",
            f"{path} has {len(content)} bytes; the limit is {MAXIMUM_FILE_BYTES}",
        )
    return Entry(path=path, mode=put.get("fileMode", "NORMAL"), identifier=repository.git.store(content))


def existing(files: Mapping[str, Entry], path: str) -> Entry:
    """Return a file of a tree.

    Raises:
        ServiceError: There is none at the path.
    """
    if path not in files:
        raise ServiceError("FileDoesNotExistException", f"The file {path} does not exist")
    return files[path]


def clean_path(path: str) -> str:
    """Return a path without slashes at its ends.

    Raises:
        ServiceError: It leads out of the repository, or into its own data.
    """
    cleaned = path.strip("/")
    if any(part in ("", ".", "..", ".git") for part in cleaned.split("/")) and cleaned:
        raise ServiceError("InvalidPathException", f"The path {path} is not valid")
    return cleaned


def author(request: Request, name: str | None) -> Person:
    """Return who makes the commit of a request."""
    return Person(
        name=name or request.caller_arn.rpartition("/")[2],
        email=request.parameters.get("email", ""),
        date=now(),
    )
