"""The hyperparameters of the model: the one place that declares them.

A line here and its value in `hyperparameters.toml` are a new hyperparameter: XGBoost gets each by its name.
https://xgboost.readthedocs.io/en/release_3.2.0/parameter.html
"""

from hyperparameter import Hyperparameter

HYPERPARAMETERS = (
    # The two that training itself takes, and not XGBoost's booster.
    Hyperparameter(name="num_round", kind=int, least=1, most=100_000, needed=True),
    Hyperparameter(name="early_stopping_rounds", kind=int, least=1),
    Hyperparameter(name="max_depth", kind=int, least=1, most=30),
    Hyperparameter(name="eta", kind=float, above=0, most=1),
    Hyperparameter(name="min_child_weight", kind=float, least=0),
    Hyperparameter(name="subsample", kind=float, above=0, most=1),
    Hyperparameter(name="colsample_bytree", kind=float, above=0, most=1),
    Hyperparameter(name="reg_lambda", kind=float, least=0),
    Hyperparameter(name="seed", kind=int, least=-(2**31), most=2**31 - 1),
)

# How many instances may train one model (src/together.py). Without this line, it is one.
MOST_INSTANCES = 100
