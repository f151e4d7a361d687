# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""AWS Organizations: units, the units below them, and their accounts."""

from collections.abc import Sequence

from .core import Core, Parameters, failure, paged

PAGE = 1


class Organizations(Core):
    """The units of an organisation.

    Attributes:
        accounts: The accounts of each unit, with their state.
        units: The units below each unit.
    """

    def __init__(self) -> None:
        super().__init__()
        self.accounts: dict[str, dict[str, str]] = {}
        self.units: dict[str, list[str]] = {}

    def organizations_ListAccountsForParent(
        self, *, ParentId: str, MaxResults: int = PAGE, NextToken: str = "0"
    ) -> Parameters:
        self._check("ListAccountsForParent", ParentId)
        accounts = [
            {"Id": account, "State": state} for account, state in self.accounts.get(ParentId, {}).items()
        ]
        return _page("Accounts", accounts, NextToken, MaxResults)

    def organizations_ListOrganizationalUnitsForParent(
        self, *, ParentId: str, MaxResults: int = PAGE, NextToken: str = "0"
    ) -> Parameters:
        self._check("ListOrganizationalUnitsForParent", ParentId)
        units = [{"Id": unit} for unit in self.units.get(ParentId, [])]
        return _page("OrganizationalUnits", units, NextToken, MaxResults)

    def _check(self, operation: str, parent: str) -> None:
        below = [unit for units in self.units.values() for unit in units]
        if parent not in (*self.accounts, *self.units, *below):
            raise failure(operation, "ParentNotFoundException", f"There is no unit {parent}.")


def _page(key: str, items: Sequence[Parameters], token: str, size: int) -> Parameters:
    # One at a time, so that there are several pages.
    page, following = paged(items, token, min(size, PAGE))
    return {key: page} | ({"NextToken": following} if following else {})
