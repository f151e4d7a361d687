"""Parts of a data catalog in Amazon DataZone: who publishes tables, and who subscribes to them."""
