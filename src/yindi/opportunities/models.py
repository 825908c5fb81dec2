"""Models that learn entries: logistic regression always; boosting, and the mean of both, with scikit-learn and many entries."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import need
from yindi.opportunities import logit

LEAST_ENTRIES = 1000
SETTINGS: tuple[Mapping[str, Any], ...] = (
    {"max_iter": 100, "learning_rate": 0.08, "max_leaf_nodes": 15},
    {"max_iter": 60, "learning_rate": 0.08, "max_leaf_nodes": 7},
    {"max_iter": 50, "learning_rate": 0.16, "max_leaf_nodes": 15},
    {"max_iter": 100, "learning_rate": 0.08, "max_leaf_nodes": 31},
)
Predictor = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Model:
    """Name, the feature groups it may use, whether it is boosted, and then the position of its settings in SETTINGS.

    mean: its probability is the mean of the boosted one's and of the logistic regression's on the same features.
    """

    name: str
    groups: tuple[str, ...]
    boosted: bool = False
    setting: int = 0
    mean: bool = False

    @property
    def relatedness(self) -> bool:
        """True where the model sees relatedness; the others are what it must beat."""
        return "relatedness" in self.groups

    def learn(self, x: np.ndarray, y: np.ndarray) -> Predictor:
        """Fit on features (N,F) and outcomes (N,) and return the function from features to probabilities."""
        if not self.boosted:
            return logit.fit(x, y)
        boosted = _boosted(x, y, SETTINGS[self.setting])
        if not self.mean:
            return boosted
        plain = logit.fit(x, y)
        return lambda rows: (boosted(rows) + plain(rows)) / 2


MODELS = (
    Model("marginals", ("marginals",)),
    Model("marginals_own", ("marginals", "own")),
    Model("logit_all", ("marginals", "own", "relatedness")),
    Model("boosted_own", ("marginals", "own"), True),
    Model("boosted_all", ("marginals", "own", "relatedness"), True),
    Model("mean_own", ("marginals", "own"), True, mean=True),
    Model("mean_all", ("marginals", "own", "relatedness"), True, mean=True),
)


def usable(entries: int, boost: bool | None) -> tuple[Model, ...]:
    """The models to compare: boosted ones when asked for, or (None) with 1,000 learned entries and scikit-learn installed."""
    if boost is None:
        boost = entries >= LEAST_ENTRIES and importlib.util.find_spec("sklearn") is not None
    return tuple(m for m in MODELS if boost or not m.boosted)


def guessed(
    model: Model, models: tuple[Model, ...], guess: Callable[[Model], np.ndarray], made: dict[str, np.ndarray]
) -> np.ndarray:
    """The guess of a model; that of a mean is made of its parts' guesses, which are kept in `made`."""
    if model.name not in made:
        parts = [m for m in models if m.groups == model.groups and not m.mean]
        both = model.mean and len(parts) == 2
        made[model.name] = np.mean([guessed(m, models, guess, made) for m in parts], axis=0) if both else guess(model)
    return made[model.name]


def _boosted(x: np.ndarray, y: np.ndarray, setting: Mapping[str, float]) -> Predictor:
    """In one thread and of features to seven digits: the last digits differ with the number of threads of a machine, trees split
    between values that differ in them alone, and so would the choice between models nearly as good."""
    ensemble = need("sklearn.ensemble", "predict")
    model = ensemble.HistGradientBoostingClassifier(
        **setting, min_samples_leaf=50, l2_regularization=1.0, max_features=0.3, max_bins=64, early_stopping=False, random_state=0
    )
    with need("threadpoolctl", "predict").threadpool_limits(1, user_api="openmp"):
        found = model.fit(_seven_digits(x), y)
    return lambda rows: np.asarray(found.predict_proba(_seven_digits(rows))[:, 1])


def _seven_digits(x: np.ndarray) -> np.ndarray:
    return x.astype(np.float32).astype(float)
