"""The map of the accounts with the flow of the story, once for wide windows and once for narrow ones."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rehearsal.record import AccountRecord, ActRecord, Page, Status

PADDING = 16
LINE = 19
ACT_LINE = 32
CHARACTER = 7.4
"""Width of a character of the map's font, at most, in pixels."""

WITHIN = {
    "shared_services": (
        "Publish",
        "Create the deploy project",
        "Roll back",
        "Fail and recover",
        "Refuse what must not work",
        "Look back",
    ),
    "development": (
        "Launch the domain",
        "Create the project",
        "Train",
        "Change a hyperparameter",
        "Train again",
    ),
    "production": ("Approve the roll-back",),
    "data": (
        "Launch the data lake",
        "Fill the data lake",
        "Launch the feature group",
        "Fill the feature group",
    ),
}
"""Names of the acts that stay inside an account."""

_WORD = re.compile(r"[^\s-]*(?:-|\s+|$)")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of text on the map.

    Attributes:
        text: The text.
        style: Class of the text: `title`, `id`, `person`, `thing` or `act`.
        x: Where it begins.
        y: Its baseline.
    """

    text: str
    style: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Badge:
    """The number of an act.

    Attributes:
        act: The number.
        status: How the act came out.
        x: Centre.
        y: Centre.
    """

    act: int
    status: Status
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Box:
    """An account as it is drawn."""

    key: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """What crosses from one account to another.

    Attributes:
        path: The line, as an SVG path.
        label: What crosses.
        x: Where the label begins, or ends if `anchor` says so, or has its middle.
        y: Baseline of the label.
        anchor: `start`, `middle` or `end`.
    """

    path: str
    label: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """All that the template draws."""

    name: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    badges: tuple[Badge, ...]


def draw_maps(page: Page) -> tuple[Drawing, Drawing]:
    """Draw the accounts of a story side by side, and below each other.

    Args:
        page: The story.
    """
    return _wide(page), _narrow(page)


def _wide(page: Page) -> Drawing:
    width, column, right = 960, 240, 710
    heights = {account.key: _height(page, account, column) for account in page.accounts}
    middle = max(
        heights["development"], heights["shared_services"], heights["test"] + heights["production"] + 60
    )
    top = max(heights["management"], heights.get("data", 0)) + 76
    places = {
        "management": (360, 4, heights["management"]),
        "data": (4, 4, heights.get("data", 0)),
        "development": (4, top, middle),
        "shared_services": (360, top, middle),
        "test": (right, top, (middle - 40) / 2),
        "production": (right, top + (middle + 40) / 2, (middle - 40) / 2),
    }
    boxes, badges = _boxes(page, places, column)
    upper, lower = top + middle / 4, top + 3 * middle / 4
    crossings: tuple[Arrow, ...] = (
        Arrow(
            path=f"M480 {heights['management'] + 4} V{top - 3}",
            label="delegate",
            x=500,
            y=top - 33,
            anchor="start",
        ),
        Arrow(path=f"M360 {upper} H247", label="share", x=302, y=upper - 22, anchor="middle"),
        Arrow(path=f"M244 {lower} H357", label="promote", x=302, y=lower - 22, anchor="middle"),
    )
    if _deploys(page):
        crossings += (
            Arrow(path=f"M600 {upper} H{right - 3}", label="deploy", x=655, y=upper - 22, anchor="middle"),
            Arrow(path=f"M600 {lower} H{right - 3}", label="approve", x=655, y=lower - 22, anchor="middle"),
        )
    if "data" in heights:
        crossings += (_grant(f"M124 {heights['data'] + 4} V{top - 3}", 144, top - 33),)
    centres = {
        "Prepare the accounts": (480, top - 38),
        "Share": (286, upper),
        "Start the model card": (318, upper),
        "Approve and promote": (302, lower),
        "Deploy to test": (655, upper),
        "Approve for production": (655, lower),
    }
    return Drawing(
        name="wide",
        width=width,
        height=top + middle + 4,
        boxes=boxes,
        arrows=crossings,
        badges=(*badges, *_badges(page, centres)),
    )


def _narrow(page: Page) -> Drawing:
    width, column, gap, rail = 340, 284, 58, 316
    places: dict[str, tuple[float, float, float]] = {}
    y = 4.0
    crossed = ["management", "shared_services"]
    crossed += ["development"] if any(account.key == "data" for account in page.accounts) else []
    for account in sorted(page.accounts, key=lambda account: _DOWNWARDS.index(account.key)):
        height = _height(page, account, column)
        places[account.key] = (4, y, height)
        y += height + (gap if account.key in crossed else 22)
    boxes, badges = _boxes(page, places, column)
    ends = {key: (y + height, y + height / 2) for key, (_, y, height) in places.items()}
    hub, hub_middle = ends["shared_services"]
    edge = 4 + column

    def down_the_rail(key: str) -> str:
        return f"M{edge} {hub_middle} H{rail} V{ends[key][1]} H{edge + 3}"

    management = ends["management"][0]
    crossings: tuple[Arrow, ...] = (
        Arrow(
            path=f"M146 {management} v{gap - 3}", label="delegate", x=168, y=management + 34, anchor="start"
        ),
        Arrow(path=f"M60 {hub} v{gap - 3}", label="share", x=82, y=hub + 34, anchor="start"),
        Arrow(path=f"M180 {hub + gap} v-{gap - 3}", label="promote", x=202, y=hub + 34, anchor="start"),
    )
    if _deploys(page):
        crossings += (
            Arrow(path=down_the_rail("test"), label="", x=0, y=0, anchor="start"),
            Arrow(path=down_the_rail("production"), label="", x=0, y=0, anchor="start"),
        )
    if "data" in ends:
        team = ends["development"][0]
        crossings += (_grant(f"M60 {team + gap} v-{gap - 3}", 82, team + 34),)
    centres = {
        "Prepare the accounts": (146, management + gap / 2 - 1),
        "Share": (60, hub + gap / 2 - 16),
        "Start the model card": (60, hub + gap / 2 + 16),
        "Approve and promote": (180, hub + gap / 2 + 1),
        "Deploy to test": (rail, ends["test"][1] - 26),
        "Approve for production": (rail, ends["production"][1] - 26),
    }
    return Drawing(
        name="narrow",
        width=width,
        height=y,
        boxes=boxes,
        arrows=crossings,
        badges=(*badges, *_badges(page, centres)),
    )


_DOWNWARDS = ("management", "shared_services", "development", "data", "test", "production")


def _deploys(page: Page) -> bool:
    """Whether anything goes to test and production in the story."""
    return any(act.name == "Deploy to test" for act in page.report.acts)


def _grant(path: str, x: float, y: float) -> Arrow:
    """What crosses from a data account to the development account."""
    return Arrow(path=path, label="grant", x=x, y=y, anchor="start")


def _badges(page: Page, centres: Mapping[str, tuple[float, float]]) -> list[Badge]:
    numbers = {act.name: number for number, act in enumerate(page.report.acts)}
    return [
        Badge(act=numbers[name], status=page.report.acts[numbers[name]].status, x=x, y=y)
        for name, (x, y) in centres.items()
        if name in numbers
    ]


def _boxes(
    page: Page, places: Mapping[str, tuple[float, float, float]], width: float
) -> tuple[tuple[Box, ...], tuple[Badge, ...]]:
    """Write every account's lines and the numbers of the acts inside it."""
    boxes = []
    badges: list[Badge] = []
    for account in page.accounts:
        x, y, height = places[account.key]
        lines = []
        below = y + 25
        for text, style in _texts(page, account):
            for piece in _wrapped(text, width):
                lines.append(Line(text=piece, style=style, x=x + PADDING, y=below))
                below += LINE
        below += 8
        for name in _within(page, account):
            badges += _badges(page, {name: (x + PADDING + 11, below)})
            label = name[0].lower() + name[1:]
            lines.append(Line(text=label, style="act", x=x + PADDING + 30, y=below + 4.5))
            below += ACT_LINE
        boxes.append(Box(key=account.key, x=x, y=y, width=width, height=height, lines=tuple(lines)))
    return tuple(boxes), tuple(badges)


def _within(page: Page, account: AccountRecord) -> list[str]:
    """Names of the acts of the story that stay inside an account."""
    played = {act.name for act in page.report.acts}
    return [name for name in WITHIN.get(account.key, ()) if name in played]


def _texts(page: Page, account: AccountRecord) -> Iterable[tuple[str, str]]:
    """The lines of an account, each with its style."""
    yield account.title.capitalize(), "title"
    yield account.id, "id"
    for person in _people(page.report.acts, account):
        yield person, "person"
    for thing in account.holds:
        yield thing, "thing"


def _people(acts: Iterable[ActRecord], account: AccountRecord) -> list[str]:
    """Who acts in an account, in the order of appearance."""
    return list(
        dict.fromkeys(act.actor for act in acts if account.id in act.account and act.actor != "Everyone")
    )


def _height(page: Page, account: AccountRecord, width: float) -> float:
    lines = sum(len(_wrapped(text, width)) for text, _ in _texts(page, account))
    acts = len(_within(page, account))
    return lines * LINE + 22 + (acts * ACT_LINE if acts else 0)


def _wrapped(text: str, width: float) -> list[str]:
    """Break a text into lines that fit, between words and after hyphens; what has neither stays whole."""
    fits = int((width - 2 * PADDING) / CHARACTER)
    lines = [""]
    for word in _WORD.findall(text):
        if lines[-1] and len(f"{lines[-1]}{word}".rstrip()) > fits:
            lines.append("")
        lines[-1] += word
    return [line.strip() for line in lines]
