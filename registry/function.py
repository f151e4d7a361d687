"""A function of the registry, with its role and its log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from base.acknowledgements import acknowledge
from base.archives import archive
from base.functions import bundle
from base.grants.runs import WRITE_LOGS
from base.roles import Permission, role

CODE = Path(__file__).with_name("functions")
RUNTIME = lambda_.Runtime.PYTHON_3_13

# An event is delivered once and, if that fails, twice more.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class RegistryFunction:
    """A function, and the log group that it writes to."""

    function: lambda_.Function
    log_group: logs.LogGroup


def registry_function(
    scope: Construct,
    *,
    name: str,
    description: str,
    handler: str,
    role_name: str,
    permissions: Sequence[Permission],
    environment: Mapping[str, str],
    log_key: kms.IKey,
    timeout: cdk.Duration,
    memory_mib: int,
    maximum_event_age: cdk.Duration,
    dead_letters: sqs.Queue | None = None,
) -> RegistryFunction:
    """Define a function that is invoked asynchronously, its role and its log group.

    Args:
        scope: The construct they belong to.
        name: The function's name.
        description: What it does.
        handler: Where its handler is, below `CODE`.
        role_name: The name of its role.
        permissions: What the role may do, besides writing its log and its dead letters.
        environment: What the handler reads from its environment.
        log_key: Encrypts its log, which names models and people.
        timeout: How long one attempt may take.
        memory_mib: Its memory, which also sets its share of a processor.
        maximum_event_age: For how long Lambda tries to deliver an event.
        dead_letters: Where an event goes that could not be handled.
    """
    log_group = logs.LogGroup(
        scope,
        "Log",
        encryption_key=log_key,
        retention=logs.RetentionDays.ONE_YEAR,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    writing = [Permission(actions=WRITE_LOGS, resources=(log_group.log_group_arn,))]
    if dead_letters:
        writing.append(Permission(actions=("sqs:SendMessage",), resources=(dead_letters.queue_arn,)))
    function_role = role(
        scope,
        "Role",
        name=role_name,
        description=description,
        trusts=iam.ServicePrincipal("lambda.amazonaws.com"),
        permissions=[*permissions, *writing],
    )
    # No concurrency is reserved: runs at once leave each other alone, and a reservation would take its share
    # from the account's other functions at all times. What Lambda has no room for waits in its queue as long
    # as the event may be old, and is a dead letter then.
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
    code = bundle(CODE)
    function = lambda_.Function(
        scope,
        "Function",
        function_name=name,
        description=description,
        runtime=RUNTIME,
        architecture=lambda_.Architecture.X86_64,
        code=lambda_.Code.from_asset(str(archive(code)), asset_hash=code.name),
        handler=handler,
        role=function_role.without_policy_updates(),
        environment=dict(environment),
        timeout=timeout,
        memory_size=memory_mib,
        log_group=log_group,
        retry_attempts=ATTEMPTS - 1,
        max_event_age=maximum_event_age,
        on_failure=destinations.SqsDestination(dead_letters) if dead_letters else None,
    )
    acknowledge(
        function,
        rule="AwsSolutions-L1",
        reason="The newest Python that the bundle supports, and with which its tests run.",
    )
    # The role is one resource with its policy, so that the reference to it orders them well enough.
    cast("lambda_.CfnFunction", function.node.default_child).add_deletion_override("DependsOn")
    return RegistryFunction(function=function, log_group=log_group)
