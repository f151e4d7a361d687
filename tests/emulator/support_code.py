"""Small tools of the tests of repositories, builds and pipelines."""

import io
import time
import uuid
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from tests.emulator.support import Emulator


def zipped(files: Mapping[str, str]) -> bytes:
    """Return a zip archive of files by their path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def until(look: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    """Look again and again until what is found is as wanted, for half a minute at most."""
    for _ in range(300):
        if done(found := look()):
            return found
        time.sleep(0.1)
    raise AssertionError(f"Still {found!r}")


def kind(category: str, provider: str) -> dict[str, str]:
    """Return the type of an action of CodePipeline."""
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


def source_action(repository: str, artifact: str = "Code") -> dict[str, Any]:
    """Return the action that takes the newest commit of a repository's branch `main`."""
    return {
        "name": "Source",
        "actionTypeId": kind("Source", "CodeCommit"),
        "namespace": "Source",
        "configuration": {
            "RepositoryName": repository,
            "BranchName": "main",
            "PollForSourceChanges": "false",
        },
        "outputArtifacts": [{"name": artifact}],
    }


def repository_of(emulator: Emulator, files: Mapping[str, str]) -> str:
    """Create a repository of the development account with these files and return its name."""
    name = f"repository-{uuid.uuid4().hex[:8]}"
    codecommit = emulator.client("codecommit")
    codecommit.create_repository(repositoryName=name)
    puts = [{"filePath": path, "fileContent": content.encode()} for path, content in files.items()]
    codecommit.create_commit(repositoryName=name, branchName="main", putFiles=puts)
    return name
