"""AWS CodeCommit: what callers may do with repositories.

Operations and errors: https://docs.aws.amazon.com/codecommit/latest/APIReference/Welcome.html.
"""

from collections.abc import Mapping
from typing import Any

from emulator.codecommit.git import Commit, Entry, Person
from emulator.codecommit.repositories import (
    Repository,
    RepositoryName,
    commit,
    create,
    delete,
    find,
    now,
    outdated,
    repositories,
)
from emulator.core.service import Request, Service, ServiceError

MAXIMUM_FILES_IN_COMMIT = 100
MAXIMUM_FILE_BYTES = 6 * 1024 * 1024
"""https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html"""

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
    here = (request.account, request.region)
    return {
        "repositories": [
            {"repositoryName": name.name, "repositoryId": repository.identifier}
            for name, repository in sorted(repositories.items())
            if name[:2] == here
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
    path = _path(request.parameters["filePath"])
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


@codecommit.operation("GetFolder", resource=_arn)
def _get_folder(request: Request) -> dict[str, Any]:
    repository = _repository(request)
    commit = _commit_of(repository, request.parameters.get("commitSpecifier"))
    folder = _path(request.parameters["folderPath"])
    tree = repository.git.tree(commit, folder)
    if tree is None:
        raise ServiceError("FolderDoesNotExistException", f"Could not find path {folder}")
    prefix = f"{folder}/" if folder else ""
    files: list[dict[str, str]] = []
    links: list[dict[str, str]] = []
    folders: set[str] = set()
    for path, entry in repository.git.files(commit).items():
        if not path.startswith(prefix):
            continue
        head, _, below = path.removeprefix(prefix).partition("/")
        if below:
            folders.add(head)
        else:
            (links if entry.mode == "SYMLINK" else files).append(_entry(entry) | {"relativePath": head})
    return {
        "commitId": commit,
        "folderPath": folder,
        "treeId": tree,
        "files": files,
        "symbolicLinks": links,
        "subFolders": [
            {
                "treeId": repository.git.tree(commit, prefix + head),
                "absolutePath": prefix + head,
                "relativePath": head,
            }
            for head in sorted(folders)
        ],
        "subModules": [],
    }


@codecommit.operation("GetDifferences", resource=_arn)
def _get_differences(request: Request) -> dict[str, Any]:
    repository, parameters = _repository(request), request.parameters
    before_specifier = parameters.get("beforeCommitSpecifier")
    before = repository.git.files(_commit_of(repository, before_specifier)) if before_specifier else {}
    after = repository.git.files(_commit_of(repository, parameters["afterCommitSpecifier"]))
    differences: list[dict[str, Any]] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old != new:
            difference: dict[str, Any] = {"changeType": "A" if old is None else "D" if new is None else "M"}
            if old is not None:
                difference["beforeBlob"] = {"blobId": old.identifier, "path": path, "mode": old.mode}
            if new is not None:
                difference["afterBlob"] = {"blobId": new.identifier, "path": path, "mode": new.mode}
            differences.append(difference)
    return {"differences": differences}


@codecommit.operation("CreateCommit", resource=_arn, condition_keys=_references)
def _create_commit(request: Request) -> dict[str, Any]:
    repository, parameters = _repository(request), request.parameters
    puts, deletes = parameters.get("putFiles", []), parameters.get("deleteFiles", [])
    modes = parameters.get("setFileModes", [])
    entries = len(puts) + len(deletes) + len(modes)
    if not entries:
        raise ServiceError("FileEntryRequiredException", "The commit cannot be created without a file entry")
    if entries > MAXIMUM_FILES_IN_COMMIT:
        raise ServiceError(
            "MaximumFileEntriesExceededException",
            f"A commit takes {MAXIMUM_FILES_IN_COMMIT} file entries, and {entries} were sent",
        )
    parent = _checked_parent(repository, parameters["branchName"], parameters.get("parentCommitId"))
    before = repository.git.files(parent) if parent else {}
    after = dict(before)
    for put in puts:
        path = _path(put["filePath"])
        after[path] = _put_entry(repository, before, path, put)
        if (source := put.get("sourceFile", {})).get("isMove"):
            del after[_path(source["filePath"])]
    for delete_file in deletes:
        path = _path(delete_file["filePath"])
        _existing(before, path)
        del after[path]
    for mode in modes:
        path = _path(mode["filePath"])
        after[path] = Entry(path=path, mode=mode["fileMode"], identifier=_existing(after, path).identifier)
    if after == before:
        raise ServiceError("NoChangeException", "The commit changes nothing")
    written = commit(
        repository,
        parameters["branchName"],
        after,
        parent=parent,
        author=_author(request, parameters.get("authorName")),
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
    parent = _checked_parent(repository, parameters["branchName"], parameters.get("parentCommitId"))
    before = repository.git.files(parent) if parent else {}
    path = _path(parameters["filePath"])
    entry = _put_entry(repository, before, path, parameters)
    if before.get(path) == entry:
        raise ServiceError("SameFileContentException", f"The content of {path} is the same")
    written = commit(
        repository,
        parameters["branchName"],
        before | {path: entry},
        parent=parent,
        author=_author(request, parameters.get("name")),
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


def _checked_parent(repository: Repository, branch: str, parent: str | None) -> str | None:
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


def _put_entry(
    repository: Repository, before: Mapping[str, Entry], path: str, put: Mapping[str, Any]
) -> Entry:
    source = put.get("sourceFile")
    if ("fileContent" in put) == (source is not None):
        code = (
            "FileContentAndSourceFileSpecifiedException" if source else "SourceFileOrContentRequiredException"
        )
        raise ServiceError(code, f"{path} needs either its content or a source file")
    if source is not None:
        entry = _existing(before, _path(source["filePath"]))
        return Entry(path=path, mode=put.get("fileMode", entry.mode), identifier=entry.identifier)
    content: bytes = put["fileContent"]
    if len(content) > MAXIMUM_FILE_BYTES:
        raise ServiceError(
            "FileContentSizeLimitExceededException",
            f"{path} has {len(content)} bytes; the limit is {MAXIMUM_FILE_BYTES}",
        )
    return Entry(path=path, mode=put.get("fileMode", "NORMAL"), identifier=repository.git.store(content))


def _existing(files: Mapping[str, Entry], path: str) -> Entry:
    if path not in files:
        raise ServiceError("FileDoesNotExistException", f"The file {path} does not exist")
    return files[path]


def _path(path: str) -> str:
    cleaned = path.strip("/")
    if any(part in ("", ".", "..", ".git") for part in cleaned.split("/")) and cleaned:
        raise ServiceError("InvalidPathException", f"The path {path} is not valid")
    return cleaned


def _author(request: Request, name: str | None) -> Person:
    return Person(
        name=name or request.caller_arn.rpartition("/")[2],
        email=request.parameters.get("email", ""),
        date=now(),
    )


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
