"""A function that events start and whose failures nobody misses."""

from collections.abc import Mapping, Sequence

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from base.acknowledgements import acknowledge
from base.roles import Permission
from registry.alarms import AlarmTopic
from registry.function import ATTEMPTS, registry_function


class EventFunction(Construct):
    """A function with its rule, role, log, dead letters and alarms.

    EventBridge delivers at least once, Lambda tries three times, and what fails then goes to the
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
        log_key: kms.IKey,
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
            log_key: Encrypts its log.
            timeout: How long one attempt may take.
            memory_mib: Its memory, which also sets its share of a processor.
        """
        super().__init__(scope, construct_id)
        dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            queue_name=dead_letters_name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            retention_period=cdk.Duration.days(14),
        )
        acknowledge(dead_letters, rule="AwsSolutions-SQS3", reason="It is itself the queue of dead letters.")
        made = registry_function(
            self,
            name=name,
            description=description,
            handler=handler,
            role_name=role_name,
            permissions=permissions,
            environment=environment,
            log_key=log_key,
            timeout=timeout,
            memory_mib=memory_mib,
            maximum_event_age=cdk.Duration.hours(6),
            dead_letters=dead_letters,
        )
        self.function = made.function
        self._description = description
        self._event_bus = event_bus
        self._dead_letters = dead_letters
        self.start_on("Rule", event_pattern)
        alarms.watch(
            f"{construct_id}DeadLetters",
            dead_letters.metric_approximate_number_of_messages_visible(
                period=cdk.Duration.minutes(1), statistic="Maximum"
            ),
            threshold=1,
            description=(
                f"{description} An event could not be handled, and waits in the queue {dead_letters_name}. "
                f"'catalog replay {construct_id.lower()} --pretend' says what to correct; the same command "
                "without --pretend then delivers it again."
            ),
        )
        alarms.watch(
            f"{construct_id}Errors",
            self.function.metric_errors(period=cdk.Duration.minutes(15)),
            threshold=ATTEMPTS,
            description=(
                f"{description} Several attempts have failed. "
                f"See the log group {made.log_group.log_group_name} for the reason."
            ),
        )

    def start_on(self, construct_id: str, event_pattern: events.EventPattern) -> None:
        """Start the function on events of its bus.

        Args:
            construct_id: The id of the rule.
            event_pattern: The events.
        """
        events.Rule(
            self,
            construct_id,
            description=f"Starts: {self._description}",
            event_bus=self._event_bus,
            event_pattern=event_pattern,
            targets=[
                targets.LambdaFunction(
                    self.function,
                    dead_letter_queue=self._dead_letters,
                    max_event_age=cdk.Duration.hours(24),
                    retry_attempts=185,
                )
            ],
        )
