"""The catalog file as text: what YAML makes of it, and what stands on which line.

Whatever the file holds, reading it ends soon and with a sentence: its size, its depth and the number of its
entries are bounded before anything is built from it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

Location = tuple[str | int, ...]

# The example has 3,000 bytes, 100 entries and a depth of 4.
MAXIMUM_BYTES = 128 * 1024
MAXIMUM_ENTRIES = 4_000
MAXIMUM_DEPTH = 16
MAXIMUM_SHOWN = 60
MAXIMUM_MISTAKES = 20

_TEXT = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:value")
_NOTHING = "tag:yaml.org,2002:null"
# https://yaml.org/type/ (YAML 1.1, which PyYAML reads)
_KINDS = {
    "tag:yaml.org,2002:bool": "a truth value",
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:timestamp": "a date",
    "tag:yaml.org,2002:merge": "a merge of other settings",
}


class CatalogError(Exception):
    """The catalog file cannot be used; `mistakes` holds one sentence for each reason."""

    def __init__(self, path: Path, mistakes: list[str]) -> None:
        rest = len(mistakes) - MAXIMUM_MISTAKES
        shown = [*mistakes[:MAXIMUM_MISTAKES], *([f"{path}: and {rest} more."] if rest > 0 else [])]
        super().__init__("\n".join(shown))
        self.path = path
        self.mistakes = mistakes


# With one of them, the lines of YAML would not be those that people see (https://yaml.org/spec/1.1/#b-next-line).
_HIDDEN_LINE_END = re.compile("[\u0085\u2028\u2029]")


@dataclass(frozen=True)
class NotText:
    """A value without quotes that YAML does not read as text.

    Attributes:
        written: The value as it stands in the file.
        kind: What YAML reads it as, such as ``a number``.
    """

    written: str
    kind: str

    def __str__(self) -> str:
        """What YAML made of the value, and the remedy."""
        return f"{quoted(self.written)} is read as {self.kind}: write it in quotes"


@dataclass(frozen=True)
class CatalogFile:
    """A YAML file, read once.

    Attributes:
        path: The file.
        content: Mappings, lists, text, nothing (None), and `NotText`.
        lines: The line of each key and of each entry of a list.
    """

    path: Path
    content: Any
    lines: dict[Location, int]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            CatalogError: If it is missing, too large, is not YAML, repeats a key, or holds no mapping.
        """
        text = _text(path)
        if hidden := _HIDDEN_LINE_END.search(text):
            line = text.count("\n", 0, hidden.start()) + 1
            sentence = (
                f"{path}:{line}: holds the character #x{ord(hidden[0]):04x}, at which YAML begins a line and "
                "editors do not: remove it."
            )
            raise CatalogError(path, [sentence])
        try:
            node = yaml.compose(text, Loader=_BoundedLoader)
        except _BeyondMeasure as error:
            sentence = (
                f"{path}:{error.line}: is nested deeper than {MAXIMUM_DEPTH} levels or has more than "
                f"{MAXIMUM_ENTRIES:,} entries: start from the example in the repository."
            )
            raise CatalogError(path, [sentence]) from None
        except yaml.MarkedYAMLError as error:
            line, problem = _line(error.problem_mark), shown(str(error.problem), 200)
            raise CatalogError(path, [f"{path}:{line}: is not YAML ({problem})."]) from None
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise CatalogError(
                path, [f"{path}:{line}: is not YAML (the character #x{ord(text[error.position]):04x})."]
            ) from None
        if not isinstance(node, yaml.MappingNode):
            raise CatalogError(
                path, [f"{path}:1: holds no settings: start from the example in the repository."]
            )
        building = _Building(path)
        content = building.content(node, ())
        if building.mistakes:
            raise CatalogError(path, building.mistakes)
        return cls(path, content, building.lines)

    def line(self, location: Location) -> int:
        """The line of a place, or of the nearest place around it that the file has."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def dotted(location: Location) -> str:
    """A place as people write it, such as ``portfolios.ml_admin.principals[0]``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{shown(part)}" if text else shown(part)
    return text


def quoted(text: str) -> str:
    """A value in quotes, shortened, and on one line."""
    return f"'{shown(text)}'"


def shown(text: str, maximum: int = MAXIMUM_SHOWN) -> str:
    """A text of the file for a sentence: shortened, and on one line whatever it holds."""
    cut = text if len(text) <= maximum else f"{text[:maximum]}..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in cut)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise CatalogError(path, [f"{path}: cannot be read ({error.strerror})."]) from None
    if len(content) > MAXIMUM_BYTES:
        size = f"{MAXIMUM_BYTES // 1024} KiB"
        raise CatalogError(
            path, [f"{path}: is larger than {size}: start from the example in the repository."]
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise CatalogError(path, [f"{path}: cannot be read (it is not UTF-8 text)."]) from None


def _line(mark: Any) -> int:
    # PyYAML's types leave open whether there is a mark; what is read from text has one.
    return int(mark.line) + 1 if mark else 1


class _BeyondMeasure(Exception):  # noqa: N818  told as a sentence, never raised to a caller
    """The file grows too deep or too long on a line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _BoundedLoader(yaml.SafeLoader):
    """Counts nodes before they are built, and their depth before the parser recurses into them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._entries = self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose one node, if there is room for it."""
        self._entries += 1
        self._depth += 1
        if self._entries > MAXIMUM_ENTRIES or self._depth > MAXIMUM_DEPTH:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise _BeyondMeasure(_line(event.start_mark))
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


@dataclass
class _Building:
    """Turns nodes into content; an alias counts as often as it is used."""

    path: Path
    lines: dict[Location, int] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    entries: int = 0

    def content(self, node: yaml.Node, location: Location) -> Any:
        self.entries += 1
        if self.entries > MAXIMUM_ENTRIES or len(location) > MAXIMUM_DEPTH:
            line = _line(node.start_mark)
            raise CatalogError(
                self.path,
                [f"{self.path}:{line}: repeats itself through its aliases (*) beyond measure: write it out."],
            )
        match node:
            case yaml.MappingNode():
                return dict(self._settings(node, location))
            case yaml.SequenceNode():
                return [self._entry(value, (*location, index)) for index, value in enumerate(node.value)]
            case _:
                return _scalar(node)

    def _entry(self, node: yaml.Node, location: Location) -> Any:
        self.lines[location] = _line(node.start_mark)
        return self.content(node, location)

    def _settings(self, node: yaml.MappingNode, location: Location) -> Iterator[tuple[str, Any]]:
        for key_node, value in node.value:
            line = _line(key_node.start_mark)
            key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                reason = f"the key {key}" if key else "a key must be text"
                self.mistakes.append(f"{self.path}:{line}: {reason}.")
                continue
            place = (*location, key)
            if place in self.lines:
                first = self.lines[place]
                self.mistakes.append(
                    f"{self.path}:{line}: '{dotted(place)}' stands on line {first} already: keep one."
                )
                continue
            self.lines[place] = line
            yield key, self.content(value, place)


def _scalar(node: yaml.Node) -> Any:
    """Text, None, or what the value is instead: nothing is converted, so that nothing can fail to be."""
    if node.tag in _TEXT:
        return node.value
    if node.tag == _NOTHING:
        return None
    return NotText(str(node.value), _KINDS.get(node.tag, f"a value of the type {shown(node.tag)}"))
