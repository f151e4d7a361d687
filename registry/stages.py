"""Stages: what deploy pipelines ask for as a version goes to test and to production."""

from collections.abc import Iterable

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from constructs import Construct

from base.contracts.metadata import WRITTEN_BY_PROMOTION
from base.contracts.objects import VERSIONS, decisions
from base.grants.models import read_cards
from base.grants.objects import TAG_OBJECTS, USE_KEY
from base.grants.reasons import NOTHING_NARROWER
from base.names import PlatformNames
from base.roles import Permission, arn
from registry.alarms import AlarmTopic
from registry.cards import sharing_permissions
from registry.function import registry_function
from registry.functions.model_registry.stages.life_cycle import STEPS
from registry.storage import RegistryStorage

# CodePipeline takes no answer after that.
# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html
ANSWER_WITHIN = cdk.Duration.minutes(20)


class StageFunction(Construct):
    """The function that deploy pipelines of this account invoke; the roles of the pipelines allow it.

    What fails is told in the pipeline, which is where somebody waits; there are no dead letters to replay.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        storage: RegistryStorage,
        alarms: AlarmTopic,
        card_reader_permission_arn: str,
        required_card_fields: Iterable[str],
    ) -> None:
        """Define the function.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            storage: The central bucket and key.
            alarms: Who is told of failures.
            card_reader_permission_arn: With which it shares cards with accounts that read them.
            required_card_fields: Paths in a model card's content that must say something before production.
        """
        super().__init__(scope, construct_id)
        description = "Follows central model versions through their deploy pipelines."
        made = registry_function(
            self,
            name=names.stage_function,
            description=description,
            handler="model_registry.stages.handler.handle",
            role_name=names.stage_role,
            permissions=[
                *_answer_pipelines(),
                *_follow_versions(),
                *_keep_objects(storage),
                read_cards(),
                *sharing_permissions(names),
            ],
            environment={
                "CARD_AUTHORS_SHARE": names.card_authors_share(""),
                "CARD_READERS_SHARE": names.card_readers_share(""),
                "CARD_READER_PERMISSION_ARN": card_reader_permission_arn,
                "OFFICER_ROLE": names.governance_officer_role,
                "REGISTRY_ACCOUNT": names.shared_services_account,
                "REGISTRY_BUCKET": storage.bucket.bucket_name,
                "REQUIRED_CARD_FIELDS": ",".join(required_card_fields),
            },
            log_key=storage.key,
            timeout=cdk.Duration.minutes(5),
            memory_mib=256,
            maximum_event_age=ANSWER_WITHIN,
        )
        alarms.watch(
            f"{construct_id}Errors",
            made.function.metric_errors(period=cdk.Duration.minutes(15)),
            threshold=1,
            description=(
                f"{description} It could not answer a pipeline, which waits until its action times out. "
                f"See the log group {made.log_group.log_group_name} for the reason, and retry the stage."
            ),
        )


def _answer_pipelines() -> list[Permission]:
    return [
        Permission(
            actions=("codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"),
            resources=("*",),
            because=f"{NOTHING_NARROWER} A job is known to whom CodePipeline has given it.",
        ),
        Permission(
            # The state of a pipeline says who approved where the history of its actions does not.
            actions=("codepipeline:GetPipelineState", "codepipeline:ListActionExecutions"),
            resources=(arn("codepipeline", "*"),),
            because="Pipelines are named after projects, of which new ones come.",
        ),
    ]


def _follow_versions() -> list[Permission]:
    """To look at versions, and to say at which stage they are: never whether they are approved.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
    """
    groups, versions = arn("sagemaker", "model-package-group/*"), arn("sagemaker", "model-package/*")
    because = "Teams name their groups, and the versions of all are deployed."
    absent = (
        "CustomerMetadataPropertiesToRemove",
        "ModelApprovalStatus",
        *(f"CustomerMetadataProperties/{name}" for name in WRITTEN_BY_PROMOTION),
    )
    return [
        Permission(actions=("sagemaker:DescribeModelPackage",), resources=(versions,), because=because),
        Permission(actions=("sagemaker:ListModelPackages",), resources=(groups, versions), because=because),
        Permission(
            actions=("sagemaker:UpdateModelPackage",),
            resources=(versions,),
            conditions={
                "StringEquals": {
                    "sagemaker:ModelLifeCycle:Stage": sorted({step.stage for step in STEPS}),
                    "sagemaker:ModelLifeCycle:StageStatus": sorted({step.status for step in STEPS}),
                },
                "Null": {f"sagemaker:{key}": "true" for key in absent},
            },
            because=because,
        ),
    ]


def _keep_objects(storage: RegistryStorage) -> list[Permission]:
    """To read what versions consist of, to admit it to production, and to write records beside it."""
    bucket = storage.bucket
    because = "Every version has a folder of its own."
    return [
        Permission(
            actions=TAG_OBJECTS,
            resources=tuple(bucket.arn_for_objects(key) for key in VERSIONS),
            because=f"{because} The bucket's policy lets only what is approved be admitted.",
        ),
        Permission(
            actions=("s3:PutObject",),
            resources=tuple(
                bucket.arn_for_objects(key) for key in decisions("test", "production-approval", "production")
            ),
            because=because,
        ),
        Permission(actions=("s3:ListBucket",), resources=(bucket.bucket_arn,)),
        Permission(actions=USE_KEY, resources=(storage.key.key_arn,)),
    ]
