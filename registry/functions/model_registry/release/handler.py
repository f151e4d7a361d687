"""The release function: the approval status of a central model version has changed."""

import functools
import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from .. import clients
from ..artifacts import CentralArtifacts
from ..cards import Cards
from ..events import StateChange
from ..receipts import ReceiptBook
from ..tagging import ArtifactTags
from .approval import CentralApprovals
from .registration import DirectRegistration
from .release import Release
from .starting import Start, Starter
from .trail import RecordedApproval, Trail

logger = Logger(service="release")


@functools.cache
def release() -> Release:
    """Release as the function's environment describes it, made once a process."""
    sagemaker, s3 = clients.sagemaker(), clients.s3()
    place = {"bucket": os.environ["REGISTRY_BUCKET"], "account": os.environ["REGISTRY_ACCOUNT"]}
    book = ReceiptBook(s3=s3, **place)
    artifacts = CentralArtifacts(s3=s3, **place)
    return Release(
        sagemaker=sagemaker,
        events=clients.events(),
        book=book,
        approvals=CentralApprovals(book=book, functions=frozenset(os.environ["FUNCTION_ROLES"].split(","))),
        registration=DirectRegistration(
            sagemaker=sagemaker, book=book, artifacts=artifacts, cards=Cards(sagemaker=sagemaker)
        ),
        tags=ArtifactTags(artifacts=artifacts),
        event_source=os.environ["EVENT_SOURCE"],
        approver_told_apart=os.environ["APPROVER"] == "cloudtrail",
    )


@logger.inject_lambda_context(correlation_id_path=correlation_paths.EVENT_BRIDGE)
def handle(event: dict[str, Any], _context: LambdaContext) -> None:
    """Open or close a version's artifact to the workload accounts; or start a pipeline with what is released.

    Whatever fails is raised: Lambda delivers the event again, and then puts it, with the sentence of the
    error, into the dead-letter queue.
    """
    try:
        start = Start.parse(event)
        if start is not None:
            logger.info(Starter(codepipeline=clients.codepipeline()).start(start))
            return
        recorded = RecordedApproval.parse(event)
        change = recorded.change if recorded else StateChange.parse(event)
        logger.append_keys(model_package=change.version.arn)
        approver = Trail(cloudtrail=clients.cloudtrail()).approver(recorded) if recorded else None
        logger.info(release().follow(change, approver))
    except Exception as error:
        logger.exception(str(error))
        raise
