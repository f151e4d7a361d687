"""Who may do what: a table for each role that is written by hand."""

from tests.access.rows import Table
from tests.access.tables.data_account import DATA_ACCOUNT
from tests.access.tables.data_catalog import DATA_CATALOG
from tests.access.tables.features import FEATURES
from tests.access.tables.hub_people import GOVERNANCE_OFFICER, ML_ENGINEER
from tests.access.tables.launch_accounts import LAUNCH_ACCOUNTS
from tests.access.tables.platform import ASSETS, ENGINEER
from tests.access.tables.projects import PROJECTS
from tests.access.tables.registry_functions import REGISTRY_FUNCTIONS
from tests.access.tables.serving import SERVING
from tests.access.tables.target_accounts import TARGET_ACCOUNTS
from tests.access.tables.team_people import TEAM_PEOPLE
from tests.access.tables.training import TRAINING
from tests.access.tables.variants import VARIED

TABLES: tuple[Table, ...] = (
    ENGINEER,
    ASSETS,
    ML_ENGINEER,
    GOVERNANCE_OFFICER,
    *LAUNCH_ACCOUNTS,
    *TEAM_PEOPLE,
    *PROJECTS,
    *TRAINING,
    *REGISTRY_FUNCTIONS,
    *SERVING,
    *TARGET_ACCOUNTS,
    *DATA_ACCOUNT,
    *FEATURES,
    *DATA_CATALOG,
    *VARIED,
)

DERIVED: frozenset[tuple[str, str]] = frozenset(
    {
        ("dev", "launch-build-from-s3"),
        ("dev", "launch-build-neural-network"),
        ("dev", "launch-build-own-container"),
        ("dev", "launch-studio-domain"),
        ("hub", "launch-build-from-s3"),
        ("hub", "launch-build-neural-network"),
        ("hub", "launch-build-own-container"),
        ("hub", "launch-deploy-batch"),
        ("hub", "launch-deploy-realtime"),
        ("hub", "launch-studio-domain"),
        ("test", "deployment-cloudformation"),
        ("prod", "deployment-cloudformation"),
    }
)
"""Roles that are derived from templates; `tests/portfolios`, `tests/gates` and the rehearsal prove them."""

DERIVED_WITH_DATA: frozenset[tuple[str, str]] = frozenset(
    {
        ("data", "launch-data-lake"),
        ("data", "launch-feature-group"),
        ("dev", "launch-build-from-feature-group"),
        ("hub", "launch-build-from-feature-group"),
        ("data", "launch-published-data"),
        ("dev", "launch-build-from-lake"),
        ("dev", "launch-build-from-subscription"),
        ("dev", "launch-data-subscriptions"),
        ("hub", "launch-build-from-lake"),
        ("hub", "launch-build-from-subscription"),
        ("hub", "launch-data-lake"),
        ("hub", "launch-feature-group"),
        ("hub", "launch-data-subscriptions"),
        ("hub", "launch-published-data"),
    }
)
"""Roles that are derived besides where there is a data account."""
