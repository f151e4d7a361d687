"""Hyperparameters of the tests' own, quickly trained: whoever changes the project's breaks no test."""

ARGUMENTS = (
    *("--epochs", "60"),
    *("--patience", "20"),
    *("--batch_size", "16"),
    *("--learning_rate", "0.02"),
    *("--seed", "1"),
    *("--hidden_layers", "1"),
    *("--hidden_units", "16"),
    *("--activation", "relu"),
    *("--dropout", "0"),
    *("--l2", "0"),
)
