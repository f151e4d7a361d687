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

from base.settings import CATALOG_VARIABLE, CatalogError, Settings
from base.user_error import UserError, trace
from registry.functions.model_registry.errors import RegistryError
from scripts.console import aws_errors
from scripts.console.change import Change, OperatorError, Outcome

CatalogFile = Annotated[Path, typer.Option("--catalog", envvar=CATALOG_VARIABLE, help="The catalog file.")]
Pretend = Annotated[bool, typer.Option("--pretend", help="Only tell what would be done.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

COLOURS = {
    Outcome.CREATE: "green",
    Outcome.UPDATE: "yellow",
    Outcome.DELETE: "red",
    Outcome.IDENTICAL: "dim",
    Outcome.UNCHECKED: "yellow",
}
RETRIES = Config(retries={"mode": "adaptive", "max_attempts": 10})

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def aws_session(settings: Settings) -> boto3.Session:
    """The operator's credentials, in the platform's Region."""
    return boto3.Session(region_name=settings.region)


def report(changes: Iterable[Change], *, pretend: bool = False) -> None:
    """Print each change as it happens.

    Args:
        changes: The changes.
        pretend: Whether they are only what would happen, which each line then says.
    """
    for change in changes:
        would = "would " if pretend and change.outcome is not Outcome.IDENTICAL else ""
        words = f"{would}{change.outcome}"
        output.print(f"[{COLOURS[change.outcome]}]{words:>{15 if pretend else 9}}[/]  {change.subject}")


@contextmanager
def sentences() -> Iterator[None]:
    """End with exit code 2 and a sentence where the operator can correct something."""
    try:
        yield
    except (CatalogError, OperatorError, RegistryError, UserError) as error:
        trace(error)
        errors.print(str(error), markup=False)
    except (ClientError, BotoCoreError) as error:
        errors.print(aws_errors.sentence(error), markup=False)
    else:
        return
    raise typer.Exit(2)
