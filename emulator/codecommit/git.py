"""A bare git repository, read and written by git's own commands."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MODES = {"100644": "NORMAL", "100755": "EXECUTABLE", "120000": "SYMLINK"}
MODE_NUMBERS = {name: number for number, name in MODES.items()}
NO_COMMIT = "0" * 40


class GitError(Exception):
    """git refused; with what it said."""


class BranchMovedError(Exception):
    """The branch does not point at the expected commit any more."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file in a tree.

    Attributes:
        mode: NORMAL, EXECUTABLE or SYMLINK.
        identifier: Id of the blob.
    """

    path: str
    mode: str
    identifier: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who wrote or committed; `date` as git stores it, seconds and zone."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit."""

    identifier: str
    tree: str
    parents: Sequence[str]
    author: Person
    committer: Person
    message: str


class GitRepository:
    """A bare repository in a folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; see `create`."""
        self.folder = folder

    @classmethod
    def create(cls, folder: Path) -> "GitRepository":
        """Create an empty repository."""
        repository = cls(folder)
        folder.mkdir(parents=True)
        repository._git("init", "--quiet", "--bare", "--initial-branch=main")
        return repository

    def branches(self) -> list[str]:
        """Return the names of the branches."""
        return self._text("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").splitlines()

    def branch(self, name: str) -> str | None:
        """Return the commit that a branch points at, if there is such a branch."""
        return self.resolve(f"refs/heads/{name}")

    def resolve(self, specifier: str) -> str | None:
        """Return the full id of the commit that a branch, reference or id means, if there is one."""
        try:
            return self._text(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{specifier}^{{commit}}"
            ).strip()
        except GitError:
            return None

    def commit(self, identifier: str) -> Commit:
        """Read a commit by its full id."""
        header, _, message = self._text("cat-file", "commit", identifier).partition("\n\n")
        fields: dict[str, list[str]] = {}
        for line in header.splitlines():
            name, _, value = line.partition(" ")
            fields.setdefault(name, []).append(value)
        return Commit(
            identifier=identifier,
            tree=fields["tree"][0],
            parents=fields.get("parent", []),
            author=_person(fields["author"][0]),
            committer=_person(fields["committer"][0]),
            message=message,
        )

    def files(self, commit: str) -> dict[str, Entry]:
        """Return all files of a commit by their path."""
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", commit).decode()
        entries = {}
        for line in filter(None, listed.split("\0")):
            attributes, path = line.split("\t", 1)
            mode, _, identifier = attributes.split(" ")
            entries[path] = Entry(path=path, mode=MODES[mode], identifier=identifier)
        return entries

    def read(self, identifier: str) -> bytes:
        """Return the content of a blob."""
        return self._git("cat-file", "blob", identifier)

    def store(self, content: bytes) -> str:
        """Store content as a blob and return its id."""
        return self._git("hash-object", "-w", "--stdin", standard_input=content).decode().strip()

    def archive(self, commit: str) -> bytes:
        """Return all files of a commit as a zip archive."""
        return self._git("archive", "--format=zip", commit)

    def write(
        self, branch: str, files: Mapping[str, Entry], *, parent: str | None, author: Person, message: str
    ) -> str:
        """Commit a whole tree to a branch.

        Args:
            branch: The branch to move, or to create when `parent` is None.
            files: All files of the new tree by their path.
            parent: The commit the branch must point at.
            author: The author and committer.
            message: The message.

        Returns:
            The id of the new commit.

        Raises:
            BranchMovedError: The branch points elsewhere; nothing is changed.
        """
        tree = self._write_tree(files)
        person = {
            "GIT_AUTHOR_NAME": author.name,
            "GIT_AUTHOR_EMAIL": author.email,
            "GIT_AUTHOR_DATE": author.date,
            "GIT_COMMITTER_NAME": author.name,
            "GIT_COMMITTER_EMAIL": author.email,
            "GIT_COMMITTER_DATE": author.date,
        }
        parents = ["-p", parent] if parent else []
        written = self._git(
            "commit-tree", tree, *parents, standard_input=message.encode(), environment=person
        )
        identifier = written.decode().strip()
        try:
            self._git("update-ref", f"refs/heads/{branch}", identifier, parent or NO_COMMIT)
        except GitError as error:
            raise BranchMovedError(str(error)) from None
        return identifier

    def _write_tree(self, files: Mapping[str, Entry]) -> str:
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            environment = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
            listed = "".join(
                f"{MODE_NUMBERS[entry.mode]} {entry.identifier}\t{path}\0" for path, entry in files.items()
            )
            self._git(
                "update-index", "-z", "--index-info", standard_input=listed.encode(), environment=environment
            )
            return self._git("write-tree", environment=environment).decode().strip()

    def _text(self, *arguments: str) -> str:
        return self._git(*arguments).decode(errors="replace")

    def _git(
        self,
        *arguments: str,
        standard_input: bytes = b"",
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run git on this repository, without the user's configuration."""
        alone = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_DIR": str(self.folder),
            "LC_ALL": "C",
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**alone, **(environment or {})},
            input=standard_input,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise GitError(done.stderr.decode(errors="replace").strip())
        return done.stdout


def _person(line: str) -> Person:
    name, _, rest = line.partition(" <")
    email, _, date = rest.partition("> ")
    return Person(name=name, email=email, date=date)
