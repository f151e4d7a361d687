"""The steps of the README, followed to the letter: their commands, each run by whoever has to run it."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from base.places import REPOSITORY
from emulator.machine.isolation import clean_environment
from rehearsal import aws_command
from rehearsal.accounts import Credentials
from rehearsal.processes import run
from rehearsal.story import ActError, Story

ADOPT, LEAVE = "Adopt it on AWS", "Leave it"
README = REPOSITORY / "README.md"

_STEP = re.compile(r"^[0-9]+\. \*\*(?P<title>[^*]+)\*\*", re.MULTILINE)
_COMMAND = re.compile(r"^\s*\$ (?P<command>.+)$", re.MULTILINE)
_ALREADY = ("make setup",)
"""What `make rehearse` has done before the story begins."""

_PLACEHOLDER = re.compile(r"<(?P<name>[a-z ]+)>")
_EVENT = re.compile(
    r"\|\s*(?P<status>[A-Z_]+)\s*\|\s*(?P<type>AWS::\S+|Custom::\S+|\S+)\s*\|\s*(?P<name>\S+)"
)
"""`mlplatform-registry | 3/12 | 10:02:11 AM | CREATE_COMPLETE | AWS::KMS::Key | Key (Key961B73FD)`"""

_CDK = {
    "CDK_CI": "true",
    "CDK_COLOR": "false",
    "CDK_CONCURRENCY": "4",
    "CDK_NOTICES": "false",
    "CDK_PROGRESS": "events",
    "CDK_VERSION_REPORTING": "false",
}
"""Options of the CDK's command line that no command of the README names, as variables."""

_YES = {"deploy": {"CDK_REQUIRE_APPROVAL": "never"}, "destroy": {"CDK_FORCE": "true"}}
"""In place of a person who reads what will change, and says yes."""


@dataclass(frozen=True)
class Step:
    """A numbered step of a section.

    Attributes:
        title: The words in bold at its beginning.
        commands: Its commands, without the prompt.
    """

    title: str
    commands: tuple[str, ...]


def section(heading: str) -> str:
    """Return the text below a heading of the README, up to the next heading of its rank."""
    _, found, rest = README.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    if not found:
        raise ActError(f"The README has no section '{heading}'.")
    return rest.partition("\n## ")[0]


def steps(heading: str) -> tuple[Step, ...]:
    """Return the numbered steps of a section, first to last."""
    text = section(heading)
    starts = list(_STEP.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return tuple(
        Step(match["title"], tuple(each["command"] for each in _COMMAND.finditer(text[match.end() : end])))
        for match, end in zip(starts, ends, strict=True)
    )


def follow(
    story: Story,
    heading: str,
    title: str,
    credentials: Credentials,
    values: Mapping[str, str] | None = None,
    *,
    by: str = "",
) -> list[str]:
    """Run the commands of one step, and note that they were followed.

    Args:
        story: The story.
        heading: The section.
        title: The step, by the words in bold.
        credentials: Of whoever follows it.
        values: What stands for each placeholder, such as `<project>`.
        by: Who follows it, by profession; whoever acts if left out.

    Returns:
        What the commands printed.

    Raises:
        ActError: The README has no such step, or a command has a placeholder without a value.
    """
    found = [step for step in steps(heading) if step.title == title]
    if not found:
        raise ActError(f"The README's section '{heading}' has no step '{title}'.")
    lines: list[str] = []
    for command in found[0].commands:
        story.followed.append(command)
        filled = _filled(command, values or {})
        story.accounts.journal.note(filled, by)
        if command in _ALREADY:
            continue
        lines += _run(story, shlex.split(filled), credentials)
    return lines


def _filled(command: str, values: Mapping[str, str]) -> str:
    try:
        return _PLACEHOLDER.sub(lambda match: values[match["name"]], command)
    except KeyError as error:
        raise ActError(f"Nobody knows what {error} in `{command}` stands for.") from None


def _run(story: Story, command: Sequence[str], credentials: Credentials) -> list[str]:
    story.tell(" ".join(command))
    if command[0] == "aws":
        aws_command.run(story.accounts, credentials, command[1:])
        return []
    variables = {"COLUMNS": "160", **story.accounts.command_environment(credentials)}
    if command[0] == "scripts/cdk":
        variables |= {**_CDK, **_YES.get(command[1], {}), "CDK_APP": str(story.assembly)}
    return run(
        command,
        environment=clean_environment(story.folder / "home", variables),
        tell=lambda line: _tell_event(story, line),
    )


def _tell_event(story: Story, line: str) -> None:
    """Pass on what a resource became; the rest of the output is there if the command fails."""
    event = _EVENT.search(line)
    if event and event["status"].endswith(("COMPLETE", "FAILED")):
        story.tell(f"{event['status']}  {event['type']}  {event['name']}")
