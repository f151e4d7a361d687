"""The promotion function: a team has approved, rejected or archived a model version."""

import functools
import json
import os
from datetime import UTC, datetime
from typing import Any

import urllib3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from .. import clients
from ..aggregation import aggregate
from ..cards import Cards, CardVersion
from ..errors import RegistryError
from ..events import StateChange
from ..member_accounts import MemberAccounts
from ..readers import Readers
from ..receipts import ReceiptBook
from .central import CentralGroups
from .copying import Copier
from .drafts import Drafts
from .fields import carried_fields
from .image_copying import ImageCopier
from .leftovers import Leftovers
from .promote import Promotion
from .refusals import Refusals
from .repositories import CentralRepositories
from .source import SourceVersion
from .time_limit import OutOfTimeError, TimeLimit
from .transfer import CentralStorage, Transfer

logger = Logger(service="promotion")


@functools.cache
def promotion() -> Promotion:
    """Promotion as the function's environment describes it, made once a process."""
    sagemaker, s3, ecr = clients.sagemaker(), clients.s3(), clients.ecr()
    account, bucket = os.environ["REGISTRY_ACCOUNT"], os.environ["REGISTRY_BUCKET"]
    region = sagemaker.meta.region_name
    readers = Readers(
        organization_id=os.environ["ORGANIZATION_ID"],
        organization_paths=tuple(os.environ["READER_PATHS"].split(",")),
        roles=tuple(os.environ["READER_ROLES"].split(",")),
    )
    key_arn = os.environ["REGISTRY_KEY_ARN"]
    refusals = Refusals(role_arn=os.environ["ROLE_ARN"], region=region)
    leftovers = Leftovers(s3=s3, bucket=bucket, account=account)
    return Promotion(
        sagemaker=sagemaker,
        refusals=refusals,
        transfer=Transfer(
            copier=Copier(s3=s3, refusals=refusals),
            image_copier=ImageCopier(
                ecr=ecr,
                http=urllib3.PoolManager(),
                repositories=CentralRepositories(
                    ecr=ecr,
                    account=account,
                    region=region,
                    prefix=os.environ["IMAGE_REPOSITORIES"],
                    key_arn=key_arn,
                    readers=readers,
                ),
                refusals=refusals,
            ),
            storage=CentralStorage(bucket=bucket, account=account, region=region, key_arn=key_arn),
            leftovers=leftovers,
            fields=carried_fields(sagemaker),
            card=_card_of,
        ),
        groups=CentralGroups(
            sagemaker=sagemaker, account=account, readers=readers, members=_members_to_name()
        ),
        receipts=ReceiptBook(s3=s3, bucket=bucket, account=account),
        drafts=Drafts(s3=s3, bucket=bucket, account=account),
        leftovers=leftovers,
    )


def _members_to_name() -> MemberAccounts | None:
    """The accounts that a group's policy names, if it does."""
    units = tuple(filter(None, os.environ["READER_UNITS"].split(",")))
    return MemberAccounts(organizations=clients.organizations(), units=units) if units else None


@logger.inject_lambda_context(correlation_id_path=correlation_paths.EVENT_BRIDGE)
def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Promote a version, or withdraw it.

    Whatever fails is raised: Lambda delivers the event again, and then puts it, with the sentence of the
    error, into the dead-letter queue.
    """
    try:
        change = StateChange.parse(event)
        logger.append_keys(model_package=change.version.arn)
        logger.info(_follow(change, event, context))
    except Exception as error:
        logger.exception(str(error))
        raise


def _follow(change: StateChange, event: dict[str, Any], context: LambdaContext) -> str:
    if not change.may_change("ModelApprovalStatus", "ModelLifeCycle"):
        return f"{change.version.arn} was neither approved, rejected nor archived: nothing to do."
    time = TimeLimit(started=datetime.now(UTC), remaining_ms=context.get_remaining_time_in_millis)
    try:
        return promotion().follow(change.version, time)
    except OutOfTimeError:
        return _hand_over(change, event, context, time)


def _hand_over(change: StateChange, event: dict[str, Any], context: LambdaContext, time: TimeLimit) -> str:
    """Start another run of this function, which goes on.

    A run that got nowhere is the last one, and Lambda itself ends a chain of 16, which is four hours of
    copying: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html. Both leave a dead letter.
    """
    if not time.progress:
        raise RegistryError(
            f"A whole run was too short for one step of the promotion of {change.version.arn}: its smallest "
            "steps are a part of an object and a layer of an image; build the image with smaller layers, or "
            "register fewer files, as an archive."
        )
    clients.lambda_().invoke(
        FunctionName=context.function_name, InvocationType="Event", Payload=json.dumps(event)
    )
    return f"There is more to copy of {change.version.arn} than one run can: another run goes on."


def _card_of(source: SourceVersion) -> CardVersion | None:
    """The model card version that speaks for a version."""
    cards = Cards(sagemaker=clients.sagemaker())
    if os.environ["MODEL_CARDS_LAYOUT"] == "hub_and_spoke":
        return aggregate(cards, version=source.arn, group=source.group)
    return cards.describing(source.group, {source.arn.arn})
