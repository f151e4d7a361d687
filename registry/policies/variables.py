"""Policy variables, such as ``${aws:PrincipalAccount}``, replaced by what a request carries.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable
from typing import Any

_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
# Signs that mean something else in a pattern.
_LITERALS = {"*", "?", "$"}


def fill(value: Any, find: Callable[[str], Any]) -> Any:
    """Replace the variables in a part of a policy.

    A variable that a request does not carry, or carries many values of, stays as it is written: no ARN and
    no value of a condition equals it, which is how IAM treats it.

    Args:
        value: A string, or lists and mappings that hold strings; the keys of mappings are left alone.
        find: Finds the value of a condition key in the request, or None.
    """
    match value:
        case str():
            return _VARIABLE.sub(lambda variable: _found(variable, find), value)
        case dict():
            return {key: fill(entry, find) for key, entry in value.items()}
        case list():
            return [fill(entry, find) for entry in value]
        case _:
            return value


def _found(variable: re.Match[str], find: Callable[[str], Any]) -> str:
    name = variable[1]
    if name in _LITERALS:
        return name
    found = find(name)
    return variable[0] if found is None or isinstance(found, list) else str(found)
