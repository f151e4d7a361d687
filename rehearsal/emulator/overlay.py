"""Everything the emulator adds to ministack, in one list; imported after ministack has got its settings."""

from rehearsal.emulator import events
from rehearsal.emulator.sagemaker import sagemaker
from rehearsal.emulator.service import Service

SERVICES: list[Service] = [
    sagemaker,
]


def install() -> None:
    """Put the overlay in place; once, before the server starts."""
    events.install()
    for service in SERVICES:
        service.install()
