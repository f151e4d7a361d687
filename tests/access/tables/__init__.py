"""Who may do what: a table for each role that is written by hand."""

from tests.access.rows import Table
from tests.access.tables.platform import ASSETS, ENGINEER

TABLES: tuple[Table, ...] = (ENGINEER, ASSETS)
