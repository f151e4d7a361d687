"""The promotion function: a team has approved or rejected a model version."""

import functools
import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from .. import clients
from ..events import StateChange
from .central import CentralGroups
from .copying import Copier
from .promote import CentralStorage, Promotion

logger = Logger(service="promotion")


@functools.cache
def promotion() -> Promotion:
    """Promotion as the function's environment describes it, made once a process."""
    sagemaker = clients.sagemaker()
    return Promotion(
        sagemaker=sagemaker,
        copier=Copier(s3=clients.s3()),
        groups=CentralGroups(
            sagemaker=sagemaker,
            organization_id=os.environ["ORGANIZATION_ID"],
            reader_roles=tuple(os.environ["READER_ROLES"].split(",")),
        ),
        storage=CentralStorage(
            bucket=os.environ["REGISTRY_BUCKET"],
            account=os.environ["REGISTRY_ACCOUNT"],
            key_arn=os.environ["REGISTRY_KEY_ARN"],
        ),
    )


@logger.inject_lambda_context(correlation_id_path=correlation_paths.EVENT_BRIDGE)
def handle(event: dict[str, Any], _context: LambdaContext) -> None:
    """Promote a version, or mirror its rejection.

    Whatever fails is raised: Lambda delivers the event again, and then puts it, with the sentence of the
    error, into the dead-letter queue.
    """
    try:
        change = StateChange.parse(event)
        logger.append_keys(model_package=change.version.arn)
        logger.info(promotion().follow(change.version))
    except Exception as error:
        logger.exception(str(error))
        raise
