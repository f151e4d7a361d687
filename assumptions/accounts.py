"""Assumptions about the accounts themselves."""

from assumptions.assumption import Assumption

ACCOUNTS: tuple[Assumption, ...] = ()
