"""A trace as a page that a person can read: one HTML file that loads nothing, with the chain drawn in SVG."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scripts.console.page_file import environment
from scripts.lineage.node import Node, written

# Of the drawing, in its own units.
WIDTH = 1080
INDENT = 30
CARD_HEIGHT = 58
ROW = 74
CHARACTER = 6.3
"""Width of a character of an identifier; the font has one width."""

COLOURS = ("#14706a", "#3a5a98", "#a0622d", "#7a4a8c", "#5d6870")
"""One for each account, in the order of their appearance; the last also for every further one."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A node in the drawing.

    Attributes:
        node: What it shows.
        x, y: Its upper left corner.
        width: Its width.
        colour: That of its account.
        link: The path to what it led to; empty for the first.
        below: A line for people: facts, or why the way ends.
        identifier: The node's identifier, shortened to the card's width.
    """

    node: Node
    x: int
    y: int
    width: int
    colour: str
    link: str
    below: str
    identifier: str


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
    drawn = cards(root)
    return templates.get_template("lineage.html.j2").render(
        root=root,
        cards=drawn,
        legend={
            card.node.account: (card.colour, accounts.get(card.node.account, "another account"))
            for card in drawn
            if card.node.account
        },
        gaps=[card.node for card in drawn if card.node.gap],
        height=len(drawn) * ROW,
        width=WIDTH,
        card_height=CARD_HEIGHT,
        calls=calls,
        time=time,
    )


def cards(root: Node) -> list[Card]:
    """The nodes of a trace as cards, one below the other, each further right than what it led to."""
    colours: dict[str, str] = {}
    above: list[int] = []
    drawn = []
    for number, (depth, node) in enumerate(root.walk()):
        x, y = depth * INDENT, number * ROW
        del above[depth:]
        link = ""
        if above:
            link = f"M{x - INDENT + 12} {above[-1] + CARD_HEIGHT}V{y + CARD_HEIGHT // 2}H{x}"
        above.append(y)
        width = WIDTH - x
        room = int((width - 28) / CHARACTER)
        facts = ", ".join(f"{name} {value}" for name, value in node.facts.items())
        drawn.append(
            Card(
                node=node,
                x=x,
                y=y,
                width=width,
                colour=_colour(colours, node.account),
                link=link,
                below=shortened(node.gap or facts, room),
                identifier=shortened(node.identifier, room),
            )
        )
    return drawn


def shortened(text: str, room: int) -> str:
    """A text without its middle, if it is longer than the room."""
    if len(text) <= room:
        return text
    end = (room - 1) // 2
    return f"{text[: room - 1 - end]}…{text[-end:]}"


def _colour(colours: dict[str, str], account: str) -> str:
    if not account:
        return COLOURS[-1]
    return colours.setdefault(account, COLOURS[min(len(colours), len(COLOURS) - 1)])
