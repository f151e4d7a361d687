"""Release: what is approved centrally can be deployed."""

import embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from names import PlatformNames
from registry.alarms import AlarmTopic
from registry.event_function import EventFunction
from registry.functions.model_registry.events import STATE_CHANGE
from registry.functions.model_registry.release.release import DETAIL_TYPE
from registry.objects import MODELS
from registry.storage import RegistryStorage
from roles import Permission


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
    ) -> None:
        """Define the function.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            storage: The central bucket and key.
            alarms: Who is told of failures.
        """
        stack = cdk.Stack.of(scope)
        # AWS services send their events to the account's default bus, and deploy pipelines listen there.
        default_bus_arn = stack.format_arn(service="events", resource="event-bus", resource_name="default")
        super().__init__(
            scope,
            construct_id,
            name=names.release_function,
            dead_letters_name=names.release_dead_letters,
            description="Opens approved central model versions to the accounts that serve models.",
            handler="model_registry.release.handler.handle",
            role_name=names.release_role,
            permissions=[
                Permission(
                    actions=("sagemaker:DescribeModelPackage",),
                    resources=(
                        stack.format_arn(service="sagemaker", resource="model-package", resource_name="*"),
                    ),
                    because="Teams name their groups, and release follows the versions of all.",
                ),
                Permission(
                    actions=("s3:PutObjectTagging",),
                    resources=(storage.bucket.arn_for_objects(MODELS),),
                    because="It tags the objects of every version.",
                ),
                Permission(actions=("s3:ListBucket",), resources=(storage.bucket.bucket_arn,)),
                Permission(
                    actions=("events:PutEvents",),
                    resources=(default_bus_arn,),
                    # Of every event in a request: both keys hold a list, and every event has them.
                    conditions={
                        "ForAllValues:StringEquals": {
                            "events:source": names.registry_event_source,
                            "events:detail-type": DETAIL_TYPE,
                        }
                    },
                ),
            ],
            environment={
                "EVENT_SOURCE": names.registry_event_source,
                "REGISTRY_ACCOUNT": names.shared_services_account,
                "REGISTRY_BUCKET": storage.bucket.bucket_name,
            },
            event_bus=events.EventBus.from_event_bus_arn(scope, "DefaultBus", default_bus_arn),
            event_pattern=events.EventPattern(
                account=[names.shared_services_account],
                source=["aws.sagemaker"],
                detail_type=[STATE_CHANGE],
            ),
            alarms=alarms,
            timeout=cdk.Duration.minutes(5),
            memory_mib=256,
        )
