"""Release: what is approved centrally can be deployed."""

from typing import Literal

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.contracts import tags
from base.contracts.events import RELEASED, SAGEMAKER, STATE_CHANGE
from base.contracts.objects import DIRECT_RECEIPTS, VERSIONS, decisions
from base.grants.models import read_cards
from base.grants.objects import TAG_OBJECTS, USE_KEY
from base.names import PlatformNames
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import Permission, arn
from registry.alarms import AlarmTopic
from registry.event_function import EventFunction
from registry.functions.model_registry.release.trail import EVENT_NAME, RECORDED_CALL
from registry.storage import RegistryStorage


class ReleaseFunction(EventFunction):
    """The function that follows the approvals in the central registry."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        storage: RegistryStorage,
        alarms: AlarmTopic,
        starts_pipelines: bool,
        approver: Literal["version", "cloudtrail"],
    ) -> None:
        """Define the function.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            storage: The central bucket and key.
            alarms: Who is told of failures.
            starts_pipelines: Whether it starts deploy pipelines itself, because no rule can.
            approver: Who says who has approved a version: the version itself, or CloudTrail.
        """
        # AWS services send their events to the account's default bus, and deploy pipelines listen there.
        default_bus_arn = arn("events", "event-bus/default")
        super().__init__(
            scope,
            construct_id,
            name=names.release_function,
            dead_letters_name=names.release_dead_letters,
            description="Opens approved central model versions to the accounts that serve models.",
            handler="model_registry.release.handler.handle",
            role_name=names.release_role,
            permissions=[
                *_read_versions(),
                _note_receipts(),
                *_keep_objects(storage),
                read_cards(),
                *([_start_pipelines()] if starts_pipelines else ()),
                *([_look_into_the_trail()] if approver == "cloudtrail" else ()),
                Permission(
                    actions=("events:PutEvents",),
                    resources=(default_bus_arn,),
                    # Of every event in a request: both keys hold a list, and every event has them.
                    conditions={
                        "ForAllValues:StringEquals": {
                            "events:source": names.registry_event_source,
                            "events:detail-type": RELEASED,
                        }
                    },
                ),
            ],
            environment={
                "APPROVER": approver,
                "EVENT_SOURCE": names.registry_event_source,
                "FUNCTION_ROLES": ",".join((names.promotion_role, names.release_role, names.stage_role)),
                "REGISTRY_ACCOUNT": names.shared_services_account,
                "REGISTRY_BUCKET": storage.bucket.bucket_name,
            },
            event_bus=events.EventBus.from_event_bus_arn(scope, "DefaultBus", default_bus_arn),
            event_pattern=events.EventPattern(
                account=[names.shared_services_account],
                source=[SAGEMAKER],
                detail_type=[STATE_CHANGE],
            ),
            alarms=alarms,
            log_key=storage.key,
            timeout=cdk.Duration.minutes(5),
            memory_mib=256,
        )
        if approver == "cloudtrail":
            approval = {"modelApprovalStatus": [tags.APPROVED]}
            self.start_on(
                "RecordedApprovals",
                events.EventPattern(
                    account=[names.shared_services_account],
                    source=[SAGEMAKER],
                    detail_type=[RECORDED_CALL],
                    detail={"eventName": [EVENT_NAME], "requestParameters": approval},
                ),
            )
        if starts_pipelines:
            # The rules of deploy projects, which AWS names after their stacks.
            self.function.add_permission(
                "Rules",
                principal=iam.ServicePrincipal("events.amazonaws.com"),
                source_account=ACCOUNT_ID,
                source_arn=arn("events", "rule/*"),
            )


def _look_into_the_trail() -> Permission:
    return Permission(
        actions=("cloudtrail:LookupEvents",),
        resources=("*",),
        because="AWS offers no narrower resource for this action.",
    )


def _start_pipelines() -> Permission:
    return Permission(
        actions=("codepipeline:StartPipelineExecution",),
        resources=(arn("codepipeline", "*"),),
        conditions={"Null": {f"aws:ResourceTag/{tags.PROJECT_ID}": "false"}},
        because="Pipelines are named after projects, of which new ones come; the condition keeps to these.",
    )


def _read_versions() -> list[Permission]:
    versions, groups = arn("sagemaker", "model-package/*"), arn("sagemaker", "model-package-group/*")
    because = "Teams name their groups, and release follows the versions of all."
    return [
        Permission(actions=("sagemaker:DescribeModelPackage",), resources=(versions,), because=because),
        # A group's tags say who registers into it directly.
        Permission(actions=("sagemaker:ListTags",), resources=(groups,), because=because),
    ]


def _note_receipts() -> Permission:
    """To add metadata to versions, and nothing else: it approves nothing, and moves nothing on.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
    """
    absent = (
        "CustomerMetadataPropertiesToRemove",
        "ModelApprovalStatus",
        "ModelLifeCycle:Stage",
        "ModelLifeCycle:StageStatus",
    )
    return Permission(
        actions=("sagemaker:UpdateModelPackage",),
        resources=(arn("sagemaker", "model-package/*"),),
        conditions={"Null": {f"sagemaker:{key}": "true" for key in absent}},
        because="Any project may register versions directly.",
    )


def _keep_objects(storage: RegistryStorage) -> list[Permission]:
    """To read what versions consist of, to tag it, and to write records beside it."""
    bucket = storage.bucket
    because = "Every version has a folder of its own."
    return [
        Permission(
            actions=TAG_OBJECTS,
            resources=tuple(bucket.arn_for_objects(key) for key in VERSIONS),
            because=because,
        ),
        Permission(
            actions=("s3:PutObject",),
            resources=tuple(
                bucket.arn_for_objects(key) for key in (*DIRECT_RECEIPTS, *decisions("central-approval"))
            ),
            because=because,
        ),
        Permission(actions=("s3:ListBucket",), resources=(bucket.bucket_arn,)),
        Permission(actions=USE_KEY, resources=(storage.key.key_arn,)),
    ]
