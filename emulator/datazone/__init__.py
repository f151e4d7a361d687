"""Amazon DataZone: a domain's catalog of tables, subscriptions to them, and the grants that follow."""
