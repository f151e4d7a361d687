"""Settings of an adopter whose AWS is as it is feared to be."""

from assumptions import ASSUMPTIONS
from base.settings import AssumptionSettings

CHOSEN = {
    row.setting.path.removeprefix("assumptions."): row.setting.fallback
    for row in ASSUMPTIONS
    if row.setting is not None and row.setting.path.startswith("assumptions.")
}

FALLBACKS = AssumptionSettings.model_validate(CHOSEN)
"""Every fallback at once."""
