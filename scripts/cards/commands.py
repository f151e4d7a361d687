"""`catalog card`: start a model's card, complete it, look at it, approve it, and hand it on as a page."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from base.settings import CATALOG, Settings, load
from registry.functions.model_registry.card_content import digest, missing_fields, warning, where_to_write
from registry.functions.model_registry.cards import CardVersion
from scripts.cards import author as card_author
from scripts.cards import page as card_page
from scripts.cards.author import Author
from scripts.cards.officer import Officer, Reader
from scripts.cards.page import SECTIONS, groups, rows
from scripts.console.change import Change
from scripts.console.command import CatalogFile, Pretend, aws_session, output, report, sentences

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Start, complete, show, approve and export model cards.",
)


class RiskRating(StrEnum):
    """The words that a model card knows for a risk."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"
    UNKNOWN = "Unknown"


class Access(StrEnum):
    """What an account may do with a card."""

    AUTHOR = "author"
    READER = "reader"


Group = Annotated[str, typer.Option("--group", help="The model package group, whose name the card has.")]
NewestOf = Annotated[str | None, typer.Option("--group", help="The model package group: its newest version.")]
ModelPackage = Annotated[
    str, typer.Option("--model-package", help="ARN of the central model version that the card speaks for.")
]
SaidOf = Annotated[
    str | None,
    typer.Option("--model-package", help="ARN of a central model version: what the card says of it."),
]
Account = Annotated[
    str | None,
    typer.Option("--account", help="The account of the model's team; needed with credentials of the hub."),
]

CREATE = """Start a model's card as a draft, and share it with the team's account (lead data scientist).

With credentials of a team's account, the command itself takes the role of the cards' authors in the shared
services account."""
EDIT = """Write words into the newest version of a card (lead data scientist).

What speaks for a model version then waits for a review, even if it was approved before. The role is taken as
by 'create'."""


@app.command("edit", help=EDIT)
@app.command("create", help=CREATE)
def write(
    *,
    context: typer.Context,
    group: Group,
    account: Account = None,
    problem: Annotated[
        str | None, typer.Option("--problem", help="Which business problem the model solves.")
    ] = None,
    stakeholders: Annotated[
        str | None, typer.Option("--stakeholders", help="Who in the business depends on it.")
    ] = None,
    line_of_business: Annotated[
        str | None, typer.Option("--line-of-business", help="Which business it is part of.")
    ] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help="Why the model is made.")] = None,
    intended_uses: Annotated[
        str | None, typer.Option("--intended-uses", help="What it may be used for, and what not.")
    ] = None,
    risk_rating: Annotated[
        RiskRating | None, typer.Option("--risk-rating", help="By the organisation's rules.")
    ] = None,
    risk_explanation: Annotated[
        str | None, typer.Option("--risk-explanation", help="Why it is rated so.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Who answers for the model.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="What the model does.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--from", help="TOML file with tables as a card has sections, such as intended_uses."),
    ] = None,
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
) -> None:
    """Write what an operator says of a model into its card; the name of the command says how."""
    with sentences():
        settings = load(catalog)
        given = card_author.words(
            file,
            {
                "business_details.business_problem": problem,
                "business_details.business_stakeholders": stakeholders,
                "business_details.line_of_business": line_of_business,
                "intended_uses.purpose_of_model": purpose,
                "intended_uses.intended_uses": intended_uses,
                "intended_uses.risk_rating": risk_rating,
                "intended_uses.explanations_for_risk_rating": risk_explanation,
                "model_overview.model_owner": owner,
                "model_overview.model_description": description,
            },
        )
        author = Author.of(aws_session(settings), settings, account)
        if context.info_name == "edit":
            report(card_author.edit(author, group, given, pretend=pretend), pretend=pretend)
            return
        report(card_author.create(author, group, given, pretend=pretend), pretend=pretend)
        report(
            _share(author, settings, group, author.account, Access.AUTHOR, pretend=pretend), pretend=pretend
        )


@app.command()
def share(
    group: Group,
    account: Annotated[str, typer.Option("--account", help="The account to share it with.")],
    access: Annotated[
        Access, typer.Option("--access", help="What the account may do with it.")
    ] = Access.AUTHOR,
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
) -> None:
    """Share a card with an account (its lead data scientist, or an administrator of the hub).

    Test and production get a card by themselves, as a version goes there.
    """
    with sentences():
        settings = load(catalog)
        author = Author.of(aws_session(settings), settings, account)
        report(_share(author, settings, group, account, access, pretend=pretend), pretend=pretend)


@app.command()
def show(group: NewestOf = None, model_package: SaidOf = None, catalog: CatalogFile = CATALOG) -> None:
    """Show a card, and what it lacks before its model may go to production."""
    with sentences():
        settings = load(catalog)
        _print(Reader.of(aws_session(settings), settings).card(group, model_package), settings)


@app.command()
def approve(model_package: ModelPackage, catalog: CatalogFile = CATALOG, pretend: Pretend = False) -> None:
    """Approve what a card says of a version (governance officer).

    The command shows what is approved, and refuses while required fields are missing. Besides the card's
    status, a record of exactly this content is written below the version's receipt: production asks for it.
    """
    with sentences():
        settings = load(catalog)
        officer = Officer.of(aws_session(settings), settings)
        card = officer.reader.card(None, model_package)
        _print(card, settings)
        report(officer.approve(card, model_package, pretend=pretend), pretend=pretend)


@app.command()
def export(
    path: Annotated[Path, typer.Option("--output", help="Where to write the page.")],
    group: NewestOf = None,
    model_package: SaidOf = None,
    catalog: CatalogFile = CATALOG,
    pretend: Pretend = False,
) -> None:
    """Write a card as one HTML page that a person can read and print."""
    with sentences():
        settings = load(catalog)
        card = Reader.of(aws_session(settings), settings).card(group, model_package)
        report(
            card_page.export(card, settings.model_cards.required_fields, path, pretend=pretend),
            pretend=pretend,
        )


def _share(
    author: Author, settings: Settings, group: str, account: str, access: Access, *, pretend: bool
) -> Iterator[Change]:
    arn = settings.names.model_card_arn(group)
    return card_author.share(author, group, account, access.value, arn, pretend=pretend)


def _print(card: CardVersion, settings: Settings) -> None:
    table = Table("Field", "What the card says", title=_title(card), title_justify="left")
    for section in SECTIONS:
        for row in rows(card.content.get(section, {})):
            numbers = [f"{bar.name} {bar.text}" for bar in row.bars]
            table.add_row(row.title, Text("\n".join([*row.texts, *numbers])))
    for evaluation in card.content.get("evaluation_details", []):
        table.add_row("Evaluation", Text("\n".join(_lines(evaluation))))
    output.print(table)
    for path in missing_fields(card.content, settings.model_cards.required_fields):
        output.print(f"Missing: {path}: {where_to_write(path)}.", markup=False)
    if nearly_full := warning(card.content):
        output.print(nearly_full, markup=False)


def _title(card: CardVersion) -> Text:
    return Text(f"{card.name}, version {card.version}, {card.status}, SHA-256 {digest(card.content)}")


def _lines(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """An evaluation in words: its name, what was observed, and a line for each group of metrics."""
    yield evaluation["name"]
    if observation := evaluation.get("evaluation_observation"):
        yield observation
    for group in groups(evaluation):
        values = [f"{bar.name} {bar.text}" for bar in group.bars]
        yield f"{group.name}: {', '.join([*values, *(drawing.name for drawing in group.drawings)])}"
