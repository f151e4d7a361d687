"""Who may do what: a table for each role that is written by hand."""

from tests.access.rows import Table
from tests.access.tables.hub_people import GOVERNANCE_OFFICER, ML_ENGINEER
from tests.access.tables.platform import ASSETS, ENGINEER
from tests.access.tables.team_people import TEAM_PEOPLE

TABLES: tuple[Table, ...] = (ENGINEER, ASSETS, ML_ENGINEER, GOVERNANCE_OFFICER, *TEAM_PEOPLE)
