"""The access matrix as a page for people: a governance officer, an auditor, a team."""

import textwrap
from collections.abc import Iterator, Sequence

from access.abilities import Topic
from access.access import Role
from access.access_matrix import Access, AccessMatrix, is_person
from access.example import DEPLOY, DIRECT, FEATURES, LAKE, SUBSCRIBED, TEAM

COMMAND = "scripts/catalog access-matrix"

ALLOWED = "✓"
DENIED = "\N{EN DASH}"

_WIDTH = 110


def page(matrix: AccessMatrix) -> str:
    """The matrix in Markdown.

    Args:
        matrix: The matrix.
    """
    sections = (_introduction(matrix), *(_topic(matrix, topic) for topic in matrix.topics), _outside(matrix))
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _introduction(matrix: AccessMatrix) -> Iterator[str]:
    accounts = ", ".join(f"{name} ({account})" for account, name in matrix.accounts.items())
    yield "# Who may do what with a model"
    yield ""
    yield _paragraph(
        "This page is computed. Every role that the platform's templates make is asked for each of the "
        "things below, and the rules of IAM decide: by the role's own policies, by the policies of buckets, "
        "keys, groups, images and cards, by what is shared of cards, and by who may assume whom. Across "
        f"accounts both sides must allow. After a change of policies, `{COMMAND}` renews the page; a test "
        "holds it against them."
    )
    yield ""
    yield _paragraph(
        f"The accounts are {accounts}. Each project has an id, which ends the names of its roles:"
    )
    yield ""
    yield f"* `{TEAM.id}` registers with its team, and promotion copies what the lead approves;"
    yield f"* `{DIRECT.id}` registers in the central registry itself;"
    if "data" in matrix.accounts.values():
        yield f"* `{LAKE.id}` trains on a table of the data lake, and registers with its team;"
        yield f"* `{FEATURES.id}` does the same on labels joined with a central feature group;"
        yield f"* `{SUBSCRIBED.id}` does the same on a data set that the account subscribes to;"
    yield f"* `{DEPLOY.id}` deploys the versions of `{TEAM.id}`."
    yield ""
    yield _paragraph(
        f"{ALLOWED} is allowed, {DENIED} is not. A number tells which statements allow it besides the role's "
        "own policies, or which role is assumed for it. Roles of people are in bold."
    )


def _topic(matrix: AccessMatrix, topic: Topic) -> Iterator[str]:
    rows = {role: matrix.of(role, topic) for role in matrix.roles}
    notes: dict[str, int] = {}
    yield f"## {topic.title}"
    yield ""
    yield _row(["Account", "Role", *(ability.name for ability in topic.abilities)])
    yield _row(["---", "---", *(":-:" for _ in topic.abilities)])
    for role, row in rows.items():
        if any(row):
            cells = [_cell(matrix, access, notes) for access in row]
            yield _row([matrix.accounts[role.account], _name(role), *cells])
    nobody = [ability.name for ability in topic.abilities if not matrix.who(ability)]
    if nobody:
        yield ""
        yield _paragraph(f"Nobody at all: {'; '.join(nobody)}.")
    if notes:
        yield ""
        yield from (f"{number}. {note}" for note, number in notes.items())
    yield ""
    yield from (f"* **{ability.name}**: {ability.meaning}" for ability in topic.abilities)


def _outside(matrix: AccessMatrix) -> Iterator[str]:
    """What the page cannot know."""
    example = matrix.example
    yield "## What stands outside"
    yield ""
    yield "* The organisation's service control policies, which only take away."
    yield _item(
        "Whoever may change roles and policies themselves: an account's administrators, and "
        f"`{example.names.platform_engineer_role}`, who deploys them through CloudFormation."
    )
    yield _item(
        "What a service does under a role that somebody hands it (`iam:PassRole`): it counts for that role. "
        "A data scientist who starts a pipeline registers under the pipeline's training role."
    )
    boundary = example.settings.permissions_boundary
    if boundary and example.boundary is None:
        yield _item(
            f"The permissions boundary `{boundary}`, which only takes away: `{COMMAND} --boundary FILE` "
            "reckons with it."
        )
    idle = [
        f"`{role.name}` ({matrix.accounts[role.account]})"
        for role in matrix.roles
        if not any(access for topic in matrix.topics for access in matrix.of(role, topic))
    ]
    yield ""
    yield _paragraph(f"These roles may do nothing of the above: {', '.join(idle)}.")


def _cell(matrix: AccessMatrix, access: Access | None, notes: dict[str, int]) -> str:
    if access is None:
        return DENIED
    parts = [f"`{grant}`" for grant in access.grants]
    if access.through:
        parts.insert(0, f"assuming `{access.through.name}` in {matrix.accounts[access.through.account]}")
    if not parts:
        return ALLOWED
    return f"{ALLOWED}<sup>{notes.setdefault(', '.join(parts), len(notes) + 1)}</sup>"


def _name(role: Role) -> str:
    return f"**`{role.name}`**" if is_person(role) else f"`{role.name}`"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _paragraph(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _item(text: str) -> str:
    return textwrap.fill(
        f"* {text}", _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
