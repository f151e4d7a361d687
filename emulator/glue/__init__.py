"""AWS Glue's Data Catalog: databases and tables across accounts, and resource links."""
