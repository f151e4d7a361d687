"""The hyperparameters of the model: the one place that declares them.

A line here, its value in `hyperparameters.toml` and its use in `src/network.py` or `src/train.py` are a new
hyperparameter. https://keras.io/api/
"""

from hyperparameter import Hyperparameter

HYPERPARAMETERS = (
    # How training goes on, and when it stops.
    Hyperparameter(name="epochs", kind=int, least=1, most=100_000, needed=True),
    Hyperparameter(name="patience", kind=int, least=1),
    Hyperparameter(name="batch_size", kind=int, least=1, most=1_000_000, needed=True),
    Hyperparameter(name="learning_rate", kind=float, above=0, most=10, needed=True),
    Hyperparameter(name="seed", kind=int, least=0, most=2**31 - 1, needed=True),
    # What the network looks like.
    Hyperparameter(name="hidden_layers", kind=int, least=0, most=20, needed=True),
    Hyperparameter(name="hidden_units", kind=int, least=1, most=8192, needed=True),
    Hyperparameter(name="activation", kind=str, choices=("relu", "gelu", "tanh"), needed=True),
    Hyperparameter(name="dropout", kind=float, least=0, most=0.9, needed=True),
    Hyperparameter(name="l2", kind=float, least=0, most=1, needed=True),
)
