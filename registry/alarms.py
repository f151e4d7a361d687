"""Who is told when something fails."""

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from base.pseudo_parameters import ACCOUNT_ID
from base.roles import arn


class AlarmTopic(Construct):
    """A topic to which alarms are sent, with the mailbox of those who look after the platform."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.Key, email: str) -> None:
        """Define the topic.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            key: Encrypts the messages.
            email: Who is told; AWS asks them once to confirm.
        """
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        self.topic.add_subscription(subscriptions.EmailSubscription(email))
        # A policy of its own takes the place of the default one, by which the account's alarms may publish.
        # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccountPublish",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "ArnLike": {"aws:SourceArn": arn("cloudwatch", "alarm:*")},
                    "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
                },
            )
        )
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                # In a key's own policy "*" means the key.
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}},
            )
        )

    def watch(
        self,
        alarm_id: str,
        metric: cloudwatch.Metric,
        *,
        threshold: int,
        description: str,
    ) -> None:
        """Tell of a metric that reaches a threshold within one of its periods.

        Args:
            alarm_id: The id of the alarm.
            metric: What to watch.
            threshold: The first value that is too high.
            description: What is wrong and what to do, for whoever gets the message.
        """
        alarm = cloudwatch.Alarm(
            self,
            alarm_id,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
