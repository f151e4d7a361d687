"""The form of a product: what has to be entered, and what is wrong with an entry.

The bounds are those of the template's parameters
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html), as Service
Catalog describes them; so that a mistake is said before anything is launched.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from base.names import PROJECT_ID_PARAMETER, PROJECT_NAME_PARAMETER
from scripts.console.change import OperatorError
from scripts.projects.rules import broken
from scripts.projects.template import Template

if TYPE_CHECKING:
    from mypy_boto3_servicecatalog.type_defs import ProvisioningArtifactParameterTypeDef

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProvisioningParameter.html
MAXIMUM_VALUE = 4096

FILLED_IN_BY_SAGEMAKER = (PROJECT_NAME_PARAMETER, PROJECT_ID_PARAMETER)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One entry of a form.

    Attributes:
        name: The parameter.
        label: What the form calls it.
        description: What to enter.
        kind: The parameter's type, such as ``String``.
        default: What stands there from the beginning.
        optional: Whether it may stay empty.
        secret: Whether it is shown to nobody.
        choices: All that is allowed, where that is little.
        pattern: What each value must match as a whole.
        expected: What is allowed, in the template's words.
        length: The fewest and the most characters.
        bounds: The least and the greatest number.
    """

    name: str
    label: str
    description: str = ""
    kind: str = "String"
    default: str | None = None
    optional: bool = False
    secret: bool = False
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    expected: str = ""
    length: tuple[int, int] = (0, MAXIMUM_VALUE)
    bounds: tuple[float, float] = (-math.inf, math.inf)

    @classmethod
    def of(cls, described: "ProvisioningArtifactParameterTypeDef", template: Template | None) -> Self:
        """The entry for a parameter that Service Catalog describes.

        Args:
            described: The parameter.
            template: The product's template, if it can be read.
        """
        name = described["ParameterKey"]
        bounds = described.get("ParameterConstraints", {})
        template = template or Template()
        return cls(
            name=name,
            label=template.labels.get(name, name),
            description=described.get("Description", ""),
            kind=described.get("ParameterType", "String"),
            default=described.get("DefaultValue"),
            optional=name in template.optional,
            secret=described.get("IsNoEcho", False),
            choices=tuple(bounds.get("AllowedValues", ())),
            pattern=bounds.get("AllowedPattern") or None,
            expected=bounds.get("ConstraintDescription", ""),
            length=(int(bounds.get("MinLength") or 0), int(bounds.get("MaxLength") or MAXIMUM_VALUE)),
            bounds=(
                float(bounds.get("MinValue") or -math.inf),
                float(bounds.get("MaxValue") or math.inf),
            ),
        )

    @property
    def required(self) -> bool:
        """Whether the form is incomplete without it."""
        return self.default is None and not self.optional

    def mistake(self, value: str) -> str | None:
        """What is wrong with a value: a sentence, or None."""
        if not value and self.optional:
            return None
        problem = self._problem(value)
        if problem is None:
            return None
        shown = "the value" if self.secret else f"'{value}'"
        advice = f" {self.expected}" if self.expected else ""
        return f"{self.name}: {shown} {problem}.{advice}"

    def _problem(self, value: str) -> str | None:
        fewest, most = self.length
        if not fewest <= len(value) <= min(most, MAXIMUM_VALUE):
            return f"has {len(value)} characters, and {fewest} to {min(most, MAXIMUM_VALUE)} are allowed"
        for item in self._items(value):
            if self.choices and item not in self.choices:
                return f"is none of {', '.join(self.choices)}"
            if self.kind.endswith(("Number", "Number>")) and not self._is_number(item):
                return "is not a number within the bounds"
            if self.pattern and not _matches(self.pattern, item):
                return f"does not match {self.pattern}" if not self.expected else "is not allowed"
        return None

    def _items(self, value: str) -> list[str]:
        lists = self.kind == "CommaDelimitedList" or self.kind.startswith("List<")
        return [item.strip() for item in value.split(",")] if lists else [value]

    def _is_number(self, text: str) -> bool:
        least, greatest = self.bounds
        try:
            return least <= float(text) <= greatest and text.isascii() and "_" not in text
        except ValueError:
            return False


def _matches(pattern: str, text: str) -> bool:
    """Whether a text matches an expression of Java as a whole, where Python reads it alike."""
    try:
        # Java's classes such as ``\d`` hold ASCII characters only.
        return re.fullmatch(pattern, text, re.ASCII) is not None
    except re.error:
        return True


@dataclass(frozen=True, kw_only=True)
class Form:
    """All entries of a product, in the order in which they are asked for.

    Attributes:
        fields: The entries, without those that SageMaker fills in.
        template: The product's template, if it can be read.
    """

    fields: tuple[Field, ...]
    template: Template | None = None

    @classmethod
    def of(cls, described: "list[ProvisioningArtifactParameterTypeDef]", template: Template | None) -> "Form":
        """The form for the parameters that Service Catalog describes."""
        order = {name: position for position, name in enumerate(template.order if template else ())}
        fields = [
            Field.of(parameter, template)
            for parameter in described
            if parameter["ParameterKey"] not in FILLED_IN_BY_SAGEMAKER
        ]
        return cls(
            fields=tuple(sorted(fields, key=lambda each: order.get(each.name, len(order)))),
            template=template,
        )

    def complete(self, given: Mapping[str, str], ask: Callable[[Field], str] | None = None) -> dict[str, str]:
        """The value of each entry: what is given, what is answered, or else the default.

        Args:
            given: Values by the parameter's name.
            ask: Asks a person for an entry, and returns the answer; without it nobody is asked.

        Raises:
            OperatorError: With a sentence for each entry that is unknown, missing or not allowed.
        """
        known = {field.name: field for field in self.fields}
        mistakes = [
            f"{name} is no parameter of this product: it has {', '.join(known) or 'none'}."
            for name in given
            if name not in known
        ]
        mistakes += _mistakes(known, given)
        # Before anybody is asked for the rest.
        _refuse(mistakes)
        values = dict(given)
        for field in self.fields:
            if field.name in values:
                continue
            if ask is not None:
                values[field.name] = ask(field)
            elif not field.required:
                values[field.name] = field.default or ""
            else:
                mistakes.append(
                    f"{field.name} is missing ({field.description or field.label}): "
                    f"add --set {field.name}=VALUE."
                )
        mistakes += _mistakes(known, values)
        _refuse(mistakes)
        if self.template is not None:
            _refuse(list(broken(self.template.rules, values)))
        return values


def _mistakes(fields: Mapping[str, Field], values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        mistake = fields[name].mistake(value) if name in fields else None
        if mistake is not None:
            yield mistake


def _refuse(mistakes: list[str]) -> None:
    if mistakes:
        raise OperatorError("\n".join(dict.fromkeys(mistakes)))


def assignments(texts: list[str]) -> dict[str, str]:
    """The values of options ``--set Name=Value``.

    Raises:
        OperatorError: One is not such a pair, or a name stands there twice.
    """
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise OperatorError(f"--set {text} is not Name=Value: write --set InputDataUri=s3://bucket/key.")
        if name.strip() in values:
            raise OperatorError(f"--set names {name.strip()} twice: keep one of both.")
        values[name.strip()] = value
    return values
