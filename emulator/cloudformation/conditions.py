"""Conditions of CloudFormation templates that ministack takes to be always true, or never.

Those that split or join text, as the bootstrap of the AWS CDK does to tell an empty list, and those that ask
for the account or the Region
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html).

ministack evaluates the rest. `base.intrinsics` is not used here: what the product expects of CloudFormation
and what the emulator does must not come from one source.
"""

from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, stacks

from emulator.core.service import current_account, current_region

_evaluate = engine._evaluate_conditions


def install() -> None:
    """Put the evaluation in place, in each module that has imported ministack's."""
    for module in (changesets, engine, handlers, stacks):
        module._evaluate_conditions = _evaluate_conditions


def _evaluate_conditions(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, bool]:
    joined = {**template, "Conditions": _resolve(template.get("Conditions", {}), parameters)}
    evaluated: dict[str, bool] = _evaluate(joined, parameters)
    return evaluated


def _resolve(  # noqa: PLR0911  one for each function
    value: Any, parameters: dict[str, Any]
) -> Any:
    """Replace each text that is joined or split, and what stands for the place of the stack by the place."""
    match value:
        case {"Ref": "AWS::AccountId"}:
            return current_account()
        case {"Ref": "AWS::Region"}:
            return current_region()
        case {"Fn::Join": [separator, entries]}:
            return str(separator).join(_entries(entries, parameters))
        case {"Fn::Select": [index, {"Fn::Split": [separator, text]}]}:
            return _text(text, parameters).split(str(separator))[int(index)]
        case dict():
            return {key: _resolve(entry, parameters) for key, entry in value.items()}
        case list():
            return [_resolve(entry, parameters) for entry in value]
    return value


def _entries(entries: Any, parameters: dict[str, Any]) -> list[str]:
    match entries:
        case {"Ref": name}:
            text = str(parameters[name]["Value"])
            return [entry.strip() for entry in text.split(",")] if text else []
        case list():
            return [_text(entry, parameters) for entry in entries]
    return [str(entries)]


def _text(entry: Any, parameters: dict[str, Any]) -> str:
    match entry:
        case {"Ref": name} if name in parameters:
            return str(parameters[name]["Value"])
    return str(_resolve(entry, parameters))
