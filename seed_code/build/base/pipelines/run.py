"""The project's pipeline: ``python -m pipelines.run definition | upsert | start``.

definition prints it; upsert stores the scripts and creates or updates it; start starts it
and prints the execution's ARN.
"""

import argparse
import hashlib
import json
import logging
import os
import sys
import warnings
from typing import Any

import boto3

from pipelines.configuration import Configuration, ConfigurationError, Project
from pipelines.source import CardTexts, Source, upload

TITLE = "Preprocesses data, trains, evaluates, registers and documents a model."


def main(arguments: list[str] | None = None) -> int:
    """Run the command.

    Returns:
        The exit code; 2 when a setting is missing or wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m pipelines.run", description=__doc__)
    parser.add_argument("action", choices=("definition", "upsert", "start"))
    action = parser.parse_args(arguments).action
    try:
        project = Project.from_environment(os.environ)
        configuration = Configuration.load()
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    session = boto3.Session(region_name=project.aws_region)
    if action == "start":
        start(project, session)
        return 0
    # The SDK tells of everything it does; what fails is an exception all the same.
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore", message="Running within a PipelineSession")
    # It makes clients while it is imported, which needs a Region; and its import takes seconds, so that
    # starting does without.
    os.environ.setdefault("AWS_DEFAULT_REGION", project.aws_region)
    from pipelines.definition import PipelineBuilder  # noqa: PLC0415

    source, texts = Source.pack(), CardTexts.of(configuration.model_card)
    try:
        pipeline = PipelineBuilder(
            project=project, configuration=configuration, source=source, texts=texts, boto_session=session
        ).pipeline
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    if action == "definition":
        print(json.dumps(json.loads(pipeline.definition()), indent=2))
        return 0
    upload(
        session.client("s3"),
        source.objects | texts.objects,
        bucket=project.artifact_bucket,
        kms_key_arn=project.kms_key_arn,
    )
    tags = [{"Key": key, "Value": value} for key, value in project.tags.items()]
    answer = pipeline.upsert(role_arn=project.pipeline_role_arn, description=TITLE, tags=tags)
    print(f"Pipeline: {answer['PipelineArn']}")
    return 0


def start(project: Project, session: boto3.Session) -> None:
    """Start the pipeline, once for each build, and print the execution's ARN.

    Args:
        project: The project.
        session: What calls SageMaker.
    """
    details: dict[str, Any] = {"PipelineName": project.pipeline_name}
    build = os.environ.get("CODEBUILD_BUILD_ARN")
    if build:
        # A retried call of the same build finds the execution that the first one started.
        details["ClientRequestToken"] = hashlib.sha256(build.encode()).hexdigest()
    if project.commit:
        details["PipelineExecutionDisplayName"] = f"commit-{project.commit[:12]}"
    answer = session.client("sagemaker").start_pipeline_execution(**details)
    print(answer["PipelineExecutionArn"])


if __name__ == "__main__":
    sys.exit(main())
