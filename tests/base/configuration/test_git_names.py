"""What the catalog takes as a branch, git takes; and what git refuses, it refuses."""

import string
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.configuration.git_names import branch_complaint


def git_takes(name: str) -> bool:
    """What git itself says (https://git-scm.com/docs/git-check-ref-format)."""
    checked = subprocess.run(
        ["git", "check-ref-format", "--branch", name], capture_output=True, check=False, timeout=60
    )
    return checked.returncode == 0 and checked.stdout.decode().strip() == name


ACCEPTED = [
    "main",
    "a",
    "releases/2026.1",
    "feature/a_b-c",
    "v1.2.3",
    "locked",
    "a.lock2",
    "-".join("abc"),
    "heads/main",
]
REFUSED = [
    *("a..b", "a//b", "/a", "a/", "a.", ".a", "a/.b", "a.lock", "a.lock/b", "-a", "HEAD", ".."),
    *("", "a b", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\\b", "a@{b", "a\x7f", "a\n"),
]


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_branch_is_taken(name: str) -> None:
    assert branch_complaint(name) is None
    assert git_takes(name)


@pytest.mark.parametrize("name", REFUSED)
def test_what_git_refuses_is_refused(name: str) -> None:
    assert branch_complaint(name) is not None
    assert not git_takes(name)


@pytest.mark.parametrize("name", ["ä", "\uff11", "a" * 101, "@", "a@b", "0123456789abcdef" * 2 + "01234567"])
def test_what_others_refuse_is_refused(name: str) -> None:
    assert branch_complaint(name) is not None


@settings(max_examples=150, deadline=None)
@given(
    st.text("aB0_./-", min_size=1, max_size=8)
    | st.text(string.ascii_letters + "./-", max_size=5).map("{}.lock".format)
)
def test_the_rules_are_those_of_git(name: str) -> None:
    assert (branch_complaint(name) is None) == git_takes(name)
