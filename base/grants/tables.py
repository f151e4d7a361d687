"""What Athena asks for in AWS Glue, in the name of whoever runs a query.

https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
"""

QUERY_TABLES = ("glue:GetDatabase", "glue:GetPartitions", "glue:GetTable")
"""To query tables that are known by name."""
