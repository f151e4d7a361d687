"""Everything the emulator adds to ministack, in one list; imported after ministack has got its settings."""

from base.settings import Settings
from emulator import (
    alarms,
    cloudformation,
    cloudformation_conditions,
    cloudformation_reads,
    cloudformation_types,
    code_resources,
    conditions,
    credentials,
    events,
    iam_boundaries,
    kms,
    lambda_runtime,
    logs,
    missing_parents,
    not_offered,
    policy_variables,
    ram_resources,
    resource_arns,
    s3,
    s3_encryption,
    s3_tag_keys,
    service_catalog_resources,
    stack_sets,
)
from emulator.codebuild import codebuild
from emulator.codecommit import codecommit
from emulator.codeconnections import codeconnections
from emulator.codepipeline import codepipeline
from emulator.organizations import establish, organizations
from emulator.ram import ram
from emulator.sagemaker import sagemaker
from emulator.service import Service
from emulator.service_catalog import service_catalog
from emulator.service_quotas import service_quotas

SEAMS = (
    alarms,
    cloudformation,
    cloudformation_conditions,
    cloudformation_reads,
    cloudformation_types,
    code_resources,
    conditions,
    credentials,
    events,
    iam_boundaries,
    kms,
    lambda_runtime,
    logs,
    missing_parents,
    not_offered,
    policy_variables,
    ram_resources,
    resource_arns,
    s3,
    s3_encryption,
    s3_tag_keys,
    service_catalog_resources,
    stack_sets,
)
"""What changes ministack, or teaches CloudFormation types; each after what it builds on."""

SERVICES: list[Service] = [
    codebuild,
    codecommit,
    codeconnections,
    codepipeline,
    organizations,
    ram,
    sagemaker,
    service_catalog,
    service_quotas,
]


def install(settings: Settings) -> None:
    """Put the overlay in place; once, before the server starts.

    Args:
        settings: Describe the organisation.
    """
    establish(settings)
    for seam in SEAMS:
        seam.install()
    for service in SERVICES:
        service.install()
