"""Turns SageMaker Projects on in an account and Region, and off again if it was off before.

Projects are created from products of Service Catalog only where an account allows SageMaker to use it; the
console does this unseen
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_EnableSagemakerServicecatalogPortfolio.html).

A request may arrive twice, and a run may end between any two calls. That Projects was off before is
therefore noted in a parameter of Systems Manager before it is turned on, and forgotten once it is off again.
"""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger

from .answers import answer

NOTE = "NOTE_PARAMETER"
PHYSICAL_ID = "sagemaker-projects"

# A deleted project stays listed.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListProjects.html
DELETED = "DeleteCompleted"

logger = Logger(service="sagemaker-projects")
sagemaker = boto3.client("sagemaker")
ssm = boto3.client("ssm")


def handler(event: dict[str, Any], _context: object) -> None:
    """Do what CloudFormation asks for, and answer it.

    A deletion is always granted: Projects that stay on harm nobody, and a stack that cannot be deleted does.

    Args:
        event: A custom resource request.
    """
    failure = ""
    try:
        if event["RequestType"] == "Delete":
            turn_off()
        else:
            turn_on(event["StackId"])
    except Exception as error:
        logger.exception("SageMaker Projects stays as it is")
        if event["RequestType"] != "Delete":
            failure = f"SageMaker Projects cannot be turned on: {error}"
    answer(event, physical_id=PHYSICAL_ID, failure=failure)


def turn_on(stack_id: str) -> None:
    """Turn Projects on, unless it is on.

    Args:
        stack_id: The stack that asks for it.
    """
    if is_on():
        logger.info("SageMaker Projects is on already")
        return
    ssm.put_parameter(Name=os.environ[NOTE], Value=f"turned on by {stack_id}", Type="String", Overwrite=True)
    sagemaker.enable_sagemaker_servicecatalog_portfolio()
    logger.info("Turned SageMaker Projects on")


def turn_off() -> None:
    """Turn Projects off if this function turned it on, and no project is left that uses it."""
    if not noted():
        logger.info("SageMaker Projects was on before, and stays on")
        return
    if projects := living_projects():
        logger.warning("SageMaker Projects stays on for the projects that are left", projects=projects)
        return
    sagemaker.disable_sagemaker_servicecatalog_portfolio()
    ssm.delete_parameter(Name=os.environ[NOTE])
    logger.info("Turned SageMaker Projects off")


def is_on() -> bool:
    """Whether Projects is on."""
    return bool(sagemaker.get_sagemaker_servicecatalog_portfolio_status()["Status"] == "Enabled")


def noted() -> bool:
    """Whether this function turned Projects on."""
    try:
        ssm.get_parameter(Name=os.environ[NOTE])
    except ssm.exceptions.ParameterNotFound:
        return False
    return True


def living_projects() -> list[str]:
    """The names of the account's projects that are not deleted, whoever created them."""
    found, page = [], sagemaker.list_projects(MaxResults=100)
    while True:
        found += [
            project["ProjectName"]
            for project in page["ProjectSummaryList"]
            if project["ProjectStatus"] != DELETED
        ]
        if "NextToken" not in page:
            return found
        page = sagemaker.list_projects(MaxResults=100, NextToken=page["NextToken"])
