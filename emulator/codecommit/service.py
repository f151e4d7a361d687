"""AWS CodeCommit: what callers may do with repositories.

Operations and errors: https://docs.aws.amazon.com/codecommit/latest/APIReference/Welcome.html.
"""

from typing import Any

from emulator.codecommit.changes import author, checked_parent, clean_path, existing, put_entry
from emulator.codecommit.git import Commit, Entry
from emulator.codecommit.repositories import (
    Repository,
    RepositoryName,
    commit,
    create,
    delete,
    find,
    repositories,
)
from emulator.core.service import NotOfferedError, Request, Service, ServiceError

MAXIMUM_FILES_IN_COMMIT = 100

codecommit = Service("codecommit")


def _name(request: Request) -> RepositoryName:
    # Of some operations the model says that the name may be missing, and the service does not.
    name = request.parameters.get("repositoryName")
    if name is None:
        raise ServiceError("RepositoryNameRequiredException", "A repository name is required.")
    return RepositoryName(request.account, request.region, name)


def _repository(request: Request) -> Repository:
    return find(_name(request))


def _arn(request: Request) -> str:
    return _name(request).arn


def _references(request: Request) -> dict[str, Any]:
    branch = request.parameters.get("branchName")
    return {"codecommit:References": f"refs/heads/{branch}"} if branch else {}


@codecommit.operation("CreateRepository", resource=_arn)
def _create_repository(request: Request) -> dict[str, Any]:
    parameters = request.parameters
    repository = create(
        _name(request), description=parameters.get("repositoryDescription", ""), tags=parameters.get("tags")
    )
    return {"repositoryMetadata": repository.metadata()}


@codecommit.operation("GetRepository", resource=_arn)
def _get_repository(request: Request) -> dict[str, Any]:
    return {"repositoryMetadata": _repository(request).metadata()}


@codecommit.operation("ListRepositories")
def _listrepositories(request: Request) -> dict[str, Any]:
    found = sorted(repositories.all(request.account, request.region), key=lambda repository: repository.name)
    return {
        "repositories": [
            {"repositoryName": repository.name.name, "repositoryId": repository.identifier}
            for repository in found
        ]
    }


@codecommit.operation("DeleteRepository", resource=_arn)
def _delete_repository(request: Request) -> dict[str, Any]:
    repository = delete(_name(request))
    return {"repositoryId": repository.identifier} if repository else {}


@codecommit.operation("GetBranch", resource=_arn)
def _get_branch(request: Request) -> dict[str, Any]:
    branch = request.parameters["branchName"]
    return {"branch": {"branchName": branch, "commitId": _tip(_repository(request), branch)}}


@codecommit.operation("ListBranches", resource=_arn)
def _list_branches(request: Request) -> dict[str, Any]:
    return {"branches": _repository(request).git.branches()}


@codecommit.operation("GetCommit", resource=_arn)
def _get_commit(request: Request) -> dict[str, Any]:
    repository, identifier = _repository(request), request.parameters["commitId"]
    if repository.git.resolve(identifier) != identifier:
        raise ServiceError("CommitIdDoesNotExistException", f"The commit {identifier} does not exist")
    return {"commit": _commit_description(repository.git.commit(identifier))}


@codecommit.operation("GetFile", resource=_arn)
def _get_file(request: Request) -> dict[str, Any]:
    repository = _repository(request)
    commit = _commit_of(repository, request.parameters.get("commitSpecifier"))
    path = clean_path(request.parameters["filePath"])
    entry = repository.git.files(commit).get(path)
    if entry is None:
        raise ServiceError("FileDoesNotExistException", f"Could not find path {path}")
    content = repository.git.read(entry.identifier)
    return {
        "commitId": commit,
        "blobId": entry.identifier,
        "filePath": path,
        "fileMode": entry.mode,
        "fileSize": len(content),
        "fileContent": content,
    }


@codecommit.operation("CreateCommit", resource=_arn, condition_keys=_references)
def _create_commit(request: Request) -> dict[str, Any]:
    repository, parameters = _repository(request), request.parameters
    puts, deletes = parameters.get("putFiles", []), parameters.get("deleteFiles", [])
    if "setFileModes" in parameters:
        raise NotOfferedError("setFileModes of CreateCommit")
    entries = len(puts) + len(deletes)
    if not entries:
        raise ServiceError("FileEntryRequiredException", "The commit cannot be created without a file entry")
    if entries > MAXIMUM_FILES_IN_COMMIT:
        raise ServiceError(
            "MaximumFileEntriesExceededException",
            f"A commit takes {MAXIMUM_FILES_IN_COMMIT} file entries, and {entries} were sent",
        )
    parent = checked_parent(repository, parameters["branchName"], parameters.get("parentCommitId"))
    before = repository.git.files(parent) if parent else {}
    after = dict(before)
    for put in puts:
        path = clean_path(put["filePath"])
        after[path] = put_entry(repository, path, put)
    for delete_file in deletes:
        path = clean_path(delete_file["filePath"])
        existing(before, path)
        del after[path]
    if after == before:
        raise ServiceError("NoChangeException", "The commit changes nothing")
    written = commit(
        repository,
        parameters["branchName"],
        after,
        parent=parent,
        author=author(request, parameters.get("authorName")),
        message=parameters.get("commitMessage", ""),
        caller=request.caller_arn,
    )
    return {
        "commitId": written.identifier,
        "treeId": written.tree,
        "filesAdded": [_entry(after[path]) for path in sorted(after.keys() - before.keys())],
        "filesUpdated": [
            _entry(after[path])
            for path in sorted(after.keys() & before.keys())
            if after[path] != before[path]
        ],
        "filesDeleted": [_entry(before[path]) for path in sorted(before.keys() - after.keys())],
    }


@codecommit.operation("PutFile", resource=_arn, condition_keys=_references)
def _put_file(request: Request) -> dict[str, Any]:
    repository, parameters = _repository(request), request.parameters
    parent = checked_parent(repository, parameters["branchName"], parameters.get("parentCommitId"))
    before = repository.git.files(parent) if parent else {}
    path = clean_path(parameters["filePath"])
    entry = put_entry(repository, path, parameters)
    if before.get(path) == entry:
        raise ServiceError("SameFileContentException", f"The content of {path} is the same")
    written = commit(
        repository,
        parameters["branchName"],
        before | {path: entry},
        parent=parent,
        author=author(request, parameters.get("name")),
        message=parameters.get("commitMessage", ""),
        caller=request.caller_arn,
    )
    return {"commitId": written.identifier, "blobId": entry.identifier, "treeId": written.tree}


def _tip(repository: Repository, branch: str) -> str:
    commit = repository.git.branch(branch)
    if commit is None:
        raise ServiceError("BranchDoesNotExistException", f"Branch {branch} does not exist")
    return commit


def _commit_of(repository: Repository, specifier: str | None) -> str:
    commit = repository.git.resolve(specifier or repository.default_branch() or "HEAD")
    if commit is None:
        raise ServiceError("CommitDoesNotExistException", f"{specifier or 'HEAD'} names no commit")
    return commit


def _commit_description(found: Commit) -> dict[str, Any]:
    return {
        "commitId": found.identifier,
        "treeId": found.tree,
        "parents": list(found.parents),
        "message": found.message,
        "author": vars(found.author),
        "committer": vars(found.committer),
        "additionalData": "",
    }


def _entry(entry: Entry) -> dict[str, str]:
    return {"absolutePath": entry.path, "blobId": entry.identifier, "fileMode": entry.mode}
