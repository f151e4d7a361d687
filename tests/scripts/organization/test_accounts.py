"""Whoever operates the platform sees in which accounts it does not stand, and why."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from base.settings import load
from scripts.console.change import OperatorError
from scripts.organization.accounts import look_at_accounts

SETTINGS = load()
LAUNCH, TARGET = SETTINGS.names.launch_stack_set, SETTINGS.names.deployment_target_stack_set


def instance(account: str, detailed: str, **more: str) -> dict[str, Any]:
    return {
        "Account": account,
        "Status": "OUTDATED",
        "StackInstanceStatus": {"DetailedStatus": detailed},
        **more,
    }


def look(launch: list[dict[str, Any]] | None, target: list[dict[str, Any]]) -> tuple[list[str], str | None]:
    """The lines, and the sentence with which the command ends."""
    client = boto3.client(
        "cloudformation", aws_access_key_id="x", aws_secret_access_key="x", region_name=SETTINGS.region
    )
    lines = []
    with Stubber(client) as stub:
        for name, found in ((LAUNCH, launch), (TARGET, target)):
            asked = {"StackSetName": name, "CallAs": "DELEGATED_ADMIN"}
            if found is None:
                stub.add_client_error(
                    "list_stack_instances", "StackSetNotFoundException", expected_params=asked
                )
            else:
                stub.add_response("list_stack_instances", {"Summaries": found}, asked)
        try:
            for line in look_at_accounts(client, SETTINGS):
                lines.append(line)  # noqa: PERF402  what was said before the end counts
        except OperatorError as error:
            return lines, str(error)
    return lines, None


def test_a_platform_that_stands_everywhere() -> None:
    assert look([instance("333333333333", "SUCCEEDED")], [instance("444444444444", "SUCCEEDED")]) == (
        [f"succeeded  {LAUNCH} in 333333333333", f"succeeded  {TARGET} in 444444444444"],
        None,
    )


def test_a_suspended_account_is_told_and_is_no_failure() -> None:
    lines, ending = look([instance("333333333333", "SKIPPED_SUSPENDED_ACCOUNT")], [])
    assert lines == [f"skipped suspended account  {LAUNCH} in 333333333333"]
    assert ending is None


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED", "INOPERABLE", "FAILED_IMPORT", "ANYTHING_NEW"])
def test_an_account_that_refused_its_stack_is_told_with_its_reason(status: str) -> None:
    failed = instance("555555555555", status, StatusReason="A policy of the unit denies it.")
    lines, ending = look([], [instance("444444444444", "SUCCEEDED"), failed])
    assert lines[0] == f"succeeded  {TARGET} in 444444444444"
    assert lines[1].endswith(f"{TARGET} in 555555555555: A policy of the unit denies it.")
    assert ending is not None
    assert ending.startswith("1 of these stacks failed: ")


def test_a_platform_that_is_not_deployed_is_told_so() -> None:
    _, ending = look(None, [])
    assert ending is not None
    assert ending.startswith(f"There is no StackSet {LAUNCH} in this account and Region: deploy the bundle")
