"""Amazon Athena with all its operations; import the service from here."""

from emulator.athena import queries, workgroups
from emulator.athena.service import athena

__all__ = ["athena", "queries", "workgroups"]
