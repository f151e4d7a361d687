"""Which model version goes out: ``python -m deploy.resolve_model``.

``MODEL_PACKAGE_ARN`` names it when an approval started the pipeline. After a push it is ``none``, which means
the approved version of ``MODEL_PACKAGE_GROUP_NAME`` that was approved, or taken to its next stage, last.
Prints lines for a shell to read: ``export MODEL_PACKAGE_ARN=...``, ``MODEL_PACKAGE_VERSION`` and ``NOTE``.
"""

import os
import shlex
import sys
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

NONE = "none"


class ResolutionError(Exception):
    """No version can go out although one was asked for; the message is one sentence for a person."""


@dataclass(frozen=True)
class Resolution:
    """What goes out.

    Attributes:
        arn: The model version, or ``none``.
        version: Its number, or ``none``.
        note: The same for a person.
    """

    arn: str
    version: str
    note: str

    @property
    def exports(self) -> str:
        """Lines for a shell."""
        values = {"MODEL_PACKAGE_ARN": self.arn, "MODEL_PACKAGE_VERSION": self.version, "NOTE": self.note}
        return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def main() -> int:
    """Resolve and print.

    Returns:
        The exit code; 2 when the version that was asked for cannot go out.
    """
    group = os.environ.get("MODEL_PACKAGE_GROUP_NAME", "")
    if not group:
        print("Set MODEL_PACKAGE_GROUP_NAME; the project's build does it (README.md).", file=sys.stderr)
        return 2
    try:
        resolution = resolve(boto3.client("sagemaker"), group, os.environ.get("MODEL_PACKAGE_ARN", NONE))
    except ResolutionError as error:
        print(error, file=sys.stderr)
        return 2
    print(resolution.exports, end="")
    return 0


def resolve(sagemaker: Any, group: str, requested: str) -> Resolution:
    """Decide which version goes out.

    Args:
        sagemaker: A boto3 SageMaker client in the account of the central registry.
        group: The model package group.
        requested: The ARN of a version, or ``none``.

    Raises:
        ResolutionError: The requested version does not exist, is of another group, or is not approved.
    """
    if requested and requested != NONE:
        return _chosen(_requested(sagemaker, group, requested))
    approved = [_describe(sagemaker, arn) for arn in _approved(sagemaker, group)]
    if not approved:
        return Resolution(
            NONE,
            NONE,
            f"The central registry has no approved version of {group} yet, so nothing is deployed; "
            "approving one starts this pipeline.",
        )
    # An approved version changes when it is approved, and at the stages of the pipeline that this starts;
    # when another takes its place in production, it is archived before the other is noted there. So the
    # last change tells which version moved last. Of two that are in the pipeline at once, that is the one
    # that came to a stage later, and not always the one approved later; the other waits in its own
    # execution.
    return _chosen(
        max(approved, key=lambda version: version.get("LastModifiedTime") or version["CreationTime"])
    )


def _chosen(version: dict[str, Any]) -> Resolution:
    number = str(version["ModelPackageVersion"])
    name = version["ModelPackageGroupName"]
    return Resolution(version["ModelPackageArn"], number, f"Version {number} of {name} is deployed.")


def _requested(sagemaker: Any, group: str, arn: str) -> dict[str, Any]:
    try:
        version = _describe(sagemaker, arn)
    except ClientError as error:
        raise ResolutionError(f"{arn} cannot be read: {error.response['Error']['Message']}.") from error
    if version["ModelPackageGroupName"] != group:
        raise ResolutionError(f"{arn} is not a version of {group}, which this project deploys.")
    if version["ModelApprovalStatus"] != "Approved":
        raise ResolutionError(f"{arn} is {version['ModelApprovalStatus']}; approve it to deploy it.")
    return version


def _describe(sagemaker: Any, arn: str) -> dict[str, Any]:
    # Without the card inside the version, nobody needs the key of a version that has one of its own.
    version: dict[str, Any] = sagemaker.describe_model_package(
        ModelPackageName=arn, IncludedData="MetadataOnly"
    )
    return version


def _approved(sagemaker: Any, group: str) -> list[str]:
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved"
    )
    try:
        return [version["ModelPackageArn"] for page in pages for version in page["ModelPackageSummaryList"]]
    except ClientError as error:
        details = error.response["Error"]
        absent = any(words in details["Message"].lower() for words in ("not exist", "not find", "not found"))
        # The first promotion creates the group.
        if details["Code"] in ("ResourceNotFound", "ValidationException") and absent:
            return []
        raise


if __name__ == "__main__":
    sys.exit(main())
