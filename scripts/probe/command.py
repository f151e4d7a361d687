"""Ask a real account what only it can tell, and say which settings to set."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.table import Table
from rich.text import Text

from assumptions import by_key
from base.places import BUILD
from base.settings import CATALOG, load
from scripts.console.caller import caller_of
from scripts.console.command import RETRIES, CatalogFile, Pretend, Yes, aws_session, output, report, sentences
from scripts.console.page_file import save
from scripts.probe.accounts import ACCOUNTS
from scripts.probe.cards import CARDS
from scripts.probe.leftovers import remove
from scripts.probe.scene import Answer, NotKnownError, Probe, Scene
from scripts.probe.versions import VERSIONS

PROBES: tuple[Probe, ...] = (*VERSIONS, *CARDS, *ACCOUNTS)
ANSWERS = BUILD / "probe.json"
COST = (
    "It costs nothing: AWS charges for none of these, and nothing runs "
    "(https://aws.amazon.com/codecommit/pricing/ counts whoever uses a repository)."
)


def command(
    answers: Annotated[Path, typer.Option("--output", help="Where the answers go, as JSON.")] = ANSWERS,
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
    yes: Yes = False,
) -> None:
    """Ask an account what only an account can tell about AWS (an administrator of the account)."""
    with sentences():
        settings = load(catalog)
        session = aws_session(settings)
        caller = caller_of(session.client("sts", config=RETRIES))
        scene = Scene(session=session, settings=settings, account=caller.account)
        for line in announcement(scene):
            output.print(line, markup=False)
        if pretend:
            return
        if not yes:
            typer.confirm(f"Make and remove these in account {caller.account}?", abort=True)
        found = probe(scene)
        chosen = to_set(found)
        _tell(found, chosen)
        answers.parent.mkdir(parents=True, exist_ok=True)
        report(save(document(scene, found, chosen), answers))


def announcement(scene: Scene) -> Iterator[str]:
    """What will be made where, and what it costs."""
    yield f"In account {scene.account}, {scene.settings.region}, these are made and removed again:"
    yield from (f"  {each.makes}" for each in PROBES if each.makes)
    yield f"Their names begin with {scene.prefix}: whatever else does is removed as well."
    yield COST


def probe(scene: Scene) -> list[Answer]:
    """Ask every probe, and remove what they made, however that ends.

    What earlier runs have left, because they were killed, is removed first.

    Args:
        scene: The account.
    """
    _clean(scene)
    try:
        return [answer for each in PROBES for answer in _ask(each, scene)]
    finally:
        _clean(scene)


def to_set(found: list[Answer]) -> dict[str, str]:
    """The settings to set, by their path in the catalog file.

    Args:
        found: The answers.
    """
    chosen = {}
    for answer in found:
        setting = by_key(answer.key).setting
        if answer.holds is False and setting is not None:
            chosen[setting.path] = answer.fallback or setting.fallback
    return chosen


def document(scene: Scene, found: list[Answer], chosen: dict[str, str]) -> str:
    """The answers as JSON, for whoever asks later what was known when."""
    content: dict[str, Any] = {
        "account": scene.account,
        "region": scene.settings.region,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "answers": [
            {
                "assumption": answer.key,
                "assumed": by_key(answer.key).assumed,
                "holds": answer.holds,
                "seen": answer.says,
            }
            for answer in found
        ],
        "settings": chosen,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _ask(each: Probe, scene: Scene) -> list[Answer]:
    try:
        return each.ask(scene)
    except (ClientError, BotoCoreError, NotKnownError) as error:
        return [Answer(key=key, holds=None, says=f"Not known: {error}") for key in each.keys]


def _clean(scene: Scene) -> None:
    for line in remove(scene):
        output.print(f"  {line}", markup=False, style="dim")


def _tell(found: list[Answer], chosen: dict[str, str]) -> None:
    table = Table("Assumption", "Holds", "Seen")
    for answer in found:
        holds = {True: "yes", False: "no", None: "?"}[answer.holds]
        table.add_row(answer.key, holds, Text(answer.says))
    output.print(table)
    if chosen:
        output.print("Set in catalog.yaml:", style="bold")
    for path, value in chosen.items():
        output.print(f"  {path}: {value}", markup=False)
    if not chosen:
        output.print("There is nothing to set in catalog.yaml.")
