"""What CloudFormation takes of a template: each limit with its page, and what to do beyond it.

Whoever launches a product would be refused; its author is told when the product is rendered.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Template = Mapping[str, Any]

_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
QUOTAS = f"{_GUIDE}/cloudformation-limits.html"
PARAMETERS = f"{_GUIDE}/parameters-section-structure.html"
RESOURCES = f"{_GUIDE}/resources-section-structure.html"
OUTPUTS = f"{_GUIDE}/outputs-section-structure.html"
MAPPINGS = f"{_GUIDE}/mappings-section-structure.html"

MAXIMUM_NAME = 255
"""Characters of a logical id, in each section."""

_SECTIONS: Mapping[str, tuple[str, str]] = {
    "Parameters": ("a parameter", PARAMETERS),
    "Mappings": ("a mapping", MAPPINGS),
    "Resources": ("a resource", RESOURCES),
    "Outputs": ("an output", OUTPUTS),
}
_LOGICAL_ID = re.compile(r"[A-Za-z0-9]+")
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:")


@dataclass(frozen=True, kw_only=True)
class _Limit:
    """A number that CloudFormation does not exceed.

    Attributes:
        measured: What is measured in a template, by what an author calls it.
        maximum: The most that CloudFormation takes.
        unit: What is counted.
        source: The page of AWS that says so.
        remedy: What to do.
    """

    measured: Callable[[Template], Mapping[str, int]]
    maximum: int
    unit: str
    source: str = QUOTAS
    remedy: str = "split the product in two"


def text(template: Template) -> str:
    """A template as it is published in S3.

    Args:
        template: The template.
    """
    return _laid_out(json.dumps(template))


# Python lays texts out slowly, and a template's is measured before it is published.
@lru_cache(maxsize=64)
def _laid_out(text: str) -> str:
    return json.dumps(json.loads(text), indent=1)


def _number_in(section: str) -> Callable[[Template], Mapping[str, int]]:
    return lambda template: {"the template": len(template.get(section, {}))}


def _size(template: Template) -> Mapping[str, int]:
    return {"the template": len(text(template))}


def _dynamic_references(template: Template) -> Mapping[str, int]:
    return {"the template": len(_DYNAMIC_REFERENCE.findall(json.dumps(template)))}


def _mapping_attributes(template: Template) -> Mapping[str, int]:
    return {f"the mapping {name}": len(keys) for name, keys in template.get("Mappings", {}).items()}


def _template_description(template: Template) -> Mapping[str, int]:
    return {"the template": len(str(template.get("Description", "")).encode())}


def _parameter_descriptions(template: Template) -> Mapping[str, int]:
    return {
        f"the parameter {name}": len(str(each.get("Description", "")))
        for name, each in template.get("Parameters", {}).items()
    }


def _parameter_values(template: Template) -> Mapping[str, int]:
    return {
        f"the parameter {name}": max(
            len(str(value).encode()) for value in (each.get("Default", ""), *each.get("AllowedValues", ()))
        )
        for name, each in template.get("Parameters", {}).items()
    }


def _output_descriptions(template: Template) -> Mapping[str, int]:
    return {
        f"the output {name}": len(str(each.get("Description", "")).encode())
        for name, each in template.get("Outputs", {}).items()
    }


_SHORTEN = "shorten it"
LIMITS = (
    _Limit(measured=_number_in("Parameters"), maximum=200, unit="parameters"),
    _Limit(measured=_number_in("Mappings"), maximum=200, unit="mappings"),
    _Limit(measured=_number_in("Resources"), maximum=500, unit="resources"),
    _Limit(measured=_number_in("Outputs"), maximum=200, unit="outputs"),
    _Limit(measured=_mapping_attributes, maximum=200, unit="attributes", remedy="split it in two"),
    _Limit(
        measured=_dynamic_references,
        maximum=60,
        unit="dynamic references",
        remedy="read a secret or a parameter once, and pass its value on",
    ),
    _Limit(measured=_template_description, maximum=1_024, unit="bytes of description", remedy=_SHORTEN),
    _Limit(
        measured=_parameter_descriptions,
        maximum=4_000,
        unit="characters of description",
        source=PARAMETERS,
        remedy=_SHORTEN,
    ),
    _Limit(
        measured=_parameter_values,
        maximum=4_096,
        unit="bytes in a value",
        remedy="give several parameters a part of the value each",
    ),
    _Limit(
        measured=_output_descriptions,
        maximum=1_024,
        unit="bytes of description",
        source=OUTPUTS,
        remedy=_SHORTEN,
    ),
    # "1 MB" of the page; CloudFormation's own message says 1,000,000 bytes.
    _Limit(measured=_size, maximum=1_000_000, unit="bytes in S3"),
)


def mistakes(template: Template) -> Iterator[str]:
    """One sentence for each thing in a template that CloudFormation would refuse.

    Args:
        template: The template.
    """
    yield from _mistakes_of_names(template)
    for limit in LIMITS:
        for where, size in limit.measured(template).items():
            if size > limit.maximum:
                yield (
                    f"{where} has {size:,} {limit.unit}, and CloudFormation takes {limit.maximum:,}: "
                    f"{limit.remedy} ({limit.source})."
                )


def _mistakes_of_names(template: Template) -> Iterator[str]:
    for section, (kind, source) in _SECTIONS.items():
        for name in template.get(section, {}):
            if not _LOGICAL_ID.fullmatch(name) or len(name) > MAXIMUM_NAME:
                yield (
                    f'the logical id "{name[:MAXIMUM_NAME]}" of {kind} is not 1 to {MAXIMUM_NAME} letters '
                    f"and digits: give it another one ({source})."
                )
    for name in sorted({*template.get("Parameters", {})} & {*template.get("Resources", {})}):
        yield (
            f'the logical id "{name}" names a parameter and a resource, which Ref could not tell apart: '
            f"give one of them another ({PARAMETERS})."
        )
