"""The stage function: a deploy pipeline asks for the next step of a version."""

import functools
import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from .. import clients
from ..artifacts import CentralArtifacts
from ..card_sharing import CardSharing
from ..cards import Cards
from ..errors import RegistryError
from ..receipts import ReceiptBook
from ..tagging import ArtifactTags
from .gate import Gate
from .job import Job, Task
from .life_cycle import LifeCycle
from .pipelines import Pipelines
from .summary import Reviewer
from .tasks import Stages, TaskResult

logger = Logger(service="stages")


@functools.cache
def stages() -> Stages:
    """The stages as the function's environment describes them, made once a process."""
    sagemaker, s3 = clients.sagemaker(), clients.s3()
    place = {"bucket": os.environ["REGISTRY_BUCKET"], "account": os.environ["REGISTRY_ACCOUNT"]}
    book = ReceiptBook(s3=s3, **place)
    artifacts = CentralArtifacts(s3=s3, **place)
    life_cycle = LifeCycle(sagemaker=sagemaker)
    gate = Gate(
        book=book,
        artifacts=artifacts,
        cards=Cards(sagemaker=sagemaker),
        required_fields=tuple(filter(None, os.environ["REQUIRED_CARD_FIELDS"].split(","))),
        officer_role=os.environ["OFFICER_ROLE"],
    )
    return Stages(
        book=book,
        gate=gate,
        life_cycle=life_cycle,
        pipelines=pipelines(),
        reviewer=Reviewer(gate=gate, book=book, life_cycle=life_cycle),
        sharing=CardSharing(
            ram=clients.ram(),
            authors_share=os.environ["CARD_AUTHORS_SHARE"],
            readers_share=os.environ["CARD_READERS_SHARE"],
            reader_permission_arn=os.environ["CARD_READER_PERMISSION_ARN"],
        ),
        tags=ArtifactTags(artifacts=artifacts),
    )


@functools.cache
def pipelines() -> Pipelines:
    """The deploy pipelines of the account, made once a process."""
    return Pipelines(codepipeline=clients.codepipeline())


@logger.inject_lambda_context(correlation_id_path='"CodePipeline.job".id', clear_state=True)
def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Do a task, and tell CodePipeline what became of it.

    Whatever fails is told as a sentence in the pipeline. Only a failure to tell it is raised: Lambda then
    invokes the function with the same job again.
    """
    job = Job.parse(event)
    try:
        task = Task.parse(job.parameters, os.environ["REGISTRY_ACCOUNT"])
    except RegistryError as error:
        logger.warning(str(error))
        pipelines().fail(job.id, str(error), "ConfigurationError")
        return
    logger.append_keys(task=task.name, model_package=task.version.arn, execution=task.execution)
    try:
        outcome: TaskResult = stages().do(task)
    except RegistryError as error:
        logger.warning(str(error))
        pipelines().fail(job.id, str(error))
    except Exception as error:
        logger.exception(str(error))
        pipelines().fail(
            job.id,
            f"The task {task.name} of {task.version.arn} failed ({type(error).__name__}: {error}): see the "
            f"log stream {context.log_stream_name} of {context.log_group_name}, and retry the stage.",
        )
    else:
        logger.info(outcome.said)
        pipelines().succeed(job.id, outcome.said, outcome.outputs)
