"""Hyperparameters of the tests' own, quickly trained: whoever changes the project's breaks no test."""

ARGUMENTS = (
    *("--max_iter", "40"),
    *("--n_iter_no_change", "20"),
    *("--learning_rate", "0.2"),
    *("--max_leaf_nodes", "7"),
    *("--min_samples_leaf", "5"),
    *("--random_state", "1"),
)
