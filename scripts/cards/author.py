"""Writing model cards from the command line: whose credentials, which words, and what became of them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.exceptions import ClientError

from base.settings import Settings
from registry.functions.model_registry.card_content import Content, refuse_mistakes
from registry.functions.model_registry.card_sharing import Access, CardSharing
from registry.functions.model_registry.cards import Cards
from registry.functions.model_registry.errors import DENIED, error_code
from registry.functions.model_registry.group_policy import SOURCE_ACCOUNT_TAG
from registry.serving import card_reader_permission_arn
from scripts.console.caller import Need, caller_of
from scripts.console.change import Change, OperatorError, Outcome
from scripts.console.command import RETRIES

# Of a session: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
MAXIMUM_SESSION_NAME = 64

_TASK = "model cards are written and shared"


@dataclass(frozen=True, kw_only=True)
class Author:
    """Somebody who starts and completes the central cards of an account's models.

    Attributes:
        account: The account whose models it is about.
        cards: The central cards, as the author may write them.
        sharing: Shares the central cards, as the author may.
    """

    account: str
    cards: Cards
    sharing: CardSharing

    @classmethod
    def of(cls, session: boto3.Session, settings: Settings, account: str | None) -> Self:
        """The author with an operator's credentials, who takes the role in the hub unless they are its own.

        Args:
            session: The operator's credentials.
            settings: The catalog file.
            account: The account whose models it is about; that of the credentials by default.

        Raises:
            OperatorError: If the account is missing or not the credentials' own, or their role is refused.
        """
        names = settings.names
        caller = caller_of(session.client("sts", config=RETRIES))
        if caller.account != settings.accounts.shared_services:
            if account not in (None, caller.account):
                raise OperatorError(
                    f"These credentials belong to account {caller.account}, whose leads write and share "
                    f"the cards of its own models only: use those of a lead of account {account}."
                )
            need = Need(
                task=_TASK,
                account=caller.account,
                place="team's account",
                roles=(names.lead_data_scientist_role,),
            )
            need.check(caller, names)
            session = _as_author(session, settings, caller.account, caller.arn)
        elif account is None:
            raise OperatorError(
                "These credentials belong to the shared services account: "
                "name the account of the model's team with --account."
            )
        else:
            need = Need.of_hub(settings, task=_TASK, roles=(names.model_card_author_role,))
            need.check(caller, names)
        return cls(
            account=account or caller.account,
            cards=Cards(sagemaker=session.client("sagemaker", config=RETRIES)),
            sharing=CardSharing(
                ram=session.client("ram", config=RETRIES),
                authors_share=names.card_authors_share(""),
                readers_share=names.card_readers_share(""),
                reader_permission_arn=card_reader_permission_arn(settings),
            ),
        )


def _as_author(session: boto3.Session, settings: Settings, account: str, caller: str) -> boto3.Session:
    role = f"arn:aws:iam::{settings.accounts.shared_services}:role/{settings.names.model_card_author_role}"
    # The last part of the caller's ARN is the person, whom CloudTrail in the hub then names as well.
    person = re.sub(r"[^\w+=,.@-]", "-", caller.rpartition("/")[2], flags=re.ASCII)[:MAXIMUM_SESSION_NAME]
    try:
        credentials = session.client("sts", config=RETRIES).assume_role(
            RoleArn=role,
            RoleSessionName=person,
            Tags=[{"Key": SOURCE_ACCOUNT_TAG, "Value": account}],
        )["Credentials"]
    except ClientError as error:
        if error_code(error) not in DENIED:
            raise
        raise OperatorError(
            f"{caller} may not assume {role}: use the credentials of "
            f"{settings.names.lead_data_scientist_role} in an account of the development unit, and see that "
            "the registry is deployed."
        ) from error
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=settings.region,
    )


def words(file: Path | None, options: Mapping[str, str | None]) -> Content:
    """What an operator says of a model, in a file and in options; the options win.

    Args:
        file: A TOML file with tables and keys as a card has them, such as ``[business_details]``.
        options: Texts by the path of their field, such as ``intended_uses.risk_rating``.

    Raises:
        OperatorError: If there is nothing, or the file cannot be read.
        RegistryError: If a card does not take it.
    """
    given: dict[str, Any] = {}
    if file is not None:
        try:
            given = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise OperatorError(f"{file} cannot be read as TOML ({error}): correct it.") from error
    for path, text in options.items():
        if text is not None:
            section, _, field = path.partition(".")
            given = _combined(given, {section: {field: text}})
    if not given:
        raise OperatorError("There is nothing to write: say something of the model, by options or by --from.")
    refuse_mistakes(given)
    return given


def create(author: Author, group: str, given: Content, *, pretend: bool) -> Iterator[Change]:
    """Start the card of a model, or see that it is started.

    Args:
        author: Who.
        group: The model package group, whose name the card gets.
        given: What is known of the model.
        pretend: Only tell what would be done.

    Yields:
        The change.

    Raises:
        OperatorError: If there is a card that says something else.
    """
    card = author.cards.latest(group)
    if card is None:
        if not pretend:
            author.cards.create(group, given, {SOURCE_ACCOUNT_TAG: author.account})
        yield Change(Outcome.CREATE, f"model card {group}")
    elif _combined(card.content, given) == card.content:
        yield Change(Outcome.IDENTICAL, f"model card {group}")
    else:
        raise OperatorError(
            f"There is a model card {group} already (version {card.version}, {card.status}), which says "
            "something else: look at it with 'catalog card show', and change it with 'catalog card edit'."
        )


def edit(author: Author, group: str, given: Content, *, pretend: bool) -> Iterator[Change]:
    """Write words into the newest version of a card.

    What speaks for a model version then waits for a review, even if it was approved before.

    Args:
        author: Who.
        group: The model package group.
        given: The words.
        pretend: Only tell what would be done.

    Yields:
        The change.

    Raises:
        RegistryError: If there is no card, or it does not take the words.
    """
    before = author.cards.existing(group)
    if pretend:
        said = _combined(before.content, given) == before.content
        yield Change(Outcome.IDENTICAL if said else Outcome.UPDATE, f"model card {group}")
        return
    now = author.cards.change(group, lambda content: _combined(content, given))
    if now.status == "Draft" and now.model_package_arn:
        now = author.cards.set_status(now, "PendingReview")
    outcome = Outcome.IDENTICAL if now == before else Outcome.UPDATE
    yield Change(outcome, f"model card {group}, version {now.version}, {now.status}")


def share(
    author: Author, group: str, account: str, access: Access, card_arn: str, *, pretend: bool
) -> Iterator[Change]:
    """Share a card with an account.

    Args:
        author: Who.
        group: The model package group.
        account: The account.
        access: ``author`` to read and write, ``reader`` to read.
        card_arn: The card.
        pretend: Only tell what would be done.

    Yields:
        The change.

    Raises:
        RegistryError: If AWS RAM does not share it.
    """
    if pretend:
        missing = not author.sharing.is_shared(card_arn, group, account, access)
    else:
        missing = author.sharing.share(card_arn, group, account, access)
    outcome = Outcome.CREATE if missing else Outcome.IDENTICAL
    yield Change(outcome, f"share of model card {group} with {account} as {access}")


def _combined(content: Content, given: Content) -> dict[str, Any]:
    """A content with texts put in, field by field, wherever they belong."""
    together = dict(content)
    for name, value in given.items():
        inner = together.get(name)
        together[name] = (
            _combined(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
        )
    return together
