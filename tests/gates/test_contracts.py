"""What a function or a seed states again is what `base/contracts` says."""

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

from base.contracts import deploy_stages, events, features, metadata, objects, tags
from base.places import REPOSITORY
from pipelines.features.functions.feature_ingestion import query as feature_query
from registry.functions.model_registry import events as heard
from registry.functions.model_registry import group_policy, records, tagging
from registry.functions.model_registry.promotion import fields
from registry.functions.model_registry.release import release
from registry.functions.model_registry.stages import job
from registry.functions.model_registry.stages import pipelines as stages
from tests.gates.everything import Everything

SAID_AGAIN: Sequence[tuple[object, object]] = (
    (heard.STATE_CHANGE, events.STATE_CHANGE),
    (release.DETAIL_TYPE, events.RELEASED),
    (release.ANNOUNCED_FIELDS, events.RELEASED_FIELDS),
    (stages.APPROVAL, deploy_stages.APPROVE_PRODUCTION),
    (get_args(job.TaskName), deploy_stages.TASKS),
    (job.FIELDS, deploy_stages.TASK_FIELDS),
    (group_policy.SOURCE_ACCOUNT_TAG, tags.SOURCE_ACCOUNT),
    (group_policy.REGISTERS_DIRECTLY_TAG, tags.REGISTERS_DIRECTLY),
    (tagging.APPROVAL_TAG, tags.APPROVAL),
    (tagging.APPROVED, tags.APPROVED),
    (tagging.PRODUCTION_TAG, tags.PRODUCTION),
    (tagging.ADMITTED, tags.ADMITTED),
    (fields.WRITTEN_BY_PROMOTION, metadata.WRITTEN_BY_PROMOTION),
    (records.RECEIPT, objects.RECEIPT),
    (feature_query.EVENT_TIME, features.EVENT_TIME),
    (feature_query.IS_DELETED, features.IS_DELETED),
    (records.DECISIONS, f"{objects.DECISIONS_FOLDER}/"),
    (get_args(records.Kind), objects.DECISIONS),
)
"""What a function says, and the contract."""

WRITTEN_IN: Mapping[str, tuple[str, ...]] = {
    "registry/functions/model_registry/promotion/source.py": (f"{objects.MODELS_FOLDER}/",),
    "registry/functions/model_registry/release/registration.py": (f"{objects.REGISTERED_FOLDER}/",),
    "registry/functions/model_registry/events.py": (events.SAGEMAKER,),
    "seed_code/deploy/base/deploy/document_validation.py": (metadata.SOURCE_MODEL_PACKAGE_ARN,),
}
"""By file of a function or a seed, what its strings hold of the contracts."""

STATED_ONCE = (
    events.STATE_CHANGE,
    events.RELEASED,
    deploy_stages.APPROVE_PRODUCTION,
    tags.PROJECT_ID,
    tags.SOURCE_ACCOUNT,
    tags.REGISTERS_DIRECTLY,
    tags.APPROVAL,
    tags.PRODUCTION,
    f"{objects.REGISTERED_FOLDER}/",
)
"""What no other file of ours types again, not even as a part of a longer string."""

HANDLERS = {
    "custom_resources/sagemaker_projects.py",
    *(f"model_registry/{name}/handler.py" for name in ("promotion", "release", "stages")),
}
"""Modules of the functions that every variant of the platform has."""

HOME = "base/contracts/"
LEAVES_HOME = ("registry/functions/", "pipelines/functions/", "pipelines/features/functions/")
OURS = ("access", "base", "pipelines", "portfolios", "products", "registry", "scripts", "app.py")
"""The rehearsal, as the tests, says by itself what it sees from outside."""


def strings(source: str) -> list[str]:
    """The strings of a module that are not docstrings; of an f-string, its fixed parts."""
    tree = ast.parse(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def typed_again(source: str) -> list[str]:
    return [value for value in STATED_ONCE if any(value in text for text in strings(source))]


def variables(path: Path) -> set[str]:
    """The environment variables that a module reads, by their names or by its own constants."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)
    }
    return {
        str(ast.literal_eval(constants.get(ast.unparse(node.slice), node.slice)))
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ"
    }


@pytest.mark.parametrize(("said", "contract"), SAID_AGAIN, ids=[str(contract) for _, contract in SAID_AGAIN])
def test_a_function_says_what_the_contract_says(said: object, contract: object) -> None:
    assert said == contract


@pytest.mark.parametrize("file", WRITTEN_IN)
def test_a_file_writes_what_the_contract_says(file: str) -> None:
    found = strings((REPOSITORY / file).read_text("utf-8"))
    assert [value for value in WRITTEN_IN[file] if not any(value in text for text in found)] == []


def test_nobody_types_a_contract_again() -> None:
    files = [
        path
        for room in OURS
        for path in ([REPOSITORY / room] if room.endswith(".py") else (REPOSITORY / room).rglob("*.py"))
    ]
    again = {
        str(file): found
        for path in sorted(files)
        if not str(file := path.relative_to(REPOSITORY)).startswith((HOME, *LEAVES_HOME))
        and (found := typed_again(path.read_text("utf-8")))
    }
    assert again == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('PATTERN = ["Model Version Released"]', [events.RELEASED]),
        ('def f(account):\n    return f"registered/{account}/"', ["registered/"]),
        ('"""Below registered/ lies what teams register."""', []),
    ],
)
def test_what_is_typed_again_is_seen(source: str, found: list[str]) -> None:
    assert typed_again(source) == found


def test_functions_get_the_variables_that_they_read(everything: Everything) -> None:
    """No variable is missing, which would be a KeyError at the first event, and none is of no use."""
    roots = [REPOSITORY / folder for folder in LEAVES_HOME]
    compared = {}
    for template in everything.templates.values():
        for function in _functions(template):
            module = function["Handler"].rpartition(".")[0].replace(".", "/") + ".py"
            [path] = [found for root in roots if (found := root / module).exists()]
            given = set(function.get("Environment", {}).get("Variables", {}))
            compared[module] = (given, variables(path))
    assert set(compared) >= HANDLERS
    assert {module: given for module, (given, _) in compared.items()} == {
        module: read for module, (_, read) in compared.items()
    }


def _functions(template: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function" and "Handler" in resource["Properties"]
    ]
