"""How good forecasts were: errors, coverage, continuous ranked probability score, order kept."""

from __future__ import annotations

import numpy as np


def crps(sample: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score (R,) of samples (R,D) against actual values (R,): lower is better, 0 perfect."""
    ordered = np.sort(sample, axis=1)
    d = ordered.shape[1]
    place = 2 * np.arange(1, d + 1) - d - 1
    spread = (ordered * place).sum(axis=1) / d**2
    return np.asarray(np.abs(sample - actual[:, None]).mean(axis=1) - spread)


def covered(sample: np.ndarray, actual: np.ndarray, *, interval: float) -> np.ndarray:
    """(R,) True where the actual value lies inside the central interval of the sample (R,D)."""
    low, high = np.quantile(sample, [(1 - interval) / 2, (1 + interval) / 2], axis=1)
    return np.asarray((actual >= low) & (actual <= high))


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation of two rows (R,); 0 where one of them does not vary."""
    from scipy.stats import rankdata

    x, y = rankdata(a) - (len(a) + 1) / 2, rankdata(b) - (len(b) + 1) / 2
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else 0.0


def gini(level: np.ndarray) -> np.ndarray:
    """Gini coefficient along the first axis of positive levels (R,...)."""
    ordered = np.sort(level, axis=0)
    n = len(ordered)
    place = (2 * np.arange(1, n + 1) - n - 1).reshape(-1, *[1] * (level.ndim - 1))
    return np.asarray((place * ordered).sum(axis=0) / (n * ordered.sum(axis=0)))


def ranks(level: np.ndarray) -> np.ndarray:
    """Rank along the first axis, 1 the highest; equal levels in the order given."""
    order = np.argsort(-level, axis=0, kind="stable")
    result = np.empty_like(order)
    np.put_along_axis(result, order, np.arange(1, len(level) + 1).reshape(-1, *[1] * (level.ndim - 1)), axis=0)
    return result
