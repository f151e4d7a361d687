"""`catalog lineage`: from an endpoint, or a model version, back to data, code and execution."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from base.settings import CATALOG, Settings, load
from registry.functions.model_registry.events import ModelVersionArn
from registry.functions.model_registry.receipts import ReceiptBook
from scripts.console.change import OperatorError
from scripts.console.command import CatalogFile, aws_session, output, report, sentences
from scripts.console.page_file import save
from scripts.lineage.accounts import Accounts
from scripts.lineage.node import GapError, Node, written
from scripts.lineage.page import render
from scripts.lineage.trace import Trace

ENDPOINT = typer.Option("--endpoint", help="The name of an endpoint.")
ACCOUNT = typer.Option("--account", help="The endpoint's account; production by default.")
VERSION = typer.Option("--model-package", help="The ARN of a model version, central or a team's.")
OUTPUT = typer.Option("--output", help="An HTML file that shows the trace, to be kept or handed on.")
JSON = typer.Option("--json", help="Print the trace as JSON.")

# A terminal may wrap a long ARN; nothing may shorten it.
wide = Console(highlight=False, soft_wrap=True, width=1000)


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where a trace begins.

    Attributes:
        subject: What it is, for messages.
        follow: Follows it back.
    """

    subject: str
    follow: Callable[[Trace], Node]


def command(
    *,
    catalog: CatalogFile = CATALOG,
    endpoint: Annotated[str | None, ENDPOINT] = None,
    account: Annotated[str | None, ACCOUNT] = None,
    model_package: Annotated[str | None, VERSION] = None,
    page: Annotated[Path | None, OUTPUT] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Trace a model back to its data, code and execution (governance officer or ML engineer)."""
    with sentences():
        settings = load(catalog)
        beginning = start(settings, endpoint=endpoint, account=account, model_package=model_package)
        accounts = Accounts(aws_session(settings), settings)
        trace = Trace(
            sagemaker=accounts.sagemaker,
            receipts=ReceiptBook(
                s3=accounts.registry,
                bucket=settings.names.registry_bucket,
                account=settings.accounts.shared_services,
            ),
            hub=settings.accounts.shared_services,
        )
        try:
            root = beginning.follow(trace)
        except GapError as gap:
            raise OperatorError(f"{beginning.subject}: {gap}") from gap
        if as_json:
            output.print(json.dumps(root.as_json(), indent=2), markup=False)
        else:
            wide.print(tree(root))
            output.print(summary(root, accounts.calls))
        if page is not None:
            purposes = {number: name.replace("_", " ") for name, number in settings.accounts}
            saved = list(save(render(root, purposes, calls=accounts.calls, time=datetime.now(UTC)), page))
            # Whoever asks for JSON gets nothing else.
            report(() if as_json else saved)


def start(
    settings: Settings, *, endpoint: str | None, account: str | None, model_package: str | None
) -> Start:
    """Decide where the trace begins.

    Args:
        settings: The catalog file.
        endpoint: The name of an endpoint.
        account: The endpoint's account; production by default.
        model_package: The ARN of a model version, in place of an endpoint.

    Raises:
        OperatorError: If both or neither are named.
        RegistryError: If the ARN is none of a version.
    """
    if endpoint is not None and model_package is None:
        where = account or settings.accounts.production
        return Start(
            subject=f"Endpoint {endpoint} in account {where}",
            follow=lambda trace: trace.endpoint(endpoint, where),
        )
    if model_package is not None and endpoint is None and account is None:
        version = ModelVersionArn.parse(model_package)
        return Start(subject=version.arn, follow=lambda trace: trace.version(version))
    raise OperatorError(
        "Name either an endpoint with --endpoint (and --account), or a model version with --model-package, "
        "whose ARN names its account."
    )


def tree(node: Node) -> Tree:
    """A trace for the terminal: what came of what, from the newest to the oldest."""
    drawn = Tree(_label(node), guide_style="dim")
    for source in node.sources:
        drawn.add(tree(source))
    return drawn


def summary(root: Node, calls: int) -> str:
    """How long the way was, and what it took."""
    nodes = [node for _, node in root.walk()]
    accounts = {node.account for node in nodes if node.account}
    gaps = sum(bool(node.gap) for node in nodes)
    missing = (
        f"{gaps} of them cannot be followed or are in doubt" if gaps else "all of them could be followed"
    )
    return f"{len(nodes)} steps in {len(accounts)} accounts, {missing}; {calls} requests to AWS."


def _label(node: Node) -> Text:
    label = Text.assemble((node.kind, "bold"), f" {node.name}")
    if node.time:
        label.append(f"  {written(node.time)}", "dim")
    if node.identifier:
        label.append(f"\n{node.identifier}", "cyan")
    for name, value in node.facts.items():
        label.append(f"\n{name}: {value}", "dim")
    if node.gap:
        label.append(f"\n{node.gap}", "yellow")
    return label
