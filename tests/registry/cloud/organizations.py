# ruff: noqa: N802, N803  (operations and parameters have the names that AWS gave them)
"""AWS Organizations: units, the units below them, and their accounts."""

from .core import Core, Parameters


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

    def organizations_ListAccountsForParent(self, *, ParentId: str, NextToken: str = "0") -> Parameters:
        accounts = [
            {"Id": account, "State": state} for account, state in self.accounts.get(ParentId, {}).items()
        ]
        start = int(NextToken)
        # One at a time, so that there are several pages.
        more = {"NextToken": str(start + 1)} if start + 1 < len(accounts) else {}
        return {"Accounts": accounts[start : start + 1], **more}

    def organizations_ListOrganizationalUnitsForParent(self, *, ParentId: str) -> Parameters:
        return {"OrganizationalUnits": [{"Id": unit} for unit in self.units.get(ParentId, [])]}
