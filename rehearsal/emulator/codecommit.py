"""AWS CodeCommit: repositories with their commits, as bare git repositories.

Operations and errors: https://docs.aws.amazon.com/codecommit/latest/APIReference/Welcome.html; events:
https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html.
"""

import shutil
import time
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rehearsal.emulator import archives, conditions, credentials, events, state
from rehearsal.emulator.codecommit_git import BranchMovedError, Commit, Entry, GitRepository, Person
from rehearsal.emulator.service import (
    Request,
    Service,
    ServiceError,
    current_account,
    current_region,
    register_resource_type,
)

MAXIMUM_FILES_IN_COMMIT = 100
MAXIMUM_FILE_BYTES = 6 * 1024 * 1024
"""https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html"""

codecommit = Service("codecommit")


class RepositoryName(NamedTuple):
    """A repository of any account."""

    account: str
    region: str
    name: str

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


_repositories: dict[RepositoryName, Repository] = {}


def find(name: RepositoryName) -> Repository:
    """Return a repository.

    Raises:
        ServiceError: There is none of that name.
    """
    if name not in _repositories:
        raise ServiceError("RepositoryDoesNotExistException", f"{name.name} does not exist")
    return _repositories[name]


def create(
    name: RepositoryName, *, description: str = "", tags: Mapping[str, str] | None = None
) -> Repository:
    """Create an empty repository.

    Raises:
        ServiceError: The name is taken.
    """
    if name in _repositories:
        raise ServiceError("RepositoryNameExistsException", f"Repository named {name.name} already exists")
    identifier = str(uuid.uuid4())
    git = GitRepository.create(state.folder("codecommit", name.account, name.region) / f"{identifier}.git")
    repository = Repository(
        name=name, identifier=identifier, git=git, description=description, tags=dict(tags or {})
    )
    _repositories[name] = repository
    return repository


def delete(name: RepositoryName) -> Repository | None:
    """Delete a repository with all its commits; nothing happens if there is none."""
    repository = _repositories.pop(name, None)
    if repository is not None:
        shutil.rmtree(repository.git.folder)
    return repository


def seed(repository: Repository, branch: str, archive: bytes) -> None:
    """Make the first commit of a repository from a zip archive."""
    files = {}
    for path, content in archives.read(archive).items():
        files[path] = Entry(path=path, mode="NORMAL", identifier=repository.git.store(content))
    author = Person(name="AWS CodeCommit", email="noreply-awscodecommit@amazon.com", date=_now())
    _commit(repository, branch, files, parent=None, author=author, message="Initial commit by AWS CodeCommit")


def _name(request: Request) -> RepositoryName:
    return RepositoryName(request.account, request.region, request.parameters["repositoryName"])


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
def _list_repositories(request: Request) -> dict[str, Any]:
    here = (request.account, request.region)
    return {
        "repositories": [
            {"repositoryName": name.name, "repositoryId": repository.identifier}
            for name, repository in sorted(_repositories.items())
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
    commit = _commit(
        repository,
        parameters["branchName"],
        after,
        parent=parent,
        author=_author(request, parameters.get("authorName")),
        message=parameters.get("commitMessage", ""),
        caller=request.caller_arn,
    )
    return {
        "commitId": commit.identifier,
        "treeId": commit.tree,
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
    commit = _commit(
        repository,
        parameters["branchName"],
        before | {path: entry},
        parent=parent,
        author=_author(request, parameters.get("name")),
        message=parameters.get("commitMessage", ""),
        caller=request.caller_arn,
    )
    return {"commitId": commit.identifier, "blobId": entry.identifier, "treeId": commit.tree}


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
        raise _outdated(branch)
    return tip


def _outdated(branch: str) -> ServiceError:
    return ServiceError(
        "ParentCommitIdOutdatedException",
        f"The parent commit ID is not the tip of {branch}: fetch the branch and commit again",
    )


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
        date=_now(),
    )


def _now() -> str:
    return f"{int(time.time())} +0000"


def _commit(
    repository: Repository,
    branch: str,
    files: Mapping[str, Entry],
    *,
    parent: str | None,
    author: Person,
    message: str,
    caller: str | None = None,
) -> Commit:
    """Commit to a branch and tell EventBridge that the branch has moved."""
    try:
        identifier = repository.git.write(branch, files, parent=parent, author=author, message=message)
    except BranchMovedError:
        raise _outdated(branch) from None
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


def _commit_description(commit: Commit) -> dict[str, Any]:
    return {
        "commitId": commit.identifier,
        "treeId": commit.tree,
        "parents": list(commit.parents),
        "message": commit.message,
        "author": vars(commit.author),
        "committer": vars(commit.committer),
        "additionalData": "",
    }


def _entry(entry: Entry) -> dict[str, str]:
    return {"absolutePath": entry.path, "blobId": entry.identifier, "fileMode": entry.mode}


# AWS::CodeCommit::Repository


def _create_resource(_: str, properties: dict[str, Any], __: str) -> tuple[str, dict[str, Any]]:
    code = properties.get("Code")
    archive = _seed_archive(code["S3"]) if code else None
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    name = RepositoryName(current_account(), current_region(), properties["RepositoryName"])
    repository = create(name, description=properties.get("RepositoryDescription", ""), tags=tags)
    if code and archive is not None:
        try:
            seed(repository, code.get("BranchName", "main"), archive)
        except zipfile.BadZipFile:
            delete(name)
            raise ServiceError("InvalidRequest", f"The code of {name.name} is not a zip archive") from None
    return repository.identifier, _attributes(repository)


def _update_resource(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], _: str
) -> tuple[str, dict[str, Any]]:
    """Rename or describe a repository anew; its code is never touched by an update."""
    repository = _identified(physical_id)
    if repository is None:
        raise ServiceError("RepositoryDoesNotExistException", f"{old['RepositoryName']} does not exist")
    renamed = repository.name._replace(name=new["RepositoryName"])
    if renamed != repository.name:
        if renamed in _repositories:
            raise ServiceError(
                "RepositoryNameExistsException", f"Repository named {renamed.name} already exists"
            )
        _repositories[renamed] = _repositories.pop(repository.name)
        repository.name = renamed
    repository.description = new.get("RepositoryDescription", "")
    repository.tags = {tag["Key"]: tag["Value"] for tag in new.get("Tags", [])}
    return physical_id, _attributes(repository)


def _delete_resource(physical_id: str, _: dict[str, Any]) -> None:
    repository = _identified(physical_id)
    if repository is not None:
        delete(repository.name)


def _identified(identifier: str) -> Repository | None:
    return next((each for each in _repositories.values() if each.identifier == identifier), None)


def _attributes(repository: Repository) -> dict[str, Any]:
    metadata = repository.metadata()
    return {
        "Arn": metadata["Arn"],
        "CloneUrlHttp": metadata["cloneUrlHttp"],
        "CloneUrlSsh": metadata["cloneUrlSsh"],
        "Name": repository.name.name,
    }


def _seed_archive(place: Mapping[str, str]) -> bytes:
    """Read the code of a new repository.

    Whether whoever creates the stack may read it has been asked before the resource is made.
    """
    bucket, key = place["Bucket"], place["Key"]
    version = {"VersionId": place["ObjectVersion"]} if "ObjectVersion" in place else {}
    owner = conditions.owner_of(f"arn:aws:s3:::{bucket}/{key}") or current_account()
    client = credentials.client("s3", credentials.root_credentials(owner), current_region())
    content: bytes = client.get_object(Bucket=bucket, Key=key, **version)["Body"].read()
    return content


register_resource_type(
    "AWS::CodeCommit::Repository", create=_create_resource, update=_update_resource, delete=_delete_resource
)
