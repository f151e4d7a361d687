"""`catalog project`: the commands."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Self

import boto3
import typer
from rich.markup import escape
from rich.table import Table

from base.names import PROJECT_NAME_EXPECTED, PROJECT_NAME_PATTERN, ProjectNames
from base.settings import CATALOG, Settings, load
from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.command import RETRIES, CatalogFile, Pretend, Yes, aws_session, output, report, sentences
from scripts.projects import update as updating
from scripts.projects.form import Field, assignments
from scripts.projects.offers import Catalog
from scripts.projects.project import Project, Projects

app = typer.Typer(
    no_args_is_help=True,
    help="SageMaker projects: data scientists in a development account, ML engineers in shared services.",
)

ProjectName = Annotated[str, typer.Argument(metavar="NAME", help="The project's name.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="Name=Value", help="A parameter of the product; once for each."),
]
ProductVersion = Annotated[str | None, typer.Option("--version", help="A version; else the newest.")]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where somebody works on projects: their catalog and their account's projects."""

    settings: Settings
    session: boto3.Session
    account: str
    catalog: Catalog
    projects: Projects

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The desk of whoever's credentials these are."""
        session = aws_session(settings)
        caller = session.client("sts", config=RETRIES).get_caller_identity()
        service_catalog = session.client("servicecatalog", config=RETRIES)
        return cls(
            settings=settings,
            session=session,
            account=caller["Account"],
            catalog=Catalog(
                service_catalog=service_catalog,
                s3=session.client("s3", config=RETRIES),
                caller=caller["Arn"],
            ),
            projects=Projects(
                sagemaker=session.client("sagemaker", config=RETRIES),
                service_catalog=service_catalog,
                cloudformation=session.client("cloudformation", config=RETRIES),
                account=caller["Account"],
                tell=lambda line: output.print(f"  {escape(line)}", style="dim"),
            ),
        )

    def names(self, project: Project) -> ProjectNames:
        """What the platform calls things of a project."""
        return ProjectNames(
            prefix=self.settings.name_prefix,
            project_name=project.name,
            project_id=project.identifier,
            account=self.account,
            region=self.settings.region,
        )


def _make(
    desk: Desk,
    name: str,
    *,
    wanted: str | None,
    version: str | None,
    given: Mapping[str, str],
    asks: bool,
    pretend: bool,
) -> Iterator[Change]:
    """Create a project, or see that it is there. Safe to repeat, after a failure as well."""
    if re.fullmatch(PROJECT_NAME_PATTERN, name) is None:
        raise OperatorError(f"'{name}' is no name of a project: take {PROJECT_NAME_EXPECTED}.")
    found = desk.projects.find(name)
    if found is not None and found.status in ("Pending", "CreateInProgress"):
        # Begun by a command that was interrupted.
        if not pretend:
            desk.projects.created(name)
        yield Change(Outcome.CREATE, f"project {name}")
        return
    if found is not None and found.status.startswith("Update") and found.running:
        raise OperatorError(f"Project {name} is being updated: wait for its end.")
    product = desk.catalog.find(wanted)
    if found is not None and found.stands:
        _refuse_another(found, product.identifier, given)
        yield Change(Outcome.IDENTICAL, f"project {name}")
        return
    chosen = product.version(version)
    values = desk.catalog.form(product, chosen).complete(given, _ask if asks else None)
    if found is not None:
        if not pretend:
            desk.projects.delete(found)
        yield Change(Outcome.DELETE, f"what is left of project {name} ({found.status})")
    if not pretend:
        desk.projects.create(
            name,
            product_id=product.identifier,
            version_id=chosen.identifier,
            path_id=product.path_id,
            values=values,
        )
    yield Change(Outcome.CREATE, f"project {name}: '{product.name}', version {chosen.name}")


def _refuse_another(found: Project, product_id: str, given: Mapping[str, str]) -> None:
    other = {name: value for name, value in given.items() if found.values.get(name) != value}
    if found.product_id != product_id:
        raise OperatorError(
            f"There is a project {found.name} already, from another product: choose another name."
        )
    if other:
        raise OperatorError(
            f"There is a project {found.name} already, with another value of {', '.join(other)}: look at "
            f"it with 'catalog project show {found.name}'; a lead data scientist, or the ML engineer "
            f"of a deploy project, changes it with 'catalog project update {found.name}'."
        )


def _ask(field: Field) -> str:
    """Ask for an entry until there is one that is allowed."""
    if field.description:
        output.print(field.description, style="dim", markup=False)
    choices = f" [{', '.join(field.choices)}]" if field.choices else ""
    label = field.label if field.label == field.name else f"{field.label} ({field.name})"
    while True:
        answer: str = typer.prompt(
            f"{label}{choices}",
            default="" if field.optional and field.default is None else field.default,
            hide_input=field.secret,
            show_default=bool(field.default),
        )
        mistake = field.mistake(answer)
        if mistake is None:
            return answer
        output.print(mistake, style="yellow", markup=False)


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _links(desk: Desk, project: Project) -> None:
    """Print what the product says of what it made, and where Studio is."""
    for each in desk.projects.outputs(project):
        output.print(f"  {escape(each.get('OutputKey', ''))}: {escape(each.get('OutputValue', ''))}")
    for url in desk.projects.studio():
        output.print(f"  Studio: {escape(url)}")


@app.callback()
def project() -> None:
    """Create and keep SageMaker projects."""


@app.command()
def create(
    name: ProjectName,
    *,
    product: Annotated[str | None, typer.Option(help="The product, by its name or words of it.")] = None,
    version: ProductVersion = None,
    given: Set = None,
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
    yes: Yes = False,
) -> None:
    """Create a project from a product, and wait for it (data scientist, ML engineer).

    Asks for what --set does not give; in a script it takes the defaults. Safe to repeat: an attempt that was
    interrupted is followed, and what one that failed has left is removed first.
    """
    with sentences():
        desk = Desk.of(load(catalog))
        report(
            _make(
                desk,
                name,
                wanted=product,
                version=version,
                given=assignments(given or []),
                asks=_at_a_terminal() and not yes,
                pretend=pretend,
            )
        )
        if not pretend:
            _links(desk, desk.projects.existing(name))


@app.command(name="list")
def list_(catalog: CatalogFile = CATALOG) -> None:
    """Name the projects of the account, and the products that the caller may make one from."""
    with sentences():
        desk = Desk.of(load(catalog))
        table = Table("Project", "Id", "Status", "Created")
        for summary in desk.projects.all():
            table.add_row(
                summary["ProjectName"],
                summary["ProjectId"],
                summary["ProjectStatus"],
                f"{summary['CreationTime']:%Y-%m-%d %H:%M}",
            )
        output.print(table)
        for product in sorted(desk.catalog.names().values()):
            output.print(f"Product: {escape(product)}")


@app.command()
def show(name: ProjectName, catalog: CatalogFile = CATALOG) -> None:
    """Tell what a project is, which values it has, and where its parts are."""
    with sentences():
        desk = Desk.of(load(catalog))
        found = desk.projects.existing(name)
        output.print(f"Project {name}, id {found.identifier}: {found.status}")
        if found.message:
            output.print(f"  message: {escape(found.message)}")
        if found.created_by:
            output.print(f"  created by: {escape(found.created_by)}")
        if found.product_id in desk.catalog.names():
            product = desk.catalog.product(found.product_id)
            own = next((each.name for each in product.versions if each.identifier == found.version_id), "")
            newer = "" if own == product.newest.name else f" (newest: {product.newest.name})"
            output.print(f"  product: {escape(product.name)}, version {own or 'not offered any more'}{newer}")
        for key, value in found.values.items():
            output.print(f"  {escape(key)}: {escape(value)}")
        _links(desk, found)


@app.command()
def update(
    name: ProjectName,
    *,
    version: ProductVersion = None,
    given: Set = None,
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
    yes: Yes = False,
) -> None:
    """Move a project to another version or other values (lead data scientist, ML engineer).

    Shows first what changes, and asks. Refuses while the project's pipeline runs.
    """
    with sentences():
        desk = Desk.of(load(catalog))
        found = desk.projects.existing(name)
        if not found.stands:
            raise OperatorError(f"Project {name} is {found.status}: it must stand before it can be updated.")
        change = updating.plan(desk.catalog, found, version=version, given=assignments(given or []))
        if change.changes_nothing:
            report([Change(Outcome.IDENTICAL, f"project {name}")])
            return
        for line in change.describe():
            output.print(line, markup=False)
        updating.refuse_while_running(
            desk.session.client("codepipeline", config=RETRIES), desk.names(found).title
        )
        if pretend:
            return
        if not yes:
            typer.confirm(f"Update project {name}?", abort=True)
        desk.projects.update(found, version_id=change.version.identifier, values=change.values)
        report([Change(Outcome.UPDATE, f"project {name}: version {change.version.name}")])


@app.command()
def delete(
    name: ProjectName, catalog: CatalogFile = CATALOG, pretend: Pretend = False, yes: Yes = False
) -> None:
    """Delete a project, and wait until it is gone (whoever's role created it).

    What its product's README says stays, stays: as a rule repository, bucket, key and registered models.
    """
    with sentences():
        desk = Desk.of(load(catalog))
        found = desk.projects.find(name)
        if found is None:
            report([Change(Outcome.IDENTICAL, f"project {name} is deleted, or never was")])
            return
        if found.running and found.status != "DeleteInProgress":
            raise OperatorError(f"Project {name} is {found.status}: wait for its end, then delete it.")
        if not pretend:
            if not yes:
                typer.confirm(f"Delete project {name} ({found.identifier})?", abort=True)
            desk.projects.delete(found)
        report([Change(Outcome.DELETE, f"project {name}")])
