"""From an endpoint back to the data, the code and the execution."""
