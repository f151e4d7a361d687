"""What AWS Organizations does, asked of the emulator and of the cloud in memory alike.

Each scenario states a rule of AWS that a policy which names accounts relies on
(https://docs.aws.amazon.com/organizations/latest/APIReference/Welcome.html).
"""

import pytest

from tests.contract.conftest import World
from tests.contract.support import pages, refusal


def accounts(world: World, unit: str) -> list[str]:
    """The active accounts directly in a unit."""
    listed = pages(world.client("organizations").list_accounts_for_parent, "Accounts", ParentId=unit)
    return [each["Id"] for page in listed for each in page if each["State"] == "ACTIVE"]


def units(world: World, unit: str) -> list[str]:
    """The units directly below a unit."""
    listed = pages(
        world.client("organizations").list_organizational_units_for_parent,
        "OrganizationalUnits",
        ParentId=unit,
    )
    return [each["Id"] for page in listed for each in page]


def test_a_unit_lists_what_is_directly_in_it(world: World) -> None:
    below = sorted(unit for unit in world.below if unit != world.unit)
    assert sorted(units(world, world.unit)) == below
    assert {unit: accounts(world, unit) for unit in world.below} == world.below
    assert [units(world, unit) for unit in below] == [[]] * len(below)


@pytest.mark.parametrize("operation", ["list_accounts_for_parent", "list_organizational_units_for_parent"])
def test_lists_come_in_pages(world: World, operation: str) -> None:
    keys = {
        "list_accounts_for_parent": "Accounts",
        "list_organizational_units_for_parent": "OrganizationalUnits",
    }
    call = getattr(world.client("organizations"), operation)
    found = list(pages(call, keys[operation], ParentId=world.unit, MaxResults=1))
    assert max(map(len, found)) <= 1
    whole = list(pages(call, keys[operation], ParentId=world.unit))
    assert [each for page in found for each in page] == [each for page in whole for each in page]


def test_a_unit_that_is_not_there(world: World) -> None:
    organizations, absent = world.client("organizations"), "ou-ml01-zzzzzzzz"
    code = ("ParentNotFoundException", 400)
    assert refusal(organizations.list_accounts_for_parent, ParentId=absent) == code
    assert refusal(organizations.list_organizational_units_for_parent, ParentId=absent) == code
