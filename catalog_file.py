"""The catalog file as text: what stands on which line, and sentences for what is wrong there."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Location = tuple[str | int, ...]


class CatalogError(Exception):
    """The catalog file cannot be used; `mistakes` holds one sentence for each reason."""

    def __init__(self, path: Path, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.path = path
        self.mistakes = mistakes


class Misplaced(ValueError):  # noqa: N818  an answer about a place, raised inside a validator
    """A mistake that a check of the whole file found at one place of it."""

    def __init__(self, dotted_location: str, sentence: str) -> None:
        super().__init__(sentence)
        self.location: Location = tuple(dotted_location.split("."))


@dataclass(frozen=True)
class CatalogFile:
    """A YAML file, read once: its content, and the line of each of its keys and values."""

    path: Path
    content: Any
    lines: dict[Location, int]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            CatalogError: If it is missing, is not YAML, repeats a key, or holds no mapping.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise CatalogError(path, [f"{path}: cannot be read ({reason})."]) from None
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            content = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise CatalogError(path, [f"{path}:{line}: is not YAML ({error.problem})."]) from None
        except yaml.YAMLError as error:
            raise CatalogError(path, [f"{path}: is not YAML ({error})."]) from None
        if not isinstance(node, yaml.MappingNode):
            raise CatalogError(
                path, [f"{path}:1: holds no settings: start from the example in the repository."]
            )
        lines: dict[Location, int] = {}
        repeated = []
        for location, line in _walk(node, ()):
            if location in lines and isinstance(location[-1], str):
                first = lines[location]
                repeated.append(
                    f"{path}:{line}: '{_dotted(location)}' stands on line {first} already: keep one."
                )
            lines[location] = line
        if repeated:
            raise CatalogError(path, repeated)
        return cls(path, content, lines)

    def explain(self, error: ValidationError, model: type[BaseModel]) -> list[str]:
        """One sentence for each mistake, in the order of the file's lines."""
        sentences = []
        found = error.errors()
        for details in found:
            # A list whose entries are all refused counts as too short as well: the entries say it better.
            if details["type"] == "too_short" and any(
                _is_inside(other["loc"], details["loc"]) for other in found
            ):
                continue
            location, sentence = _sentence(details, model)
            line = self._line(location)
            sentences.append((line, f"{self.path}:{line}: {sentence}."))
        return [sentence for _, sentence in sorted(sentences)]

    def _line(self, location: Location) -> int:
        """The line of a place, or of the nearest place around it that the file has."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def _walk(node: yaml.Node, location: Location) -> Iterator[tuple[Location, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*location, str(key.value))
            yield place, key.start_mark.line + 1
            yield from _walk(value, place)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*location, index), value.start_mark.line + 1
            yield from _walk(value, (*location, index))


def _is_inside(location: Location, section: Location) -> bool:
    return len(location) > len(section) and location[: len(section)] == section


def _sentence(details: ErrorDetails, model: type[BaseModel]) -> tuple[Location, str]:
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, Misplaced):
        return cause.location, f"{_dotted(cause.location)}: {cause}"
    # A check of a mapping's key adds the marker "[key]" to the place.
    location: Location = tuple(part for part in details["loc"] if part != "[key]")
    match details["type"]:
        case "extra_forbidden":
            return location, f"'{_dotted(location)}' is not a setting{_suggestion(location, model)}"
        case "missing":
            return location, f"{_dotted(location)} is missing: add it, as in the example in the repository"
        case _:
            return location, f"{_dotted(location)}: {_complaint(details)}"


def _complaint(details: ErrorDetails) -> str:
    """What is wrong with a value, and what was expected."""
    context, found = details.get("ctx", {}), _kind(details["input"])
    match details["type"]:
        case "value_error":
            text = str(context["error"])
        case "string_type" if isinstance(details["input"], int):
            text = f"{found} is read as a number: write it in quotes"
        case "string_type":
            text = f"expected text, and found {found}"
        case "literal_error":
            text = f"{found} is not one of {context['expected']}"
        case "model_type" | "dict_type":
            text = f"expected settings indented below it, and found {found}"
        case "tuple_type":
            text = f"expected a list such as [one, two], and found {found}"
        case "too_short":
            text = f"expected at least {context['min_length']} entries, and found {context['actual_length']}"
        case "too_long":
            text = f"expected at most {context['max_length']} entries, and found {context['actual_length']}"
        case _:
            text = details["msg"]
    return text


def _suggestion(location: Location, model: type[BaseModel]) -> str:
    """What an unknown key was probably meant to be, by the nearest known one beside it."""
    section: Any = model
    for part in location[:-1]:
        section = section.model_fields[part].annotation
    close = difflib.get_close_matches(str(location[-1]), section.model_fields, n=1)
    if close:
        return f": did you mean '{close[0]}'? Otherwise remove it"
    return f": remove it; known here are {', '.join(section.model_fields)}"


def _dotted(location: Location) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _kind(value: object) -> str:
    match value:
        case dict():
            return "further settings"
        case list():
            return "a list"
        case None:
            return "nothing"
        case str():
            return f"'{value}'"
        case _:
            return str(value)
