"""Every role does what its table says, and each part of its policies is one that the table asks for."""

import copy
import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from access.access import Policy, Role
from tests.access.places import VARIANTS, place
from tests.access.rows import Asked, Table, asked
from tests.access.tables import DERIVED, DERIVED_WITH_DATA, TABLES

ROOT = Path(__file__).parents[2]

places = cache(place)


def role_of(table: Table) -> Role:
    return places(table.variant).role(table.account, table.role)


@cache
def asks(title: str) -> tuple[Asked, ...]:
    (table,) = [table for table in TABLES if table.title == title]
    return tuple(asked(table, places(table.variant)))


every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)


@every_table
def test_what_a_table_lets_pass_passes(table: Table) -> None:
    estate, role = places(table.variant).example.estate, role_of(table)
    refused = [
        each.sentence for each in asks(table.title) if each.passes and not estate.allows(role, each.request)
    ]
    assert refused == []


@every_table
def test_what_a_table_refuses_is_refused(table: Table) -> None:
    estate, role = places(table.variant).example.estate, role_of(table)
    passed = [
        each.sentence for each in asks(table.title) if not each.passes and estate.allows(role, each.request)
    ]
    assert passed == []


@every_table
def test_every_part_of_a_policy_is_asked_for(table: Table) -> None:
    """A permission that goes, comes, or grows wider changes the answer to a row."""
    role = role_of(table)
    statements = statements_of(role)
    unnoticed = {
        change
        for number, statement in enumerate(statements)
        if statement.get("Sid") not in table.derived
        for change, changed in changes(statement)
        if not is_noticed(table, asks(table.title), number, changed)
    }
    assert unnoticed == {change.format_map(places(table.variant).values) for change in table.unnoticed}
    assert set(table.derived) <= {statement.get("Sid") for statement in statements}


@every_table
def test_promises_are_those_of_the_readmes(table: Table) -> None:
    for row in table.may:
        if row.promise:
            file, sentence = row.promise
            told = " ".join((ROOT / file).read_text(encoding="utf-8").split())
            assert sentence in told, f"{file} no longer says: {sentence}"


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_role_has_a_table(variant: str) -> None:
    found = places(variant)
    accounts = {number: name for name, number in found.accounts.items()}
    prefix = f"{found.example.names.prefix}-"
    roles = {(accounts[role.account], role.name.removeprefix(prefix)) for role in found.example.estate.roles}
    tabled = {(table.account, table.role) for table in TABLES if table.variant == variant}
    tabled |= {(table.account, table.role) for table in TABLES if table.variant == "codecommit"} & roles
    assert roles - tabled == (DERIVED | DERIVED_WITH_DATA if variant == "data" else DERIVED)


@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant != "codecommit"])
def test_a_role_that_a_variant_changes_has_a_table_for_it(variant: str) -> None:
    """Otherwise what the variant adds would be asked of nobody."""
    plain, found = places("codecommit").example.estate.roles, places(variant)
    before = {role.arn: statements_of(role) for role in plain}
    prefix = f"{found.example.names.prefix}-"
    tabled = {found.role(table.account, table.role).arn for table in TABLES if table.variant == variant}
    changed = {
        role.name.removeprefix(prefix)
        for role in found.example.estate.roles
        if role.arn in before and before[role.arn] != statements_of(role) and role.arn not in tabled
    }
    assert changed - {name for _, name in DERIVED} == set()


def test_a_table_with_a_row_less_is_noticed() -> None:
    """The gate itself can fail: in each table something depends on the first row."""
    for table in TABLES:
        if not table.may:  # A role that may do nothing.
            assert statements_of(role_of(table)) == []
            continue
        shorter = dataclasses.replace(table, may=table.may[1:])
        rows = tuple(asked(shorter, places(table.variant)))
        statements = statements_of(role_of(table))
        assert any(
            not is_noticed(table, rows, number, changed)
            for number, statement in enumerate(statements)
            for _, changed in changes(statement)
        ), table.title


def changes(statement: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """The statement with each part taken away or made wider, and what that part is."""
    actions, resources = listed(statement["Action"]), listed(statement["Resource"])
    for action in actions:
        rest = [other for other in actions if other != action]
        yield f"{action} is gone", {**statement, "Action": rest} if rest else None
    for resource in resources:
        rest = [other for other in resources if other != resource]
        yield f"{actions[0]} on {resource} is gone", {**statement, "Resource": rest} if rest else None
    if resources != ["*"]:
        yield f"{actions[0]} on * instead of {resources}", {**statement, "Resource": ["*"]}
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            less = copy.deepcopy(dict(statement))
            del less["Condition"][operator][key]
            yield f"{actions[0]}: the condition {operator} {key} is gone", less
            for value in listed(values):
                rest = [other for other in listed(values) if other != value]
                if rest and not operator.startswith("ForAllValues"):
                    fewer = copy.deepcopy(dict(statement))
                    fewer["Condition"][operator][key] = rest
                    yield f"{actions[0]}: the value {value} of {key} is gone", fewer


def is_noticed(table: Table, rows: tuple[Asked, ...], number: int, changed: Mapping[str, Any] | None) -> bool:
    """Whether a row has another answer once a statement, given by its place, has changed."""
    estate, role = places(table.variant).example.estate, role_of(table)
    statements = statements_of(role)
    touched = set(listed(statements[number]["Action"]))
    statements[number : number + 1] = [changed] if changed else []
    altered = dataclasses.replace(role, policies=(Policy({"Statement": statements}),))
    return any(
        estate.allows(altered, each.request) != each.passes for each in rows if each.request.action in touched
    )


def statements_of(role: Role) -> list[Mapping[str, Any]]:
    return [statement for policy in role.policies for statement in policy.statements]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
