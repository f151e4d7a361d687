"""`python -m rehearsal`: play a story on this machine, by default the life of one model."""

import shutil
import signal
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated, Never

import typer
from rich.console import Console

from base.places import REPOSITORY
from emulator.machine import environments
from rehearsal import fear, report
from rehearsal.accounts import Accounts
from rehearsal.acts import ACTS
from rehearsal.data import DataError, DataSet, check
from rehearsal.display import Display, duration
from rehearsal.keep import end_kept, guide, keep
from rehearsal.limits import LIMITS
from rehearsal.processes import AlreadyRunningError, Emulator, ProcessError, single_run
from rehearsal.record import AccountRecord, Page, Report
from rehearsal.runner import PeakMemory, Played, play
from rehearsal.stories import DEFAULT, Telling, TellingError, choose
from rehearsal.story import Act, Story

REPORT_FOLDER = REPOSITORY / "build" / "rehearsal"
BAD_INPUT = 2
INTERRUPTED = 130
DOCUMENTS = ("card.html", "lineage.html", "receipt.html", "approval-*.html")
OWN = (
    *(
        "state",
        "home",
        "assembly",
        "models",
        "index.html",
        "report.json",
        "story.json",
        "aws-config",
        "emulator.log",
        "catalog.yaml",
    ),
    *DOCUMENTS,
)
"""What a rehearsal writes in its report folder, and removes before it starts: names and patterns."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    *,
    data: Annotated[
        Path | None, typer.Option(help="A CSV file to play the story on, in place of the penguins.")
    ] = None,
    target: Annotated[str | None, typer.Option(help="The column of the CSV file to predict.")] = None,
    keep_running: Annotated[
        bool, typer.Option("--keep", help="Leave the emulator running at the end.")
    ] = False,
    afraid: Annotated[
        bool, typer.Option("--fear", help="Play on AWS as it is feared to be: no assumption holds.")
    ] = False,
    story: Annotated[str, typer.Option(help="Which story to play.")] = DEFAULT,
    report_folder: Annotated[Path, typer.Option(help="Where the report goes.")] = REPORT_FOLDER,
) -> None:
    """Play a story, by default the life of one model to production, and write a report of it."""
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        telling = choose(story, own_data=data is not None or target is not None, afraid=afraid)
        data_set = _data(data, target, telling)
        with single_run(report_folder):
            if not _rehearse(
                console, telling, data_set, report_folder.resolve(), keep_running, afraid=afraid
            ):
                sys.exit(1)
    except (TellingError, DataError, AlreadyRunningError) as error:
        print(error, file=sys.stderr)  # noqa: T201  Rich would wrap the sentence.
        sys.exit(BAD_INPUT)
    except (ProcessError, environments.EnvironmentSetupError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except KeyboardInterrupt:
        print("Interrupted; nothing keeps running.", file=sys.stderr)  # noqa: T201
        sys.exit(INTERRUPTED)


def _interrupt(_signal: int, _frame: FrameType | None) -> Never:
    raise KeyboardInterrupt


def _data(path: Path | None, target: str | None, telling: Telling) -> DataSet:
    if path is None and target is None:
        return telling.data()
    if path is None:
        raise DataError("TARGET names a column of DATA; give DATA the path of a CSV file.")
    if not target:
        raise DataError(f"Which column of {path} is to be predicted? Give its name as TARGET.")
    return check(path, target)


def _rehearse(
    console: Console, telling: Telling, data: DataSet, folder: Path, keep_running: bool, *, afraid: bool
) -> bool:
    """Play the story, write the report, and return whether everything came out as it must."""
    if end_kept(folder):
        console.print("Ended the emulator that an earlier rehearsal had left running.")
    for path in [path for name in OWN for path in folder.glob(name)]:
        _remove(path)
    console.print(data.sentence, style="bold", soft_wrap=True)
    for finding in data.findings:
        console.print(finding, markup=False, soft_wrap=True)
    fears = fear.PLAYED if afraid else ()
    catalog = fear.write_catalog(folder / "catalog.yaml") if afraid else telling.catalog(folder)
    if afraid:
        console.print(f"AWS as it is feared to be: {len(fears)} assumptions do not hold.", style="bold")
    environments.prepare_all(also=telling.environments, tell=console.print)
    started, beginning = datetime.now(UTC), time.monotonic()
    with PeakMemory() as memory, Emulator(folder, fears=fears, catalog=catalog) as emulator:
        accounts = Accounts(emulator.endpoint, catalog)
        with Display(console) as display:
            story = Story(accounts=accounts, data=data, folder=folder, tell=display.tell)
            played = play(_acts(keep_running, telling.acts), story, display)
        seconds = time.monotonic() - beginning
        result = _report(telling, story, played, seconds, memory.mebibytes)
        report.write(_page(telling, story, played, result, started), folder)
        denied = sum(row.status == "ok" for row in result.denied)
        console.print(
            f"{result.status}: {duration(seconds)}, {result.peak_memory_mib:,} MiB at most, "
            f"{denied} of {len(result.denied)} refusals, report in {_shown(folder / 'index.html')}",
            style="bold green" if result.status == "ok" else "bold red",
            soft_wrap=True,
        )
        if keep_running:
            kept = keep(emulator, accounts, folder)
            console.print(guide(accounts, kept, folder), soft_wrap=True)
    if not keep_running:
        for name in ("state", "home"):
            _remove(folder / name)
    return result.status == "ok"


def _acts(keep_running: bool, acts: tuple[Act, ...] = ACTS) -> tuple[Act, ...]:
    """The acts to play: whoever wants to look around afterwards wants to find something.

    Every story ends with everybody's leaving.
    """
    return acts[:-1] if keep_running else acts


def _report(telling: Telling, story: Story, played: Played, seconds: float, peak_memory_mib: int) -> Report:
    statuses = {record.status for record in story.denials} | {record.status for record in story.faults}
    as_expected = bool(story.denials and (story.faults or not telling.has_faults)) and statuses == {"ok"}
    return Report(
        status="ok" if played.ok and as_expected else "failed",
        seconds=round(seconds, 2),
        peak_memory_mib=peak_memory_mib,
        acts=tuple(played.acts),
        denied=tuple(story.denials),
        faults=tuple(story.faults),
        models=tuple(story.models),
        limits=LIMITS,
        followed=tuple(story.followed),
        left=tuple(story.left),
    )


def _page(telling: Telling, story: Story, played: Played, result: Report, started: datetime) -> Page:
    accounts = story.accounts
    return Page(
        report=result,
        started=started,
        title=telling.title,
        summary=telling.summary,
        data=story.data.sentence,
        columns=tuple(name for name in story.data.columns if name != story.data.target),
        problem_type=story.problem_type,
        primary_metric=story.primary_metric,
        region=accounts.settings.region,
        accounts=tuple(
            AccountRecord(
                key=account,
                title=account.replace("_", " "),
                id=accounts.account_id(account),
                holds=tuple(story.holdings.get(account, ())),
            )
            for account in accounts.keys
        ),
        act_starts=tuple(played.starts),
        runs=tuple(story.runs),
        predictions=tuple(story.predictions),
        cards=tuple(story.cards),
        shown=tuple(story.shown),
        lineage=story.lineage,
        documents=tuple(story.documents),
        serving=story.serving,
        software=tuple((name, version(name)) for name in ("aws-cdk-lib", "ministack", "moto", "boto3")),
    )


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    app()
