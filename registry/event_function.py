"""A function that events start and whose failures nobody misses."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions import bundle
from registry.alarms import AlarmTopic
from roles import Permission, role

CODE = Path(__file__).with_name("functions")
RUNTIME = lambda_.Runtime.PYTHON_3_13

# An event is delivered once and, if that fails, twice more.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
ATTEMPTS = 3


class EventFunction(Construct):
    """A function with its rule, role, log, dead letters and alarms.

    EventBridge delivers at least once, Lambda tries three times, and what fails then lies in the
    dead-letter queue with the event and the error's sentence, and an alarm tells of it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        dead_letters_name: str,
        description: str,
        handler: str,
        role_name: str,
        permissions: Sequence[Permission],
        environment: Mapping[str, str],
        event_bus: events.IEventBus,
        event_pattern: events.EventPattern,
        alarms: AlarmTopic,
        timeout: cdk.Duration,
        memory_mib: int,
    ) -> None:
        """Define the function and what surrounds it.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there, by which `catalog replay` knows it.
            name: The function's name.
            dead_letters_name: The name of its dead-letter queue.
            description: What the function does.
            handler: Where its handler is, below `CODE`.
            role_name: The name of its role.
            permissions: What the role may do, besides writing its log and its dead letters.
            environment: What the handler reads from its environment.
            event_bus: The bus that it listens to.
            event_pattern: The events that start it.
            alarms: Who is told.
            timeout: How long one attempt may take.
            memory_mib: Its memory, which also sets its share of a processor.
        """
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            queue_name=dead_letters_name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            retention_period=cdk.Duration.days(14),
        )
        function_role = role(
            self,
            "Role",
            name=role_name,
            description=description,
            trusts=iam.ServicePrincipal("lambda.amazonaws.com"),
            permissions=[
                *permissions,
                Permission(
                    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                    resources=(log_group.log_group_arn,),
                ),
                Permission(actions=("sqs:SendMessage",), resources=(dead_letters.queue_arn,)),
            ],
        )
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description=description,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.X86_64,
            code=lambda_.Code.from_asset(str(bundle(CODE))),
            handler=handler,
            role=function_role.without_policy_updates(),
            environment=dict(environment),
            timeout=timeout,
            memory_size=memory_mib,
            log_group=log_group,
            retry_attempts=ATTEMPTS - 1,
            max_event_age=cdk.Duration.hours(6),
            on_failure=destinations.SqsDestination(dead_letters),
        )
        _acknowledge(dead_letters, "AwsSolutions-SQS3", "It is itself the queue of dead letters.")
        _acknowledge(
            self.function,
            "AwsSolutions-L1",
            "The newest Python that the bundle supports, and with which its tests run.",
        )
        # The role is one resource with its policy, so that the reference to it orders them well enough.
        cast("lambda_.CfnFunction", self.function.node.default_child).add_deletion_override("DependsOn")
        events.Rule(
            self,
            "Rule",
            description=f"Starts: {description}",
            event_bus=event_bus,
            event_pattern=event_pattern,
            targets=[
                targets.LambdaFunction(
                    self.function,
                    dead_letter_queue=dead_letters,
                    max_event_age=cdk.Duration.hours(24),
                    retry_attempts=185,
                )
            ],
        )
        alarms.watch(
            f"{construct_id}DeadLetters",
            dead_letters.metric_approximate_number_of_messages_visible(
                period=cdk.Duration.minutes(1), statistic="Maximum"
            ),
            threshold=1,
            description=(
                f"{description} An event could not be handled, and waits in the queue {dead_letters_name}. "
                f"'catalog replay {construct_id.lower()} --pretend' says what to mend; the same command "
                "without --pretend then delivers it again."
            ),
        )
        alarms.watch(
            f"{construct_id}Errors",
            self.function.metric_errors(period=cdk.Duration.minutes(15)),
            threshold=ATTEMPTS,
            description=(
                f"{description} Several attempts have failed. "
                f"See the log group {log_group.log_group_name} for the reason."
            ),
        )


def _acknowledge(construct: Construct, rule: str, reason: str) -> None:
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
