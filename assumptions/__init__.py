"""What is taken for granted of AWS, and what the platform does where it does not hold.

The table is data: `docs/assumptions.md` is written from it, `catalog.yaml` chooses between its fallbacks, and
`catalog probe` asks a real account. It imports nothing of the bundle.
"""

from assumptions.assumption import Assumption, Setting, Source
from assumptions.table import ASSUMPTIONS, by_key

__all__ = ["ASSUMPTIONS", "Assumption", "Setting", "Source", "by_key"]
