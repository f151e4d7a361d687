"""The faults of the registry, one file a kind."""

from rehearsal.fault import Fault
from rehearsal.faults import deliveries, keys, kills

FAULTS: tuple[Fault, ...] = (*deliveries.ROWS, *kills.ROWS, *keys.ROWS)
