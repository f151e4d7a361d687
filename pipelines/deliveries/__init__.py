"""How a deploy project puts a model to use in the target accounts."""
