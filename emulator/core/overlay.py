"""Everything the emulator adds to ministack, in one list; imported after ministack has got its settings."""

from base.settings import Settings
from emulator.athena.operations import athena
from emulator.cloudformation import code_resources, stack_sets
from emulator.cloudformation import conditions as cloudformation_conditions
from emulator.cloudformation import reads as cloudformation_reads
from emulator.cloudformation import stacks as cloudformation
from emulator.cloudformation import types as cloudformation_types
from emulator.codebuild.service import codebuild
from emulator.codecommit.service import codecommit
from emulator.codepipeline.operations import codepipeline
from emulator.core import missing_parents, not_offered
from emulator.core.service import Service
from emulator.datazone import resources as datazone_resources
from emulator.datazone import sharing as datazone_sharing
from emulator.datazone.operations import datazone
from emulator.ecr.operations import ecr
from emulator.glue import catalog as glue_catalog
from emulator.glue import resources as glue_resources
from emulator.glue.operations import glue
from emulator.iam import boundaries as iam_boundaries
from emulator.iam import conditions, credentials, policy_variables, resource_arns
from emulator.lake_formation import defaults as lake_formation_defaults
from emulator.lake_formation import resources as lake_formation_resources
from emulator.lake_formation.operations import lake_formation
from emulator.ram import resources as ram_resources
from emulator.ram.operations import ram
from emulator.s3 import access as s3
from emulator.s3 import encryption as s3_encryption
from emulator.s3 import requests as s3_requests
from emulator.s3 import tag_keys as s3_tag_keys
from emulator.sagemaker.operations import sagemaker
from emulator.service_catalog import resources as service_catalog_resources
from emulator.service_catalog.operations import service_catalog
from emulator.services import alarms, events, kms, lambda_runtime, logs
from emulator.services.codeconnections import codeconnections
from emulator.services.organization_operations import organizations
from emulator.services.organizations import establish
from emulator.services.service_quotas import service_quotas

SEAMS = (
    alarms,
    cloudformation,
    cloudformation_conditions,
    cloudformation_reads,
    cloudformation_types,
    code_resources,
    conditions,
    credentials,
    datazone_resources,
    datazone_sharing,
    events,
    glue_catalog,
    glue_resources,
    iam_boundaries,
    kms,
    lake_formation_defaults,
    lake_formation_resources,
    lambda_runtime,
    logs,
    missing_parents,
    not_offered,
    policy_variables,
    ram_resources,
    resource_arns,
    s3,
    s3_requests,
    s3_encryption,
    s3_tag_keys,
    service_catalog_resources,
    stack_sets,
)
"""What changes ministack, or teaches CloudFormation types; each after what it builds on."""

SERVICES: list[Service] = [
    athena,
    codebuild,
    codecommit,
    codeconnections,
    codepipeline,
    datazone,
    ecr,
    glue,
    lake_formation,
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
