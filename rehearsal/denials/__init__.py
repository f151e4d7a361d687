"""The table of what must not work, one file a subject."""

from rehearsal.denials import artifacts, decisions, documents, events, identities, launches
from rehearsal.denied import Denial

DENIALS: tuple[Denial, ...] = (
    *decisions.ROWS,
    *identities.ROWS,
    *launches.ROWS,
    *events.ROWS,
    *documents.ROWS,
    *artifacts.ROWS,
)
