"""Names of branches, as git and the services that keep repositories allow them."""

import re

MAXIMUM_BRANCH = 100
"""Characters; CodeCommit takes 256, and CodePipeline's conditions on branches 255."""

_ALLOWED = re.compile(r"[A-Za-z0-9_./-]+")
# What such a name may not hold, with the words of the rule.
_FORBIDDEN = (
    (re.compile(r"\.\."), "holds '..'"),
    (re.compile(r"//"), "holds '//'"),
    (re.compile(r"^[/-]"), "begins with '/' or '-'"),
    (re.compile(r"[/.]$"), "ends with '/' or '.'"),
    (re.compile(r"(^|/)\."), "has a part that begins with '.'"),
    (re.compile(r"\.lock(/|$)"), "has a part that ends with '.lock'"),
    (re.compile(r"^HEAD$"), "is git's name for what is checked out"),
    (re.compile(r"^[0-9a-fA-F]{40}$"), "looks like the id of a commit"),
)


def branch_complaint(name: str) -> str | None:
    """Why a name cannot be that of a branch, in words that follow it; None if it can.

    The rules are those of git (https://git-scm.com/docs/git-check-ref-format), and of CodeCommit
    (https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html, "Branch names"), for a narrower
    alphabet: what else git allows would have to be quoted in buildspecs and patterns of events.

    Args:
        name: The name, without ``refs/heads/``.
    """
    if len(name) > MAXIMUM_BRANCH or _ALLOWED.fullmatch(name) is None:
        return (
            "is not the name of a branch, such as 'main': use 1 to "
            f"{MAXIMUM_BRANCH} letters, digits and any of _ . / -"
        )
    for pattern, reason in _FORBIDDEN:
        if pattern.search(name):
            return f"is not the name of a branch, such as 'main': it {reason}"
    return None
