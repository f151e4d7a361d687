"""Everything the emulator adds to ministack, in one list; imported after ministack has got its settings."""

from rehearsal.emulator import cloudformation, cloudformation_types, conditions, events, kms, s3
from rehearsal.emulator.codebuild import codebuild
from rehearsal.emulator.codecommit import codecommit
from rehearsal.emulator.codeconnections import codeconnections
from rehearsal.emulator.codepipeline import codepipeline
from rehearsal.emulator.organizations import establish, organizations
from rehearsal.emulator.sagemaker import sagemaker
from rehearsal.emulator.service import Service
from settings import Settings

SERVICES: list[Service] = [
    codebuild,
    codecommit,
    codeconnections,
    codepipeline,
    organizations,
    sagemaker,
]


def install(settings: Settings) -> None:
    """Put the overlay in place; once, before the server starts.

    Args:
        settings: Describe the organisation.
    """
    establish(settings)
    for seam in (cloudformation, cloudformation_types, conditions, events, kms, s3):
        seam.install()
    for service in SERVICES:
        service.install()
