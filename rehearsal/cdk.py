"""Run the bundle's app and the CDK command line as an adopter would, at the emulator's endpoint."""

import re
import sys
from pathlib import Path

from embedded_node import NODE_FOLDER
from rehearsal.isolation import clean_environment
from rehearsal.processes import REPOSITORY, run
from rehearsal.stage import Credentials
from rehearsal.story import Story
from settings import CATALOG_VARIABLE

CDK = REPOSITORY / "node_modules" / "aws-cdk" / "bin" / "cdk"
FLAGS = ("--no-version-reporting", "--no-notices", "--ci", "--no-color")

# `mlplatform-registry | 3/12 | 10:02:11 AM | CREATE_COMPLETE | AWS::KMS::Key | Key (Key961B73FD)`
_EVENT = re.compile(
    r"\|\s*(?P<status>[A-Z_]+)\s*\|\s*(?P<type>AWS::\S+|Custom::\S+|\S+)\s*\|\s*(?P<name>\S+)"
)
_DEPLOYED = re.compile(r"^\s*✅\s+(?P<stack>\S+)")


def synthesize(story: Story) -> Path:
    """Synthesize the bundle's app, offline, and return the cloud assembly."""
    assembly = story.folder / "assembly"
    environment = clean_environment(
        story.folder / "home", {"CDK_OUTDIR": str(assembly), CATALOG_VARIABLE: str(story.stage.catalog)}
    )
    run([sys.executable, str(REPOSITORY / "app.py")], environment=environment)
    return assembly


def bootstrap(story: Story, credentials: Credentials, account_id: str) -> None:
    """Run `cdk bootstrap` for an account."""
    target = f"aws://{account_id}/{story.stage.settings.region}"
    _cdk(story, credentials, "bootstrap", target)


def deploy(story: Story, credentials: Credentials, *stacks: str) -> list[str]:
    """Run `cdk deploy` for stacks of the bundle's cloud assembly.

    Args:
        story: The story.
        credentials: Of whoever deploys.
        stacks: Names of the stacks; all if left out.

    Returns:
        The stacks that are deployed now, those without changes as well.
    """
    lines = _cdk(
        story,
        credentials,
        *("deploy", *(stacks or ["--all"]), "--app", str(story.assembly), "--require-approval", "never"),
        *("--progress", "events", "--concurrency", "4"),
    )
    return [found["stack"] for found in map(_DEPLOYED.match, lines) if found]


def _cdk(story: Story, credentials: Credentials, *arguments: str) -> list[str]:
    environment = clean_environment(story.folder / "home", story.stage.command_environment(credentials))
    return run(
        [str(NODE_FOLDER / "node"), str(CDK), *arguments, *FLAGS],
        environment=environment,
        tell=lambda line: _tell_event(story, line),
    )


def _tell_event(story: Story, line: str) -> None:
    """Pass on what a resource became; the rest of the output is there if the command fails."""
    event = _EVENT.search(line)
    if event and event["status"].endswith(("COMPLETE", "FAILED")):
        story.tell(f"{event['status']}  {event['type']}  {event['name']}")
