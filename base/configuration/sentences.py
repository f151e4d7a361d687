"""Sentences for what a check of the catalog file finds."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from base.configuration.file import CatalogFile, Location, NotText, dotted, quoted, shown


@dataclass(frozen=True)
class Mistake:
    """Something wrong at one place of the file, in a sentence without its full stop."""

    location: Location
    sentence: str


def sentences(file: CatalogFile, mistakes: Iterable[Mistake]) -> list[str]:
    """Each mistake with its line, in the order of the file's lines.

    Args:
        file: The file.
        mistakes: What is wrong.
    """
    found = sorted((file.line(each.location), each.sentence) for each in mistakes)
    return [f"{file.path}:{line}: {sentence}." for line, sentence in found]


def invalid(error: ValidationError, model: type[BaseModel]) -> list[Mistake]:
    """What pydantic refuses.

    Args:
        error: Its answer.
        model: What it compared the file with.
    """
    found = error.errors()
    return [
        _mistake(details, model)
        for details in found
        # A list whose entries are all refused counts as too short as well: the entries say it better.
        if details["type"] != "too_short"
        or not any(_is_inside(other["loc"], details["loc"]) for other in found)
    ]


def _is_inside(location: Location, section: Location) -> bool:
    return len(location) > len(section) and location[: len(section)] == section


def _mistake(details: ErrorDetails, model: type[BaseModel]) -> Mistake:
    # A check of a mapping's key adds the marker "[key]" to the place.
    location: Location = tuple(part for part in details["loc"] if part != "[key]")
    match details["type"]:
        case "extra_forbidden":
            sentence = f"'{dotted(location)}' is not a setting{_suggestion(location, model)}"
        case "missing":
            sentence = f"{dotted(location)} is missing: add it, as in the example in the repository"
        case _:
            sentence = f"{dotted(location)}: {_complaint(details)}"
    return Mistake(location, sentence)


def _complaint(details: ErrorDetails) -> str:
    """What is wrong with a value, and what was expected."""
    context, value = details.get("ctx", {}), details["input"]
    found = _kind(value)
    match details["type"]:
        case "value_error":
            text = str(context["error"])
        case "string_type" if isinstance(value, NotText):
            text = str(value)
        case "string_type":
            text = f"expected text, and found {found}"
        case "literal_error":
            text = f"{found} is not one of {context['expected']}"
        case "model_type" | "dict_type":
            text = f"expected settings indented below it, and found {found}"
        case "tuple_type":
            text = f"expected a list such as [one, two], and found {found}"
        case "too_short":
            text = f"expected at least {_entries(context['min_length'])}, and found {len(value)}"
        case "too_long":
            text = f"expected at most {_entries(context['max_length'])}, and found {len(value)}"
        case _:
            text = details["msg"]
    return text


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _suggestion(location: Location, model: type[BaseModel]) -> str:
    """What an unknown key was probably meant to be, by the nearest known one beside it."""
    section: Any = model
    for part in location[:-1]:
        section = section.model_fields[part].annotation
    close = difflib.get_close_matches(shown(str(location[-1])), section.model_fields, n=1)
    if close:
        return f": did you mean '{close[0]}'? Otherwise remove it"
    return f": remove it; known here are {', '.join(section.model_fields)}"


def _kind(value: object) -> str:
    match value:
        case dict():
            return "further settings"
        case list():
            return "a list"
        case None:
            return "nothing"
        case NotText(written, _):
            return quoted(written)
        case _:
            return quoted(str(value))
