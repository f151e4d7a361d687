"""The operator's command line: `scripts/catalog --help`."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from base.settings import CATALOG, load
from scripts.cards import commands as cards
from scripts.checks import access_matrix, assumptions_page, release
from scripts.checks.policies import check_sizes
from scripts.console.caller import Need
from scripts.console.command import RETRIES, CatalogFile, Pretend, aws_session, output, report, sentences
from scripts.lineage import command as lineage
from scripts.organization import accounts, boundaries, sharing, unsharing
from scripts.organization import prepare as organization
from scripts.probe.command import command as probe_command
from scripts.projects import commands as projects
from scripts.seeds import commands as seeds
from scripts.versions import groups, receipts, replay, rollback

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(cards.app, name="card")
app.add_typer(groups.app, name="group")
app.add_typer(projects.app, name="project")
app.add_typer(seeds.app, name="seed")
app.command(name="access-matrix")(access_matrix.command)
app.command(name="accounts")(accounts.command)
app.command(name="assumptions")(assumptions_page.command)
app.command(name="lineage")(lineage.command)
app.command(name="probe")(probe_command)
app.command(name="receipt")(receipts.command)
app.command(name="release")(release.command)
app.command(name="replay")(replay.command)
app.command(name="rollback")(rollback.command)


@app.callback()
def catalog() -> None:
    """Operate the ML platform that catalog.yaml describes."""


Policies = Annotated[
    bool,
    typer.Option("--policies", help="Also render every template, and measure its policies (some seconds)."),
]


@app.command()
def check(catalog: CatalogFile = CATALOG, policies: Policies = False) -> None:
    """Read the catalog file as a whole, and name each mistake with its line."""
    with sentences():
        settings = load(catalog)
    table = Table("Account", "Id", title=f"{settings.name_prefix} in {settings.region}", title_justify="left")
    for name, account in settings.accounts:
        table.add_row(name.replace("_", " "), account)
    output.print(table)
    output.print(f"{catalog} is complete.")
    if settings.example:
        output.print(
            "It describes the example: write your own ids, and remove 'example: true', before you prepare, "
            "deploy or share."
        )
    if policies:
        with sentences():
            check_sizes(settings)


@app.command()
def prepare(catalog: CatalogFile = CATALOG, pretend: Pretend = False) -> None:
    """Allow the shared services account to share with others and to reach them (management account, once)."""
    with sentences():
        settings = load(catalog)
        session = aws_session(settings)
        organizations = session.client("organizations", config=RETRIES)
        sts = session.client("sts", config=RETRIES)
        organization.check_caller(sts=sts, settings=settings)
        enter = boundaries.enter_by(session, sts)
        report(boundaries.look_for_boundaries(organizations=organizations, enter=enter, settings=settings))
        report(
            organization.prepare(
                organizations=organizations,
                service_catalog=session.client("servicecatalog", config=RETRIES),
                cloudformation=session.client("cloudformation", config=RETRIES),
                ram=session.client("ram", config=RETRIES),
                settings=settings,
                pretend=pretend,
            ),
            pretend=pretend,
        )


@app.command()
def share(catalog: CatalogFile = CATALOG, pretend: Pretend = False) -> None:
    """Share both portfolios with the workloads unit (shared services account)."""
    with sentences():
        settings = load(catalog)
        session, names = aws_session(settings), settings.names
        need = Need.of_hub(settings, task="portfolios are shared", roles=(names.platform_engineer_role,))
        need.met_by(session, names)
        client = session.client("servicecatalog", config=RETRIES)
        report(
            sharing.share_portfolios(service_catalog=client, settings=settings, pretend=pretend),
            pretend=pretend,
        )


@app.command()
def unshare(catalog: CatalogFile = CATALOG, pretend: Pretend = False) -> None:
    """Take the portfolios back from the workloads unit, and model cards from all accounts, before leaving."""
    with sentences():
        settings = load(catalog)
        session, names = aws_session(settings), settings.names
        need = Need.of_hub(settings, task="sharing is ended", roles=(names.platform_engineer_role,))
        need.met_by(session, names)
        report(
            unsharing.unshare(
                service_catalog=session.client("servicecatalog", config=RETRIES),
                ram=session.client("ram", config=RETRIES),
                settings=settings,
                pretend=pretend,
            ),
            pretend=pretend,
        )


if __name__ == "__main__":
    sys.exit(app(prog_name="catalog"))
