"""Commits, branches and their trees in a bare repository."""

from pathlib import Path

import pytest

from emulator.codecommit.git import BranchMovedError, Entry, GitRepository, Person
from emulator.core import archives

AUTHOR = Person(name="Ada", email="ada@example.com", date="1700000000 +0000")


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return GitRepository.create(tmp_path / "repository.git")


def entry(repository: GitRepository, path: str, content: bytes, mode: str = "NORMAL") -> Entry:
    return Entry(path=path, mode=mode, identifier=repository.store(content))


def commit(repository: GitRepository, files: dict[str, bytes], parent: str | None = None) -> str:
    entries = {path: entry(repository, path, content) for path, content in files.items()}
    return repository.write("main", entries, parent=parent, author=AUTHOR, message="Change\n\nWhy")


def test_starts_without_branches(repository: GitRepository) -> None:
    assert repository.branches() == []
    assert repository.branch("main") is None
    assert repository.resolve("HEAD") is None


def test_reads_what_it_wrote(repository: GitRepository) -> None:
    first = commit(repository, {"README.md": b"one", "src/ä b.py": b"\x00\xff"})

    assert repository.branches() == ["main"]
    assert repository.branch("main") == first == repository.resolve(first[:10])
    files = repository.files(first)
    assert {path: repository.read(each.identifier) for path, each in files.items()} == {
        "README.md": b"one",
        "src/ä b.py": b"\x00\xff",
    }
    read = repository.commit(first)
    assert (read.author, read.committer, read.message, list(read.parents)) == (
        AUTHOR,
        AUTHOR,
        "Change\n\nWhy",
        [],
    )


def test_history_grows_from_the_tip_only(repository: GitRepository) -> None:
    first = commit(repository, {"a": b"1"})
    second = commit(repository, {"a": b"2"}, parent=first)

    assert repository.commit(second).parents == [first]
    for stale in (None, first):
        with pytest.raises(BranchMovedError):
            commit(repository, {"a": b"3"}, parent=stale)
    assert repository.branch("main") == second


def test_archives_keep_paths_content_and_mode(repository: GitRepository, tmp_path: Path) -> None:
    run = entry(repository, "bin/run", b"#!/bin/sh\n", mode="EXECUTABLE")
    written = repository.write("main", {"bin/run": run}, parent=None, author=AUTHOR, message="")

    archives.unpack(repository.archive(written), tmp_path / "out")

    assert (tmp_path / "out/bin/run").read_bytes() == b"#!/bin/sh\n"
    assert (tmp_path / "out/bin/run").stat().st_mode & 0o100
    assert repository.files(written)["bin/run"].mode == "EXECUTABLE"


def test_is_deaf_to_the_configuration_of_the_user(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text(
        "[commit]\n\tgpgsign = true\n[core]\n\tautocrlf = true\n", encoding="utf-8"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody else")

    written = commit(repository, {"a": b"one\r\ntwo\r\n"})

    assert repository.commit(written).author == AUTHOR
    assert repository.read(repository.files(written)["a"].identifier) == b"one\r\ntwo\r\n"
