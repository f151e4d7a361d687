"""Hyperparameters of the tests' own, quickly trained: whoever changes the project's breaks no test."""

ARGUMENTS = (
    *("--num_round", "20"),
    *("--early_stopping_rounds", "20"),
    *("--max_depth", "3"),
    *("--eta", "0.3"),
    *("--subsample", "0.9"),
    *("--colsample_bytree", "0.9"),
    *("--seed", "1"),
)
