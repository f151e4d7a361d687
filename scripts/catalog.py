"""The operator's command line: `scripts/catalog --help`."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from scripts import organization, sharing
from scripts.change import Change, OperatorError, Outcome
from settings import CATALOG, CatalogError, Settings, load

CatalogFile = Annotated[Path, typer.Option("--catalog", help="The catalog file.")]
Pretend = Annotated[bool, typer.Option("--pretend", help="Only tell what would be done.")]

COLOURS = {Outcome.CREATE: "green", Outcome.UPDATE: "yellow", Outcome.IDENTICAL: "dim"}
RETRIES = Config(retries={"mode": "adaptive", "max_attempts": 10})

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@app.callback()
def catalog() -> None:
    """Operate the ML platform that catalog.yaml describes."""


@app.command()
def check(catalog: CatalogFile = CATALOG) -> None:
    """Read the catalog file as a whole, and name each mistake with its line."""
    with _sentences():
        settings = load(catalog)
    table = Table("Account", "Id", title=f"{settings.name_prefix} in {settings.region}", title_justify="left")
    for name, account in settings.accounts:
        table.add_row(name.replace("_", " "), account)
    output.print(table)
    output.print(f"{catalog} is complete.")


@app.command()
def prepare(catalog: CatalogFile = CATALOG, pretend: Pretend = False) -> None:
    """Delegate Service Catalog and StackSets to the shared services account (management account, once)."""
    with _sentences():
        settings = load(catalog)
        session = _session(settings)
        _report(
            organization.prepare(
                organizations=session.client("organizations", config=RETRIES),
                service_catalog=session.client("servicecatalog", config=RETRIES),
                cloudformation=session.client("cloudformation", config=RETRIES),
                settings=settings,
                pretend=pretend,
            )
        )


@app.command()
def share(catalog: CatalogFile = CATALOG, pretend: Pretend = False) -> None:
    """Share both portfolios with the workloads unit (shared services account)."""
    with _sentences():
        settings = load(catalog)
        client = _session(settings).client("servicecatalog", config=RETRIES)
        _report(sharing.share_portfolios(service_catalog=client, settings=settings, pretend=pretend))


def _session(settings: Settings) -> boto3.Session:
    return boto3.Session(region_name=settings.region)


def _report(changes: Iterable[Change]) -> None:
    for change in changes:
        output.print(f"[{COLOURS[change.outcome]}]{change.outcome:>9}[/]  {change.subject}")


@contextmanager
def _sentences() -> Iterator[None]:
    """End with exit code 2 and a sentence where the operator can mend something."""
    try:
        yield
    except (CatalogError, OperatorError) as error:
        errors.print(str(error), markup=False)
    except (ClientError, BotoCoreError) as error:
        errors.print(f"AWS refused: {error}", markup=False)
    else:
        return
    raise typer.Exit(2)


if __name__ == "__main__":
    sys.exit(app(prog_name="catalog"))
