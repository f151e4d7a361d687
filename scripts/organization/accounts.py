"""Say in which accounts the platform stands, and why it does not in others.

A StackSet goes on where an account refuses its stack, and the deployment is complete all the same: what is
wrong in one account is for whoever looks here
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceComprehensiveStatus.html).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.markup import escape

from base.settings import CATALOG, Settings, load
from scripts.console.caller import Need
from scripts.console.change import OperatorError
from scripts.console.command import RETRIES, CatalogFile, aws_session, output, sentences

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackInstanceSummaryTypeDef

GOOD = ("SUCCEEDED",)
LEFT_OUT = ("SKIPPED_SUSPENDED_ACCOUNT",)
UNDER_WAY = ("PENDING", "RUNNING")


def look_at_accounts(cloudformation: "CloudFormationClient", settings: Settings) -> Iterator[str]:
    """Look at the stack of each StackSet in each account.

    Args:
        cloudformation: A client of the shared services account.
        settings: The catalog file.

    Yields:
        A line for each account and StackSet.

    Raises:
        OperatorError: If some accounts refused their stack, or a StackSet is not deployed.
    """
    failed = 0
    for stack_set in settings.stack_sets:
        for instance in _instances(cloudformation, stack_set):
            status = instance.get("StackInstanceStatus", {}).get("DetailedStatus", instance["Status"])
            line = f"{status.lower().replace('_', ' ')}  {stack_set} in {instance['Account']}"
            if status not in (*GOOD, *LEFT_OUT, *UNDER_WAY):
                failed += 1
                line += f": {instance.get('StatusReason') or 'AWS gives no reason'}"
            yield line
    if failed:
        raise OperatorError(
            f"{failed} of these stacks failed: correct the reason in the account, and repeat the operation "
            "there, in the console of StackSets or by aws cloudformation update-stack-instances."
        )


def _instances(cloudformation: "CloudFormationClient", stack_set: str) -> "list[StackInstanceSummaryTypeDef]":
    pages = cloudformation.get_paginator("list_stack_instances").paginate(
        StackSetName=stack_set, CallAs="DELEGATED_ADMIN"
    )
    try:
        found = [instance for page in pages for instance in page["Summaries"]]
    except cloudformation.exceptions.StackSetNotFoundException:
        raise OperatorError(
            f"There is no StackSet {stack_set} in this account and Region: deploy the bundle first "
            "(cdk deploy --all)."
        ) from None
    return sorted(found, key=lambda instance: instance["Account"])


def command(catalog: CatalogFile = CATALOG) -> None:
    """Say in which accounts the platform stands (platform engineer, shared services account)."""
    with sentences():
        settings = load(catalog)
        session, names = aws_session(settings), settings.names
        need = Need.of_hub(settings, task="accounts are looked at", roles=(names.platform_engineer_role,))
        need.met_by(session, names)
        for line in look_at_accounts(session.client("cloudformation", config=RETRIES), settings):
            output.print(escape(line))
