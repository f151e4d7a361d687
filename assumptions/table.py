"""The whole table, in the order of a model's life."""

from assumptions.accounts import ACCOUNTS
from assumptions.assumption import Assumption
from assumptions.cards import CARDS
from assumptions.catalog import CATALOG
from assumptions.containers import CONTAINERS
from assumptions.deployment import DEPLOYMENT
from assumptions.features import FEATURES
from assumptions.lake import LAKE
from assumptions.registry import REGISTRY
from assumptions.training import TRAINING

ASSUMPTIONS: tuple[Assumption, ...] = (
    *ACCOUNTS,
    *REGISTRY,
    *CARDS,
    *DEPLOYMENT,
    *CONTAINERS,
    *LAKE,
    *FEATURES,
    *CATALOG,
    *TRAINING,
)


def by_key(key: str) -> Assumption:
    """A row of the table.

    Raises:
        KeyError: If there is none of that key.
    """
    return {assumption.key: assumption for assumption in ASSUMPTIONS}[key]
