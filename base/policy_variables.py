"""Policy variables, such as ``${aws:PrincipalAccount}``, replaced by what a request carries.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{(?P<key>[^},]+)(?:,\s*'(?P<default>[^']*)')?\}")
# Signs that mean something else in a pattern.
_LITERALS = {"*", "?", "$"}


def fill(value: Any, find: Callable[[str], Any]) -> Any:
    """Replace the variables in a part of a policy.

    A variable that a request does not carry becomes its default, if it has one. Else, and where a request
    carries many values, it stays as it is written: no ARN and no value of a condition equals it, which is how
    IAM treats it.

    Args:
        value: A string, or lists and mappings that hold strings; the keys of mappings are left alone.
        find: Finds the value of a condition key in the request, or None.
    """
    match value:
        case str():
            return _VARIABLE.sub(lambda variable: _found(variable, find), value) if "${" in value else value
        case Mapping():
            return {key: fill(entry, find) for key, entry in value.items()}
        case list():
            return [fill(entry, find) for entry in value]
        case _:
            return value


def _found(variable: re.Match[str], find: Callable[[str], Any]) -> str:
    key, default = variable["key"].strip(), variable["default"]
    if key in _LITERALS:
        return key
    found = find(key)
    if found is None:
        return variable[0] if default is None else default
    return variable[0] if isinstance(found, list) else str(found)
