"""The hyperparameters of the model: the one place that declares them.

A line here and its value in `hyperparameters.toml` are a new hyperparameter: scikit-learn gets each by name.
https://scikit-learn.org/1.8/modules/generated/sklearn.ensemble.HistGradientBoostingClassifier.html
"""

from hyperparameter import Hyperparameter

HYPERPARAMETERS = (
    Hyperparameter(name="max_iter", kind=int, least=1, most=100_000, needed=True),
    # Without it, no rounds are spared when the validation part no longer gains.
    Hyperparameter(name="n_iter_no_change", kind=int, least=1),
    Hyperparameter(name="learning_rate", kind=float, above=0, most=1),
    Hyperparameter(name="max_leaf_nodes", kind=int, least=2, most=10_000),
    Hyperparameter(name="max_depth", kind=int, least=1, most=100),
    Hyperparameter(name="min_samples_leaf", kind=int, least=1),
    Hyperparameter(name="l2_regularization", kind=float, least=0),
    Hyperparameter(name="max_features", kind=float, above=0, most=1),
    Hyperparameter(name="random_state", kind=int, least=0, most=2**32 - 1),
)
