"""Evaluate policies by hand, as far as derived ones go."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from base.policy_variables import fill
from portfolios.statements import Statement
from portfolios.template_values import ACCOUNT

OWN_ACCOUNT = "333333333333"


def allowed(
    statements: Iterable[Statement], action: str, resource: str, keys: Mapping[str, str] | None = None
) -> bool:
    """Whether a statement allows an action on a resource, under some condition keys."""
    return any(
        action in statement.actions
        and any(fnmatchcase(resource, _filled(pattern)) for pattern in statement.resources)
        and all(_holds(part, keys or {}) for part in statement.condition)
        for statement in statements
    )


def _holds(part: tuple[str, str, tuple[str, ...]], keys: Mapping[str, str]) -> bool:
    operator, key, values = part
    values = tuple(fill(list(values), keys.get))
    match operator:
        case "Null":
            return (key not in keys) == (values == ("true",))
        case "StringEquals" | "Bool" | "ArnLike":
            return any(fnmatchcase(keys.get(key, ""), _filled(value)) for value in values)
        case "StringEqualsIfExists" | "BoolIfExists":
            return key not in keys or keys[key] in map(_filled, values)
        case "ForAllValues:StringNotEquals":
            return not set(keys.get(key, "").split(",")) & set(values)
        case _:
            raise NotImplementedError(operator)


def _filled(pattern: str) -> str:
    return pattern.replace(ACCOUNT, OWN_ACCOUNT)
