"""Model cards: versions that are never changed but for their status, across accounts through AWS RAM.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html and the API reference of each
operation, such as https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelCard.html. A
`SecurityConfig` is kept and told, and no key is asked for.
"""

import re
import time
from dataclasses import dataclass, field
from typing import Any

from emulator.core.names import RegionalName
from emulator.core.service import Request, ServiceError
from emulator.core.switches import feared
from emulator.ram import store as ram_store
from emulator.ram.store import resource_policy
from emulator.sagemaker.cards.content import metadata_of, problem
from emulator.sagemaker.service import check_tagging, sagemaker
from emulator.sagemaker.store import Table, arn, listed, tags

_CARD_ARN = re.compile(
    r"arn:aws[a-z-]*:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):model-card/(?P<name>[a-zA-Z0-9-]+)",
    re.ASCII,
)


class CardName(RegionalName):
    """A model card of any account."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """ARN of the card."""
        return arn(self.region, self.account, f"model-card/{self.name}")


@dataclass(kw_only=True)
class CardVersion:
    """A version of a card.

    Attributes:
        number: From 1.
        content: JSON.
        status: Such as `Draft`.
        modified_by: Who wrote it, or set its status last.
    """

    number: int
    content: str
    status: str
    modified_by: str
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


@dataclass(kw_only=True)
class Card:
    """A model card.

    Attributes:
        versions: Oldest first.
        security: The key that its owner asked for.
    """

    name: CardName
    created_by: str
    versions: list[CardVersion]
    security: dict[str, Any] | None = None

    @property
    def latest(self) -> CardVersion:
        """The newest version."""
        return self.versions[-1]

    def summary(self, version: CardVersion) -> dict[str, Any]:
        """What listings tell of a version."""
        return {
            "ModelCardName": self.name.name,
            "ModelCardArn": self.name.arn,
            "ModelCardStatus": version.status,
            "ModelCardVersion": version.number,
            "CreationTime": version.created,
            "LastModifiedTime": version.modified,
        }


cards: Table[Card] = Table(
    "model-card",
    missing="ModelCard {arn} does not exist.",
    missing_code="ResourceNotFound",
    duplicate="ModelCard {arn} already exists.",
    duplicate_code="ConflictException",
)


def card_name(request: Request) -> CardName:
    """The card that a request names, by its name or by an ARN of any account."""
    given = str(request.parameters["ModelCardName"])
    if match := _CARD_ARN.fullmatch(given):
        return CardName(match["account"], match["region"], match["name"])
    return CardName(request.account, request.region, given)


def _card_resource(request: Request) -> str:
    return card_name(request).arn


def _exists(card_arn: str) -> bool:
    match = _CARD_ARN.fullmatch(card_arn)
    return match is not None and cards.find(match["account"], match["region"], match["name"]) is not None


ram_store.register(ram_store.MODEL_CARD, _exists)


@sagemaker.operation("CreateModelCard", resource=_card_resource)
def _create_card(request: Request) -> dict[str, Any]:
    given, name = request.parameters, card_name(request)
    check_tagging(request, name.arn)
    _check_content(given["Content"])
    version = CardVersion(
        number=1,
        content=given["Content"],
        status=given["ModelCardStatus"],
        modified_by=request.caller_arn,
    )
    card = Card(
        name=name,
        created_by=request.caller_arn,
        versions=[version],
        security=given.get("SecurityConfig"),
    )
    cards.add(*name, card)
    tags.put(name.arn, given.get("Tags", []))
    return {"ModelCardArn": name.arn}


@sagemaker.operation("DescribeModelCard", resource=_card_resource, resource_policy=resource_policy)
def _describe_card(request: Request) -> dict[str, Any]:
    with cards.lock:
        card = cards.get(*card_name(request))
        version = _version(card, request.parameters.get("ModelCardVersion", card.latest.number))
        metadata_only = request.parameters.get("IncludedData") == "MetadataOnly"
        return {
            **card.summary(version),
            "Content": metadata_of(version.content) if metadata_only else version.content,
            "SecurityConfig": card.security,
            "CreationTime": card.versions[0].created,
            "CreatedBy": _identity(card.created_by),
            "LastModifiedBy": _identity(version.modified_by),
        }


@sagemaker.operation("UpdateModelCard", resource=_card_resource, resource_policy=resource_policy)
def _update_card(request: Request) -> dict[str, Any]:
    content, status = request.parameters.get("Content"), request.parameters.get("ModelCardStatus")
    if (content is None) == (status is None):
        raise ServiceError(
            "ValidationException",
            "Either the content or the status of a model card can be updated in a single call.",
        )
    if content is not None:
        _check_content(content)
    with cards.lock:
        card = cards.get(*card_name(request))
        latest = card.latest
        if latest.status == "Archived":
            raise ServiceError(
                "ValidationException", f"ModelCard {card.name.arn} is archived and takes no more updates."
            )
        if content is not None:
            written = CardVersion(
                number=latest.number + 1, content=content, status="Draft", modified_by=request.caller_arn
            )
            card.versions.append(written)
        elif status is not None and feared("card-status-version"):
            decided = CardVersion(
                number=latest.number + 1,
                content=latest.content,
                status=status,
                modified_by=request.caller_arn,
            )
            card.versions.append(decided)
        elif status is not None:
            latest.status, latest.modified_by, latest.modified = status, request.caller_arn, time.time()
    return {"ModelCardArn": card.name.arn}


@sagemaker.operation("ListModelCards")
def _list_cards(request: Request) -> dict[str, Any]:
    with cards.lock:
        own = cards.all(request.account, request.region)
        described = [{**card.summary(card.latest), "CreationTime": card.versions[0].created} for card in own]
    found, rest = listed(request, _of_status(request, described), name="ModelCardName")
    return {"ModelCardSummaries": found, **rest}


@sagemaker.operation("ListModelCardVersions", resource=_card_resource, resource_policy=resource_policy)
def _list_versions(request: Request) -> dict[str, Any]:
    with cards.lock:
        card = cards.get(*card_name(request))
        described = [card.summary(version) for version in card.versions]
    found, rest = listed(request, _of_status(request, described), name="ModelCardName")
    return {"ModelCardVersionSummaryList": found, **rest}


@sagemaker.operation("DeleteModelCard", resource=_card_resource)
def _delete_card(request: Request) -> dict[str, Any]:
    cards.remove(*card_name(request))
    return {}


@sagemaker.operation("CreateModelCardExportJob", resource=_card_resource, resource_policy=resource_policy)
def _create_export_job(request: Request) -> dict[str, Any]:
    cards.get(*card_name(request))
    raise ServiceError("UnsupportedOperation", "The emulator makes no PDF of a model card; AWS does.")


def _version(card: Card, number: int) -> CardVersion:
    for version in card.versions:
        if version.number == number:
            return version
    raise ServiceError("ResourceNotFound", f"ModelCard {card.name.arn} has no version {number}.")


def _check_content(content: str) -> None:
    if sentence := problem(content):
        raise ServiceError("ValidationException", sentence)


def _of_status(request: Request, described: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = request.parameters.get("ModelCardStatus")
    return [each for each in described if wanted in (None, each["ModelCardStatus"])]


def _identity(caller_arn: str) -> dict[str, Any]:
    return {"IamIdentity": {"Arn": caller_arn}}
