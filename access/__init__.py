"""What the platform's policies say: how long they are, and who may do what with a model."""
