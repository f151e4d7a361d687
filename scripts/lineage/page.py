"""A trace as a page that a person can read: one HTML file that loads nothing, with the chain drawn."""

from collections.abc import Mapping
from datetime import datetime

from scripts.console.page_file import environment
from scripts.lineage.node import Node, written

COLOURS = ("#14857e", "#4a72bd", "#b87434", "#9a62ad", "#7d8991")
"""One for each account, in the order of their appearance; the last also for every further one, and for none.

Each is told from white paper and from a dark screen at 3 to 1
(https://www.w3.org/TR/WCAG21/#non-text-contrast).
"""


def render(root: Node, accounts: Mapping[str, str], *, calls: int, time: datetime) -> str:
    """The page of a trace.

    Args:
        root: Where the trace begins.
        accounts: What the accounts are for, by their ids.
        calls: How many requests the trace took.
        time: When it was made.

    Returns:
        HTML; every text is escaped.
    """
    templates = environment()
    templates.filters["written"] = written
    return templates.get_template("lineage.html.j2").render(
        root=root,
        colours=colours(root),
        purposes=accounts,
        gaps=[node for _, node in root.walk() if node.gap],
        calls=calls,
        time=time,
    )


def colours(root: Node) -> dict[str, str]:
    """The colour of each account that takes part in a trace, in the order of reading; and that of none."""
    accounts = dict.fromkeys(node.account for _, node in root.walk() if node.account)
    chosen = {account: COLOURS[min(number, len(COLOURS) - 1)] for number, account in enumerate(accounts)}
    return {**chosen, "": COLOURS[-1]}
