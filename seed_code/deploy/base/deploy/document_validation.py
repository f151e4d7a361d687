"""Adds what the integration tests found to the model's card: ``python -m deploy.document_validation FILE``.

The file is the one that ``pytest --junitxml=FILE`` makes. Whoever approves the card for production reads
the results there, beside the evaluation that the model's training has written. Without a card, the build goes
on, and the platform refuses production later on.
"""

import os
import sys
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from deploy import integration_test_role, tested
from deploy.model_card import CardError, Evaluation, ModelCard
from deploy.project import ConfigurationError, required
from deploy.results import Results, ResultsError

NAME = "Integration tests in the test account"
"""The evaluation's name in the card: the platform looks for it, so it stays."""

# How much fits: https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema
MAXIMUM_OBSERVATION = 2096
MAXIMUM_METRIC_NAME = 255

VARIABLES = ("AWS_REGION", tested.VARIABLE, "STAGE_ACCOUNT_ID", "MODEL_PACKAGE_ARN", "MODEL_CARD_ARN")


def main(arguments: list[str]) -> int:
    """Read the results, and write them into the card.

    Args:
        arguments: The path of the JUnit file.

    Returns:
        The exit code; 1 when a test was skipped, 2 when something is missing or the card takes no more.
    """
    if len(arguments) != 1:
        print("Name the JUnit file: python -m deploy.document_validation FILE", file=sys.stderr)
        return 2
    try:
        results = Results.read(Path(arguments[0]))
        region, name, account, version, card_arn = required(os.environ, VARIABLES)
        arns = known_as(boto3.client("sagemaker", region_name=region), version)
        evaluation = evaluate(
            results,
            version=version,
            name=name,
            account=account,
            time=datetime.now(UTC),
            build=os.environ.get("CODEBUILD_BUILD_ARN"),
        )
        client = integration_test_role.assume(os.environ).client("sagemaker")
        print(document(ModelCard(sagemaker=client, arn=card_arn), evaluation, arns, passed=results.complete))
    except (ConfigurationError, ResultsError, CardError) as error:
        print(error, file=sys.stderr)
        return 2
    if results.skipped:
        print(
            f"Skipped tests say nothing about the {tested.KIND}, so they count as failed: "
            f"{', '.join(results.skipped)}. Remove them, or make them run.",
            file=sys.stderr,
        )
        return 1
    return 0


def known_as(sagemaker: Any, version: str) -> tuple[str, ...]:
    """The ARNs by which cards may know a version: its own, and that of the team's version behind it.

    Args:
        sagemaker: A boto3 SageMaker client in the account of the central registry.
        version: The ARN of the central version.
    """
    metadata = sagemaker.describe_model_package(ModelPackageName=version, IncludedData="MetadataOnly").get(
        "CustomerMetadataProperties", {}
    )
    return tuple(filter(None, (version, metadata.get("source_model_package_arn"))))


def evaluate(
    results: Results, *, version: str, name: str, account: str, time: datetime, build: str | None
) -> Evaluation:
    """The results as an evaluation of a model card.

    Args:
        results: What the tests found.
        version: The ARN of the model version that serves.
        name: The name of what serves it.
        account: The account that it serves in.
        time: When the tests ended.
        build: The ARN of the build that ran them.
    """
    numbers = {
        "tests_passed": results.passed,
        "tests_failed": len(results.failed),
        "tests_skipped": len(results.skipped),
        **results.measured,
    }
    failed = f" Failed: {', '.join(results.failed)}." if results.failed else ""
    skipped = f" Skipped: {', '.join(results.skipped)}." if results.skipped else ""
    total = results.passed + len(results.failed) + len(results.skipped)
    observation = (
        f"{results.passed} of {total} tests passed against the {tested.KIND} {name} in account "
        f"{account}.{failed}{skipped}"
    )
    evaluation = {
        "name": NAME,
        "evaluation_observation": observation[:MAXIMUM_OBSERVATION],
        "datasets": [f"sample_request of {version}"],
        "metadata": {"model_package_arn": version, "tested_at": f"{time:%Y-%m-%dT%H:%M:%SZ}"},
        "metric_groups": [
            {
                "name": "integration_tests",
                "metric_data": [
                    {"name": name[:MAXIMUM_METRIC_NAME], "type": "number", "value": value}
                    for name, value in numbers.items()
                ],
            }
        ],
    }
    return evaluation | ({"evaluation_job_arn": build} if build else {})


def document(card: ModelCard, evaluation: Evaluation, arns: Collection[str], *, passed: bool) -> str:
    """Write an evaluation into the card, and let the card wait for review if all tests passed.

    Args:
        card: The model's card.
        evaluation: The evaluation.
        arns: The ARNs by which the model version is known.
        passed: Whether all tests passed.

    Returns:
        One sentence that says what was done, or what to do.

    Raises:
        CardError: The card cannot take the evaluation.
    """
    newest = card.describing(arns)
    if newest is None:
        return (
            f"{card.arn} says nothing about {' or '.join(arns)}, or is not shared with the test account, so "
            "the results are not kept and production stays closed: ask the lead data scientist to create the "
            "card ('catalog card create') and the project's SageMaker pipeline write it, then release the "
            "version again."
        )
    if newest.status == "Approved" and _concerns(newest.evaluation(NAME), evaluation):
        return f"Version {newest.number} of {card.arn} is approved with its tests; it stays as it is."
    written = card.put(evaluation, arns, newest)
    if passed:
        card.ask_for_review(written)
    return f"Version {written.number} of {card.arn} says what the integration tests found."


def _concerns(known: Evaluation | None, evaluation: Evaluation) -> bool:
    """Whether an evaluation is about the same model version; training may carry on that of an earlier one."""

    def version(of: Mapping[str, Any]) -> Any:
        return of.get("metadata", {}).get("model_package_arn")

    return known is not None and version(known) == version(evaluation)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
