"""What the commands of `catalog` share: options, output, and how failures are told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from registry.functions.model_registry.errors import RegistryError
from scripts.change import Change, OperatorError, Outcome
from settings import CatalogError, Settings

CatalogFile = Annotated[Path, typer.Option("--catalog", help="The catalog file.")]
Pretend = Annotated[bool, typer.Option("--pretend", help="Only tell what would be done.")]

COLOURS = {
    Outcome.CREATE: "green",
    Outcome.UPDATE: "yellow",
    Outcome.DELETE: "red",
    Outcome.IDENTICAL: "dim",
}
RETRIES = Config(retries={"mode": "adaptive", "max_attempts": 10})

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def aws_session(settings: Settings) -> boto3.Session:
    """The operator's credentials, in the platform's Region."""
    return boto3.Session(region_name=settings.region)


def report(changes: Iterable[Change]) -> None:
    """Print each change as it happens."""
    for change in changes:
        output.print(f"[{COLOURS[change.outcome]}]{change.outcome:>9}[/]  {change.subject}")


@contextmanager
def sentences() -> Iterator[None]:
    """End with exit code 2 and a sentence where the operator can mend something."""
    try:
        yield
    except (CatalogError, OperatorError, RegistryError) as error:
        errors.print(str(error), markup=False)
    except (ClientError, BotoCoreError) as error:
        errors.print(f"AWS refused: {error}", markup=False)
    else:
        return
    raise typer.Exit(2)
