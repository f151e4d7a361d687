"""Amazon Athena: workgroups, and queries that really run over the objects of the tables, by DuckDB."""
