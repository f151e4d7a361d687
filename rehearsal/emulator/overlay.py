"""Everything the emulator adds to ministack, in one list; imported after ministack has got its settings."""

from rehearsal.emulator import (
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
from rehearsal.emulator.codebuild import codebuild
from rehearsal.emulator.codecommit import codecommit
from rehearsal.emulator.codeconnections import codeconnections
from rehearsal.emulator.codepipeline import codepipeline
from rehearsal.emulator.organizations import establish, organizations
from rehearsal.emulator.ram import ram
from rehearsal.emulator.sagemaker import sagemaker
from rehearsal.emulator.service import Service
from rehearsal.emulator.service_catalog import service_catalog
from rehearsal.emulator.service_quotas import service_quotas
from settings import Settings

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
