"""The names of things, which are of an account and a Region."""

from typing import NamedTuple


class RegionalName(NamedTuple):
    """The name of something in one Region of an account; each service has a kind of its own.

    Attributes:
        account: The account's id.
        region: The Region.
        name: The name there.
    """

    account: str
    region: str
    name: str
